import { posix } from 'node:path';
import type { Leg, Recipe } from '../../domain/image.ts';

export function dockerfileOf({ source }: Pick<Recipe, 'source'>): string {
  return source.dockerfile ?? posix.join(source.context, 'Dockerfile');
}

/** The ignore file of a Dockerfile takes the place of the context's. https://docs.docker.com/build/concepts/context/#filename-and-location */
export function ignoreFilesOf(recipe: Pick<Recipe, 'source'>): readonly string[] {
  return [`${dockerfileOf(recipe)}.dockerignore`, posix.join(recipe.source.context, '.dockerignore')];
}

/** Characters that the transfer of single files takes for a pattern. */
const PATTERN = /[*?[\]\\]/;

/**
 * The Dockerfile is named from the root, so that BuildKit's errors name it as the user does; no more of the root than
 * that file is read. A directory that looks like a pattern has to be the root itself.
 */
export function sourceFlags(leg: Leg): readonly string[] {
  const { context } = leg.recipe.source;
  const dockerfile = dockerfileOf(leg.recipe);
  const directory = PATTERN.test(dockerfile) ? posix.dirname(dockerfile) : '.';
  return [
    ...['--local', `context=${posix.join(leg.root, context)}`],
    ...['--local', `dockerfile=${posix.join(leg.root, directory)}`],
    ...['--opt', `filename=${posix.relative(directory, dockerfile)}`],
  ];
}

import { posix } from 'node:path';
import type { Leg, Recipe } from '../../domain/image.ts';

export function dockerfileOf({ source }: Pick<Recipe, 'source'>): string {
  return source.dockerfile ?? posix.join(source.context, 'Dockerfile');
}

/** A Dockerfile's own ignore file replaces the context's. https://docs.docker.com/build/concepts/context/#filename-and-location */
export function ignoreFilesOf(recipe: Pick<Recipe, 'source'>): readonly string[] {
  return [`${dockerfileOf(recipe)}.dockerignore`, posix.join(recipe.source.context, '.dockerignore')];
}

/** Characters that BuildKit reads as a pattern when it transfers single files. */
const PATTERN = /[*?[\]\\]/;

/**
 * The Dockerfile's path is relative to the repository root, so that BuildKit's errors show the path that the user knows.
 * BuildKit reads only that file of the root. If the path contains characters of a pattern, its directory is the root.
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

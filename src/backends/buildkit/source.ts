import { posix } from 'node:path';
import type { Leg, Recipe } from '../../domain/image.ts';
import type { InvocationFile } from '../../domain/invocation.ts';

export interface SourceFlags {
  readonly args: readonly string[];
  readonly files: readonly InvocationFile[];
}

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
export function sourceFlags(leg: Leg): SourceFlags {
  const { context } = leg.recipe.source;
  const dockerfile = dockerfileOf(leg.recipe);
  const copies = context === '.' ? copyWithLogsIgnored(leg, dockerfile) : [];
  const directory = PATTERN.test(dockerfile) ? posix.dirname(dockerfile) : '.';
  const root = copies.length > 0 ? copyRoot(leg) : leg.root;
  return {
    args: [
      ...['--local', `context=${posix.join(leg.root, context)}`],
      ...['--local', `dockerfile=${posix.join(root, directory)}`],
      ...['--opt', `filename=${posix.relative(directory, dockerfile)}`],
    ],
    files: copies,
  };
}

function copyRoot(leg: Leg): string {
  return posix.join(leg.scratch, 'dockerfile');
}

/**
 * Where the whole repository is the context, so are the logs that this very run writes, which would make each image
 * another one. They are ignored by a copy of the ignore file, which has to lie beside the Dockerfile.
 */
function copyWithLogsIgnored(leg: Leg, dockerfile: string): readonly InvocationFile[] {
  const text = leg.inputFiles[dockerfile];
  if (text === undefined) return [];
  const ignored = ignoreFilesOf(leg.recipe).flatMap((path) => leg.inputFiles[path] ?? [])[0] ?? '';
  const path = posix.join(copyRoot(leg), dockerfile);
  return [
    { path, content: text },
    { path: `${path}.dockerignore`, content: `${ignored}\n.hephy/logs\n` },
  ];
}

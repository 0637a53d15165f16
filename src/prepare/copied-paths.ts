import { posix } from 'node:path';
import type { Dockerfile } from '../dockerfile/dockerfile.ts';
import { makeExpander } from '../dockerfile/images.ts';

export interface CopyQuestion {
  readonly dockerfile: Dockerfile | undefined;
  readonly buildArgs: Readonly<Record<string, string>> | undefined;
  /** From the repository's root. */
  readonly context: string;
}

/**
 * What a Dockerfile copies by name, as patterns from the repository's root: there even documentation is part of the
 * image. A Dockerfile that copies its whole context names nothing.
 */
export function listCopiedPaths({ dockerfile, buildArgs, context }: CopyQuestion): readonly string[] {
  if (dockerfile === undefined) return [];
  const expand = makeExpander(dockerfile, buildArgs ?? {});
  const sources = dockerfile.copies.map(({ raw, stage }) => expand(raw, stage));
  return placePatterns(sources, context);
}

/** Patterns below a directory. One with a variable that only the build knows may name anything there. */
export function placePatterns(sources: readonly string[], directory: string): readonly string[] {
  const base = escapePattern(directory);
  const placed = sources.flatMap((source) => {
    if (source.includes('$')) return [base];
    const path = posix.normalize(source.replace(/^\/+/, '') || '.').replace(/\/$/, '');
    const isWhole = /^(\.|\*|\*\*|\*\*\/\*)$/.test(path);
    return isWhole || path.startsWith('..') ? [] : [directory === '.' ? path : `${base}/${path}`];
  });
  return [...new Set(placed)];
}

/** A directory's name is no pattern, whatever is in it. */
export function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]]/g, '\\$&');
}

import { posix } from 'node:path';
import type { Dockerfile } from '../dockerfile/dockerfile.ts';
import { listCopies, listShipped } from '../dockerfile/copies.ts';
import type { Situation } from '../dockerfile/situation.ts';
import { resolveStages } from '../dockerfile/stages.ts';

export interface CopiedPathsInput {
  readonly dockerfile: Dockerfile | undefined;
  /** What it is built with, on each platform. */
  readonly situations: readonly Situation[];
  /** From the repository's root. */
  readonly context: string;
}

/**
 * What a Dockerfile copies by name, as patterns from the repository's root: there even documentation is part of the
 * image. A Dockerfile that copies its whole context names nothing.
 */
export function listCopiedPaths({ dockerfile, situations, context }: CopiedPathsInput): readonly string[] {
  if (dockerfile === undefined) return [];
  const sources = situations.flatMap((situation) => listCopies(resolveStages(dockerfile, situation)));
  return placePatterns(sources, context);
}

/** What becomes part of a layer, from the context, on any platform. */
export function listShippedPaths(
  dockerfile: Dockerfile | undefined,
  situations: readonly Situation[],
): readonly string[] {
  if (dockerfile === undefined) return [];
  return [...new Set(situations.flatMap((situation) => listShipped(resolveStages(dockerfile, situation))))];
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

import { posix } from 'node:path';
import type { Dockerfile } from '../dockerfile/dockerfile.ts';
import { listCopies, listShipped } from '../dockerfile/copies.ts';
import type { Situation } from '../dockerfile/situation.ts';
import { resolveStages } from '../dockerfile/stages.ts';

export interface CopiedPathsInput {
  readonly dockerfile: Dockerfile | undefined;
  /** The build arguments and the platform of each build. */
  readonly situations: readonly Situation[];
  /** From the repository's root. */
  readonly context: string;
}

/**
 * The paths that a Dockerfile copies by name, as patterns from the repository's root: even documentation there is part
 * of the image. `COPY . .` copies the whole context and names no path.
 */
export function listCopiedPaths({ dockerfile, situations, context }: CopiedPathsInput): readonly string[] {
  if (dockerfile === undefined) return [];
  const sources = situations.flatMap((situation) => listCopies(resolveStages(dockerfile, situation)));
  return patternsBelow(sources, context);
}

/** The paths of the context that become part of a layer, on any platform. */
export function listShippedPaths(
  dockerfile: Dockerfile | undefined,
  situations: readonly Situation[],
): readonly string[] {
  if (dockerfile === undefined) return [];
  return [...new Set(situations.flatMap((situation) => listShipped(resolveStages(dockerfile, situation))))];
}

/** The sources as patterns below a directory. A source with a variable that only the build knows may name any file there. */
export function patternsBelow(sources: readonly string[], directory: string): readonly string[] {
  const base = escapePattern(directory);
  const patterns = sources.flatMap((source) => {
    if (source.includes('$')) return [base];
    const path = posix.normalize(source.replace(/^\/+/, '') || '.').replace(/\/$/, '');
    const isWhole = /^(\.|\*|\*\*|\*\*\/\*)$/.test(path);
    return isWhole || path.startsWith('..') ? [] : [directory === '.' ? path : `${base}/${path}`];
  });
  return [...new Set(patterns)];
}

/** A directory's name may contain `*` or `[`, and is not a pattern. */
export function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]]/g, '\\$&');
}

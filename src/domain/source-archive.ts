import type { Source } from './image.ts';

/**
 * Of an upstream as it is packed for runners that have no git: one for each commit, whatever is built from it. Null where
 * nothing has to be packed, or nobody knows yet what.
 */
export function sourceArchive(source: Source): string | null {
  if (source.kind === 'local' || source.commit === null) return null;
  const { commit, submodules = false, lfs = false } = source;
  return `${commit}${submodules ? '-submodules' : ''}${lfs ? '-lfs' : ''}.tar`;
}

import type { FileTree, Resolved } from './tree.ts';

export interface BrokenLink {
  /** `a/Dockerfile cannot be read: the symbolic link a/Dockerfile -> ../../b leads out of the repository`. */
  readonly text: string;
  readonly hint: string;
}

const HINT =
  'Links are followed inside the repository only: commit the file that the link leads to, or replace the link by a file.';

/** A circle may have many. */
const MAX_NAMED = 3;

/** Why a path that leads through symbolic links is no file; undefined where no link is to blame. */
export function findBrokenLink(
  tree: Pick<FileTree, 'links' | 'resolve' | 'has'>,
  path: string,
): BrokenLink | undefined {
  const found = tree.resolve(path);
  if (found.links.length === 0 || tree.has(path)) return undefined;
  const links = [...new Set(found.links)].slice(0, MAX_NAMED);
  const named = links.map((link) => `${link} -> ${tree.links.get(link) ?? ''}`).join(', ');
  return { text: `${path} cannot be read: the symbolic link ${named} ${describeFault(found)}`, hint: HINT };
}

function describeFault(found: Resolved): string {
  if (found.path !== null) return `leads to ${found.path}, which is no file in the repository`;
  return found.fault === 'outside' ? 'leads out of the repository' : 'leads back to itself';
}

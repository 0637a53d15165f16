import type { ChangeStatus } from '../domain/change.ts';
import { askGit, type GitCall } from './git.ts';

/** The changes of the working tree against HEAD, with the index and untracked files, without ignored files. */
export interface WorkingStatus {
  readonly changed: ReadonlyMap<string, ChangeStatus>;
  /** In the index, but not on disk. Does not include files outside of a sparse checkout. */
  readonly missing: ReadonlySet<string>;
  readonly untracked: readonly string[];
}

const ARGS = [
  'status',
  '--porcelain',
  '-z',
  '--untracked-files=all',
  '--no-renames',
  // Compares only the commits of submodules: see submodules.ts.
  '--ignore-submodules=dirty',
];

export async function readStatus(call: GitCall): Promise<WorkingStatus> {
  const out = await askGit(ARGS, call);
  return parseStatus(out.toString('utf8'));
}

/** `XY path` and a NUL, for every path: https://git-scm.com/docs/git-status#_short_format */
export function parseStatus(text: string): WorkingStatus {
  const changed = new Map<string, ChangeStatus>();
  const missing = new Set<string>();
  const untracked: string[] = [];
  for (const record of splitNul(text)) {
    const code = record.slice(0, 2);
    const path = record.slice(3).replace(/\/$/, '');
    if (code === '??') untracked.push(path);
    if (code[1] === 'D' && code[0] !== 'U') missing.add(path);
    // Staged and then removed again: HEAD does not have it either.
    if (code === 'AD') continue;
    changed.set(path, changed.has(path) ? 'modified' : statusOf(code));
  }
  return { changed, missing, untracked };
}

function statusOf(code: string): ChangeStatus {
  if (code === '??' || code[0] === 'A' || code === ' A') return 'added';
  return code.includes('D') ? 'deleted' : 'modified';
}

/** Splits the output of git's `-z`, without the empty last part. */
export function splitNul(text: string): string[] {
  const parts = text.split('\0');
  parts.pop();
  return parts;
}

import type { ChangedFile, ChangeSet, ChangeStatus } from '../domain/change.ts';
import { findBase, type FindBaseOptions, type Basis } from './base.ts';
import { askRepository, type Repository } from './repository.ts';
import { splitNul } from './status.ts';

/** The files that changed for an event. If the working tree is built, uncommitted changes count too. */
export async function detectChanges(question: FindBaseOptions): Promise<ChangeSet> {
  const { repo, event } = question;
  const working = event.sha === null && !repo.bare ? repo.status() : undefined;
  const [found, status] = await Promise.all([findBase(question), working]);
  const files = new Map<string, ChangedFile>();
  for (const file of await diffCommits(repo, found)) files.set(file.path, file);
  for (const [path, state] of status?.changed ?? []) {
    files.set(path, { path, status: state, uncommitted: true });
  }
  const { base, basis, everything } = found;
  return { base, basis, everything, files: [...files.values()].sort(byPath) };
}

function byPath(a: ChangedFile, b: ChangedFile): number {
  return a.path < b.path ? -1 : 1;
}

/** No rename detection: a renamed file counts as deleted and added, so both paths count. */
const DIFF = ['diff-tree', '-r', '-z', '--name-status', '--no-renames', '--ignore-submodules=none'];

async function diffCommits(repo: Repository, found: Basis): Promise<readonly ChangedFile[]> {
  if (found.base === null || found.base === found.head) return [];
  const out = await askRepository(repo, [...DIFF, found.base, found.head]);
  const parts = splitNul(out.toString('utf8'));
  const files: ChangedFile[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    files.push({ path: parts[at + 1] ?? '', status: statusOf(parts[at]), uncommitted: false });
  }
  return files;
}

function statusOf(letter: string | undefined): ChangeStatus {
  if (letter === 'A') return 'added';
  return letter === 'D' ? 'deleted' : 'modified';
}

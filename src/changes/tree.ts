import type { FileTree } from '../domain/tree.ts';
import { openCommitTree } from './commit-tree.ts';
import type { Repository } from './repository.ts';
import { openWorkingTree } from './working-tree.ts';

/** The files of a commit (its full SHA) or, where that is null, of the working tree as it stands. */
export function openTree(repo: Repository, sha: string | null): Promise<FileTree> {
  if (sha !== null) return openCommitTree(repo, sha);
  return repo.bare ? openCommitTree(repo, 'HEAD') : openWorkingTree(repo);
}

import type { FileTree } from '../domain/tree.ts';
import { createTree } from './batched-tree.ts';
import { runGit } from './git.ts';
import { readBlobs } from './objects.ts';
import { askRepository, callOf, type Repository } from './repository.ts';
import { splitNul } from './status.ts';

/** The files of a commit, whatever is checked out. */
export async function openCommitTree(repo: Repository, sha: string): Promise<FileTree> {
  const indexed = await listIndex(repo, sha);
  const paths = indexed ?? (await listCommit(repo, sha));
  return createTree(paths, (wanted) => readBlobs(repo, indexed ? ':0' : sha, wanted));
}

/** In CI the index is what was checked out, and it lists several times as fast as a tree. */
async function listIndex(repo: Repository, sha: string): Promise<readonly string[] | undefined> {
  if (repo.bare) return undefined;
  const compare = ['diff-index', '--cached', '--quiet', '--ita-visible-in-index', sha, '--'];
  const [same, listing] = await Promise.all([
    runGit(compare, callOf(repo)),
    askRepository(repo, ['ls-files', '-z', '--cached']),
  ]);
  return same.exitCode === 0 ? splitNul(listing.toString('utf8')) : undefined;
}

async function listCommit(repo: Repository, sha: string): Promise<readonly string[]> {
  const flags = ['-r', '-z', '--full-tree', '--name-only', '--end-of-options'];
  const listing = await askRepository(repo, ['ls-tree', ...flags, sha]);
  return splitNul(listing.toString('utf8'));
}

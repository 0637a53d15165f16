import type { FileTree } from '../domain/tree.ts';
import { createTree } from './batched-tree.ts';
import { runGit } from './git.ts';
import { listCommitted, listIndexed, type ListedFiles, readLinks } from './list-files.ts';
import { readBlobs } from './objects.ts';
import { callOf, type Repository } from './repository.ts';

/** The files of a commit, independent of what is checked out. */
export async function openCommitTree(repo: Repository, sha: string): Promise<FileTree> {
  const indexed = await listIndex(repo, sha);
  const { paths, linkPaths } = indexed ?? (await listCommitted(repo, sha));
  const source = indexed ? ':0' : sha;
  const links = await readLinks(repo, source, linkPaths);
  return createTree({ paths, links }, (wanted) => readBlobs(repo, source, wanted));
}

/** In CI the index usually equals the commit, and listing it is several times faster than listing a tree. Undefined if not equal. */
async function listIndex(repo: Repository, sha: string): Promise<ListedFiles | undefined> {
  if (repo.bare) return undefined;
  const compare = ['diff-index', '--cached', '--quiet', '--ita-visible-in-index', sha, '--'];
  const [same, listing] = await Promise.all([runGit(compare, callOf(repo)), listIndexed(repo)]);
  return same.exitCode === 0 ? listing : undefined;
}

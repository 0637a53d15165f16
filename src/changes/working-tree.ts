import { closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { FileTree } from '../domain/tree.ts';
import { createTree } from './batched-tree.ts';
import { readBlobs } from './objects.ts';
import { askRepository, type Repository } from './repository.ts';
import { splitNul } from './status.ts';

/** What is on disk and not ignored, committed or not. */
export async function openWorkingTree(repo: Repository): Promise<FileTree> {
  const [listing, status] = await Promise.all([
    askRepository(repo, ['ls-files', '-z', '--cached']),
    repo.status(),
  ]);
  const cached = splitNul(listing.toString('utf8')).filter((path) => !status.missing.has(path));
  return createTree([...cached, ...status.untracked], (wanted) => readWorking(repo, wanted));
}

/** Disk first. What a sparse checkout leaves out is in the index alone. */
async function readWorking(
  repo: Repository,
  paths: readonly string[],
): Promise<readonly (Buffer | undefined)[]> {
  const found = paths.map((path) => readFromDisk(join(repo.root, path)));
  const absent = paths.filter((_, index) => found[index] === 'absent');
  const indexed = await readBlobs(repo, ':0', absent);
  const sparse = new Map(absent.map((path, index) => [path, indexed[index]]));
  return paths.map((path, index) => {
    const content = found[index];
    return content === 'absent' ? sparse.get(path) : content;
  });
}

/** A link is never followed, it could leave the repository; a pipe is never waited for. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Synchronous, as these are thousands of small files. A folder (a submodule) has no content, a link has its text. */
function readFromDisk(path: string): Buffer | 'absent' | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, FLAGS);
    return fstatSync(file).isFile() ? readFileSync(file) : undefined;
  } catch (error) {
    const code = typeof error === 'object' && error && 'code' in error ? error.code : undefined;
    if (code === 'ELOOP') return readlinkSync(path, { encoding: 'buffer' });
    return code === 'ENOENT' ? 'absent' : undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

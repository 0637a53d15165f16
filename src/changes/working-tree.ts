import { closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { FileTree } from '../domain/tree.ts';
import { errorCode } from '../system/error-code.ts';
import { createTree } from './batched-tree.ts';
import { listIndexed, readLinks } from './list-files.ts';
import { readBlobs } from './objects.ts';
import type { Repository } from './repository.ts';

/** The files on disk that are not ignored, committed or not. */
export async function openWorkingTree(repo: Repository): Promise<FileTree> {
  const [indexed, status] = await Promise.all([listIndexed(repo), repo.status()]);
  const cached = indexed.paths.filter((path) => !status.missing.has(path));
  const paths = [...cached, ...status.untracked];
  // Of what did not change, the index says whether it is a link.
  const uncertain = new Set([...indexed.linkPaths, ...status.changed.keys(), ...status.untracked]);
  const candidates = paths.filter((path) => uncertain.has(path));
  const links = await listLinks(repo, candidates, indexed.linkPaths);
  return createTree({ paths, links }, (wanted) => readWorking(repo, wanted));
}

/** Disk first, then the index: a sparse checkout leaves out links as well. */
async function listLinks(
  repo: Repository,
  candidates: readonly string[],
  linkPaths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map(candidates.map((path) => [path, readLink(join(repo.root, path))]));
  const absent = linkPaths.filter((path) => texts.get(path) === 'absent');
  const onDisk = [...texts].flatMap(([path, text]) =>
    text instanceof Buffer ? [[path, text.toString('utf8')] as const] : [],
  );
  return new Map([...onDisk, ...(await readLinks(repo, ':0', absent))]);
}

/** Undefined where it is no link: without core.symlinks, git writes the text of a link into a file. */
function readLink(path: string): Buffer | 'absent' | undefined {
  try {
    return readlinkSync(path, { encoding: 'buffer' });
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'absent' : undefined;
  }
}

/** Reads from disk, else from the index, which also has the files that a sparse checkout leaves out. */
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

/** Paths are resolved before: a link that appears since could leave the repository. A pipe is never waited for. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Synchronous, as these are thousands of small files. A directory (a submodule) has no content. */
function readFromDisk(path: string): Buffer | 'absent' | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, FLAGS);
    return fstatSync(file).isFile() ? readFileSync(file) : undefined;
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'absent' : undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

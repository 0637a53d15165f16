import { closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { FileTree } from '../domain/tree.ts';
import { readObjects } from './objects.ts';
import { askRepository, type Repository } from './repository.ts';
import { splitNul } from './status.ts';

type ReadMany = (paths: readonly string[]) => Promise<readonly (Buffer | undefined)[]>;

/** The files of a commit or, where `sha` is null, of the working tree as it stands. */
export function openTree(repo: Repository, sha: string | null): Promise<FileTree> {
  if (sha !== null) return openCommitTree(repo, sha);
  return repo.bare ? openCommitTree(repo, 'HEAD') : openWorkingTree(repo);
}

async function openCommitTree(repo: Repository, sha: string): Promise<FileTree> {
  const listing = await askRepository(repo, ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', sha]);
  const blobs = new Map<string, string>();
  const paths: string[] = [];
  for (const record of splitNul(listing.toString('utf8'))) {
    const tab = record.indexOf('\t');
    const path = record.slice(tab + 1);
    paths.push(path);
    // `<mode> blob <oid>`: a submodule's commit is a path without content.
    if (record.startsWith('blob', 7)) blobs.set(path, record.slice(12, tab));
  }
  return treeOf(paths, async (wanted) => {
    const known = wanted.map((path) => blobs.get(path));
    const contents = await readObjects(
      repo,
      known.filter((oid) => oid !== undefined),
    );
    let next = 0;
    return known.map((oid) => (oid === undefined ? undefined : contents[next++]));
  });
}

async function openWorkingTree(repo: Repository): Promise<FileTree> {
  const [listing, status] = await Promise.all([
    askRepository(repo, ['ls-files', '-z', '--cached']),
    repo.status(),
  ]);
  const cached = splitNul(listing.toString('utf8')).filter((path) => !status.missing.has(path));
  return treeOf([...cached, ...status.untracked], (wanted) => readWorking(repo, wanted));
}

/** Disk first. What a sparse checkout leaves out is in the index alone. */
async function readWorking(
  repo: Repository,
  paths: readonly string[],
): Promise<readonly (Buffer | undefined)[]> {
  const found = paths.map((path) => readFromDisk(join(repo.root, path)));
  const absent = paths.filter((path, index) => found[index] === 'absent' && !path.includes('\n'));
  const indexed = await readObjects(
    repo,
    absent.map((path) => `:0:${path}`),
  );
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

/** Reads that are asked for together go to `readMany` together: one process for a thousand files. */
function treeOf(listed: readonly string[], readMany: ReadMany): FileTree {
  const known = new Set(listed);
  const paths = [...known].sort();
  let waiting: { readonly paths: string[]; readonly done: ReturnType<ReadMany> } | undefined;
  function gather(): NonNullable<typeof waiting> {
    const batch: string[] = [];
    const done = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      waiting = undefined;
      return readMany(batch);
    });
    return { paths: batch, done };
  }
  async function read(path: string): Promise<Buffer | undefined> {
    if (!known.has(path)) return undefined;
    waiting ??= gather();
    const { paths: batch, done } = waiting;
    const place = batch.push(path) - 1;
    return (await done)[place];
  }
  return {
    paths,
    has: (path) => known.has(path),
    read,
    readAll: async (wanted) => {
      const contents = await Promise.all(wanted.map(read));
      const entries = wanted.map((path, index) => ({ path, content: contents[index] }));
      return new Map(entries.flatMap(({ path, content }) => (content ? [[path, content] as const] : [])));
    },
  };
}

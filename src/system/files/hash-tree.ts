import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../error-code.ts';
import { runPool } from '../concurrency/pool.ts';

export interface TreeOptions {
  /** Excludes the paths for which it returns true, with everything below. Paths are relative to the directory. */
  readonly skip?: (path: string) => boolean;
  /** Also hashes the targets of links: Go and ko follow links, while Dockerfile builders copy them. */
  readonly follow?: boolean;
}

const FILES_AT_ONCE = 16;
const WHOLE_BYTES = 1024 * 1024;

/**
 * Excludes write permission for group and others, which only depends on the umask of the clone.
 * https://git-scm.com/docs/git-config#Documentation/git-config.txt-coresharedRepository
 */
const TELLING_MODE = 0o7755;

interface Walk extends TreeOptions {
  readonly directory: string;
  /** The directories that links have led to already, to detect cycles. */
  readonly seen: ReadonlySet<string>;
}

/** Hashes path, kind, mode and content of each entry of a directory, but neither times nor owners. */
export async function hashTree(directory: string, options: TreeOptions = {}): Promise<string> {
  return walk({ ...options, directory, seen: new Set([await realpath(directory)]) });
}

async function walk(tree: Walk): Promise<string> {
  const paths = await listPaths(tree.directory, '', tree);
  const lines = await runPool(paths.sort(), FILES_AT_ONCE, (path) => describe(tree, path));
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('hex');
}

/** Hashes one path, following links; undefined if it does not exist. A directory, such as a submodule, is hashed as a tree. */
export async function hashFile(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return await hashTree(path, { follow: true });
    return found.isFile() ? await describeFile(path, found) : `special ${modeOf(found)}`;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

async function listPaths(directory: string, below: string, options: TreeOptions): Promise<string[]> {
  const entries = await readdir(join(directory, below), { withFileTypes: true });
  const paths: string[] = [];
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name === '.git' || options.skip?.(path)) continue;
    paths.push(path);
    if (entry.isDirectory()) paths.push(...(await listPaths(directory, path, options)));
  }
  return paths;
}

async function describe(tree: Walk, path: string): Promise<string> {
  const absolute = join(tree.directory, path);
  const found = await lstat(absolute);
  if (found.isFile()) return JSON.stringify([path, await describeFile(absolute, found)]);
  if (!found.isSymbolicLink()) {
    return JSON.stringify([path, found.isDirectory() ? 'directory' : 'special', modeOf(found)]);
  }
  const target = ['link', await readlink(absolute)];
  return JSON.stringify([path, ...target, ...(tree.follow ? [await describeTarget(absolute, tree)] : [])]);
}

async function describeTarget(link: string, { seen }: Walk): Promise<string> {
  const found = await stat(link).catch(() => undefined);
  if (!found) return 'leads nowhere';
  if (!found.isDirectory()) return describeFile(link, found);
  const directory = await realpath(link);
  return seen.has(directory)
    ? 'a circle'
    : walk({ directory, follow: true, seen: new Set([...seen, directory]) });
}

interface Measured {
  readonly mode: number;
  readonly size: number;
}

function modeOf({ mode }: Measured): string {
  return (mode & TELLING_MODE).toString(8);
}

async function describeFile(path: string, found: Measured): Promise<string> {
  const hash = createHash('sha256');
  if (found.size <= WHOLE_BYTES) hash.update(await readFile(path));
  else for await (const chunk of createReadStream(path)) hash.update(chunk);
  return `${modeOf(found)} ${hash.digest('hex')}`;
}

import { readdirSync, rmSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { HephyError } from '../../errors.ts';
import { errorCode, errorMessage } from '../error-code.ts';
import { formatIdentity, identifySelf, parseIdentity, stateOf } from '../process/identity.ts';

/**
 * All temporary directories of a run are in one directory, whose name identifies the process. If the process is killed,
 * the next run finds the directory and removes it.
 */
const PREFIX = 'hephy-run-';
/** For directories of processes that cannot be checked: no run takes this long. */
const FOREIGN_AGE_MS = 24 * 60 * 60_000;

/** The run's directory in each parent directory, while it exists. */
const runDirectories = new Map<string, Promise<string>>();
const cleaned = new Set<string>();

/** A new, empty directory that only this user can read. It is removed with the run at the latest. */
export async function makeTemporary(name: string, parent = tmpdir()): Promise<string> {
  try {
    return await makeIn(parent, name).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
      // The run's directory was empty and is removed, or something cleans up the temporary directory.
      runDirectories.delete(parent);
      return makeIn(parent, name);
    });
  } catch (error) {
    throw unusable(parent, error);
  }
}

/** Also removes the run's own directory if it is empty. */
export async function removeTemporary(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await rmdir(dirname(directory)).catch(() => undefined);
}

/** Keeps the directory after the run, for the user to inspect. A rename works on a full disk too. */
export async function keepTemporary(directory: string, name: string): Promise<string> {
  const run = dirname(directory);
  const kept = join(dirname(run), `${name}-${basename(directory)}`);
  await rename(directory, kept);
  return kept;
}

async function makeIn(parent: string, name: string): Promise<string> {
  return mkdtemp(join(await runDirectory(parent), `${name}-`));
}

function runDirectory(parent: string): Promise<string> {
  const known = runDirectories.get(parent) ?? startRun(parent);
  runDirectories.set(parent, known);
  known.catch(() => runDirectories.delete(parent));
  return known;
}

async function startRun(parent: string): Promise<string> {
  // First, so that a full disk has room again.
  if (!cleaned.has(parent)) await removeAbandoned(parent);
  if (cleaned.size === 0) process.once('exit', removeAll);
  cleaned.add(parent);
  return mkdtemp(join(parent, ownPrefix()));
}

function ownPrefix(): string {
  return `${PREFIX}${formatIdentity(identifySelf())}-`;
}

/** Removes what remains when the process exits. Synchronous, because nothing else runs on exit. */
function removeAll(): void {
  for (const parent of cleaned) {
    try {
      const names = readdirSync(parent).filter((name) => name.startsWith(ownPrefix()));
      for (const name of names) rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // The next run tries again.
    }
  }
}

/** Removes directories of dead runs of this user. All users share the temporary directory: other users' files are kept. */
export async function removeAbandoned(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const ours = names.filter((name) => name.startsWith(PREFIX));
  await Promise.all(ours.map((name) => removeIfAbandoned(join(parent, name), name)));
}

async function removeIfAbandoned(path: string, name: string): Promise<void> {
  const owner = parseIdentity(name.slice(PREFIX.length).replace(/-[^-]*$/, ''));
  const state = owner && stateOf(owner);
  if (state === undefined || state === 'alive') return;
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory() || found.uid !== process.getuid?.()) return;
  if (state === 'unknown' && Date.now() - found.mtimeMs < FOREIGN_AGE_MS) return;
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

function unusable(parent: string, cause: unknown): HephyError {
  const message = `cannot use the temporary directory ${parent}: ${errorMessage(cause)}`;
  return new HephyError('WORK_DIRECTORY', message, {
    hint: 'Set TMPDIR to an existing, writable directory on a disk with free space.',
    cause,
  });
}

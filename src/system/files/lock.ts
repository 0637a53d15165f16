import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HephyError } from '../../errors.ts';
import { errorCode } from '../error-code.ts';
import { formatIdentity, identifySelf, parseIdentity, stateOf } from '../process/identity.ts';

const POLL_MS = 100;
/** A holder updates its lock at this interval, because processes in other containers cannot be checked. */
const REFRESH_MS = 15_000;
const FOREIGN_AGE_MS = 2 * 60_000;

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if another process holds the lock, with its PID if it is on this machine. */
  readonly onWait?: (pid: number | undefined) => void;
}

/** Runs exclusively among all processes of this machine that lock the same path. Takes over the lock of a dead process. */
export async function withLock<T>(
  path: string,
  run: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const token = `${formatIdentity(identifySelf())} ${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  await acquire(path, token, options);
  const refresh = setInterval(() => void touch(path), REFRESH_MS).unref();
  try {
    return await run();
  } finally {
    clearInterval(refresh);
    if ((await readToken(path)) === token) await rm(path, { force: true });
  }
}

async function acquire(path: string, token: string, options: LockOptions): Promise<void> {
  let waiting = false;
  while (!(await take(path, token))) {
    const holder = await readToken(path);
    if (holder !== undefined && (await isAbandoned(path, holder))) {
      await breakLock(path, holder);
      continue;
    }
    if (!waiting) options.onWait?.(holder === undefined ? undefined : ownerOf(holder)?.pid);
    waiting = true;
    await pause(options.signal);
  }
}

/** Creates the lock file atomically: writes it under another name, and links it. */
async function take(path: string, token: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`;
  await writeFile(aside, token, { mode: 0o600 });
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** Removes an abandoned lock. If another process has replaced the lock meanwhile, that lock is put back. */
async function breakLock(path: string, holder: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readToken(aside)) !== holder) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function readToken(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

function ownerOf(token: string): ReturnType<typeof parseIdentity> {
  return parseIdentity(token.split(' ')[0] ?? '');
}

async function isAbandoned(path: string, token: string): Promise<boolean> {
  const owner = ownerOf(token);
  const state = owner === undefined ? 'dead' : stateOf(owner);
  if (state !== 'unknown') return state === 'dead';
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > FOREIGN_AGE_MS;
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(POLL_MS, undefined, signal ? { signal } : {});
  } catch (cause) {
    throw new HephyError('CANCELLED', 'interrupted while waiting for another run', { cause });
  }
}

import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HephyError } from '../../errors.ts';

const POLL_MS = 100;
/** Nothing that is locked takes this long: its holder died, and its process number went to another. */
const MAX_AGE_MS = 30 * 60_000;

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once, when another process has it. */
  readonly onWait?: () => void;
}

/** Runs alone among all processes of this machine that lock the same path. What a dead one left is taken over. */
export async function withLock<T>(
  path: string,
  run: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const token = `${process.pid} ${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  await acquire(path, token, options);
  try {
    return await run();
  } finally {
    if ((await readToken(path)) === token) await rm(path, { force: true });
  }
}

async function acquire(path: string, token: string, options: LockOptions): Promise<void> {
  let waiting = false;
  while (!(await take(path, token))) {
    const holder = await readToken(path);
    if (holder !== undefined && (!isAlive(holder) || (await isOld(path)))) {
      await breakLock(path, holder);
      continue;
    }
    if (!waiting) options.onWait?.();
    waiting = true;
    await pause(options.signal);
  }
}

/** A lock appears whole or not at all: written aside, then linked to its name. */
async function take(path: string, token: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`;
  await writeFile(aside, token, { mode: 0o600 });
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** Another may have broken it first and taken it: what was moved away by mistake is put back. */
async function breakLock(path: string, holder: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
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

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > MAX_AGE_MS;
}

function isAlive(token: string): boolean {
  const pid = Number(token.split(' ')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(POLL_MS, undefined, signal ? { signal } : {});
  } catch (cause) {
    throw new HephyError('CANCELLED', 'interrupted while waiting for another run', { cause });
  }
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

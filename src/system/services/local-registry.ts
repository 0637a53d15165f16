import { rmSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '../files/cache-dir.ts';
import type { Env } from '../env.ts';
import { withLock } from '../files/lock.ts';
import { makeTemporary, removeTemporary } from '../files/temporary.ts';
import { endRegistry, isOurs, launchRegistry, type RunningRegistry } from './registry-process.ts';
import { findTool, type ToolSearch } from '../tools/tools.ts';

export interface LocalRegistryOptions extends ToolSearch {
  /** With its own storage, removed on release: for runs that may not publish. */
  readonly ephemeral?: boolean;
}

export interface LocalRegistry {
  /** `127.0.0.1:5000`: plain HTTP. */
  readonly host: string;
  /** False if a registry of an earlier run is used. */
  readonly startedHere: boolean;
  /** Stops an ephemeral registry. Others outlive the run, so that the images can be used. */
  release(): Promise<void>;
}

/** The registry for runs without a registry setting: one per user and machine, used again by the next run. */
export async function startLocalRegistry(options: LocalRegistryOptions): Promise<LocalRegistry> {
  if (options.ephemeral) return await startEphemeral(options);
  const running = await findRunning(options.env);
  if (running) return lasting(running, false);
  const { path } = await findTool('registry', options);
  async function startOnce(): Promise<LocalRegistry> {
    const other = await findRunning(options.env);
    if (other) return lasting(other, false);
    const launched = await launchRegistry({ ...launchContext(options), file: path, outlives: true });
    await writeState(options.env, launched);
    return lasting(launched, true);
  }
  return await withLock(lockFile(options.env), startOnce, { signal: options.signal });
}

/** Returns the host of the stopped registry; undefined if none ran. Its images stay for the next start. */
export async function stopLocalRegistry(env: Env): Promise<string | undefined> {
  return await withLock(lockFile(env), async () => {
    const running = await findRunning(env);
    if (running) await endRegistry(running);
    await rm(stateFile(env), { force: true });
    return running?.host;
  });
}

function lasting(running: RunningRegistry, startedHere: boolean): LocalRegistry {
  return { host: running.host, startedHere, release: () => Promise.resolve() };
}

async function startEphemeral(options: LocalRegistryOptions): Promise<LocalRegistry> {
  const { path } = await findTool('registry', options);
  const directory = await makeTemporary('registry', options.env['TMPDIR'] || tmpdir());
  try {
    const context = { ...launchContext(options), directory };
    const running = await launchRegistry({ ...context, file: path, outlives: false });
    return { host: running.host, startedHere: true, release: releaser(running, directory) };
  } catch (error) {
    await removeTemporary(directory);
    throw error;
  }
}

/** The registry is also stopped if the run exits without releasing it. */
function releaser(running: RunningRegistry, directory: string): () => Promise<void> {
  function killWithUs(): void {
    try {
      process.kill(running.pid, 'SIGKILL');
    } catch {
      // Ended before us.
    }
    rmSync(directory, { recursive: true, force: true });
  }
  process.once('exit', killWithUs);
  return async () => {
    process.removeListener('exit', killWithUs);
    await endRegistry(running);
    await removeTemporary(directory);
  };
}

function launchContext({ env, signal }: LocalRegistryOptions) {
  return { env, signal, directory: home(env) };
}

function home(env: Env): string {
  return join(cacheDir(env), 'registry');
}

function lockFile(env: Env): string {
  return join(cacheDir(env), 'registry.lock');
}

function stateFile(env: Env): string {
  return join(home(env), 'state.json');
}

async function writeState(env: Env, running: RunningRegistry): Promise<void> {
  const aside = `${stateFile(env)}.new`;
  await writeFile(aside, JSON.stringify(running), { mode: 0o600 });
  await rename(aside, stateFile(env));
}

/** The registry of the state file, if it responds with its ID. */
async function findRunning(env: Env): Promise<RunningRegistry | undefined> {
  const state = await readState(stateFile(env));
  return state && (await isOurs(state)) ? state : undefined;
}

async function readState(path: string): Promise<RunningRegistry | undefined> {
  try {
    const state: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isState(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

function isState(state: unknown): state is RunningRegistry {
  if (typeof state !== 'object' || state === null) return false;
  const { host, id, pid }: Partial<Record<string, unknown>> = { ...state };
  return (
    typeof host === 'string' &&
    /^127\.0\.0\.1:\d+$/.test(host) &&
    typeof id === 'string' &&
    Number.isInteger(pid)
  );
}

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HephyError } from '../../errors.ts';
import { planBuilder, type BuilderPlan, type BuilderSettings } from './buildkit-settings.ts';
import { cacheDir } from '../files/cache-dir.ts';
import { callEngine, lastLine, type EngineCall } from './container-engine.ts';
import type { Env } from '../env.ts';
import { withLock } from '../files/lock.ts';
import { makeTemporary, removeTemporary } from '../files/temporary.ts';

export interface EngineSearch {
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly settings: BuilderSettings;
}

interface Start extends EngineSearch, EngineCall {}

/** Privileged mode; if the engine refuses it, the single permissions that BuildKit needs. */
const RIGHTS = [
  ['--privileged'],
  [
    ...['SYS_ADMIN', 'NET_ADMIN', 'MKNOD', 'SYS_CHROOT', 'SYS_PTRACE', 'DAC_READ_SEARCH'].flatMap((one) => [
      '--cap-add',
      one,
    ]),
    ...['seccomp=unconfined', 'apparmor=unconfined', 'systempaths=unconfined'].flatMap((one) => [
      '--security-opt',
      one,
    ]),
    ...['--cgroupns', 'host', '--volume', '/sys/fs/cgroup:/sys/fs/cgroup:rw'],
  ],
] as const;

const READY_MS = 30_000;
const POLL_MS = 200;

/** Returns the name of this machine's builder container. It is started once, and kept with its layers for later runs. */
export async function startBuildkitContainer(start: Start): Promise<string> {
  const plan = await planBuilder(start.settings, start.env);
  if (await isRunning(start, plan.name)) return plan.name;
  return await withLock(join(cacheDir(start.env), 'buildkit.lock'), () => startOnce(start, plan), {
    signal: start.signal,
    onWait: () => start.onProgress?.('waiting for another run that is starting BuildKit'),
  });
}

async function startOnce(start: Start, plan: BuilderPlan): Promise<string> {
  const again = await callEngine(start, ['start', plan.name]);
  if (again.exitCode !== 0) await createBuilder(start, plan);
  await untilReady(start, plan.name);
  return plan.name;
}

async function isRunning(start: Start, name: string): Promise<boolean> {
  const done = await callEngine(start, ['container', 'inspect', '--format', '{{.State.Running}}', name]);
  return done.exitCode === 0 && lastLine(done.stdout) === 'true';
}

async function createBuilder(start: Start, plan: BuilderPlan): Promise<void> {
  start.onProgress?.(`starting ${plan.image} as ${plan.name} (kept for later builds)`);
  let problem = '';
  for (const rights of RIGHTS) {
    problem = await tryToStart(start, plan, rights);
    if (problem === '') return;
    await callEngine({ ...start, signal: undefined }, ['rm', '--force', '--volumes', plan.name]);
    stopIfAborted(start);
  }
  throw startError(problem);
}

/** Returns the error of the engine; empty if the container runs. */
async function tryToStart(start: Start, plan: BuilderPlan, rights: readonly string[]): Promise<string> {
  // Host network, so that builders reach registries on loopback; logs are not truncated at 2 MB.
  const variables = ['BUILDKIT_STEP_LOG_MAX_SIZE=-1', ...plan.variables].flatMap((one) => ['--env', one]);
  const options = ['--name', plan.name, '--network', 'host', ...variables, ...rights];
  const flags = ['--allow-insecure-entitlement', 'network.host'];
  const created = await callEngine(start, ['create', ...options, plan.image, ...flags]);
  if (created.exitCode !== 0) return lastLine(created.stderr);
  const problem = await copyFiles(start, plan);
  if (problem !== '') return problem;
  const started = await callEngine(start, ['start', plan.name]);
  return started.exitCode === 0 ? '' : lastLine(started.stderr);
}

/** Copies instead of mounting, because the engine may be on another machine. */
async function copyFiles(start: Start, { name, files }: BuilderPlan): Promise<string> {
  if (Object.keys(files).length === 0) return '';
  const directory = await makeTemporary('buildkit');
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
    const done = await callEngine(start, ['cp', `${directory}/.`, `${name}:/etc`]);
    return done.exitCode === 0 ? '' : lastLine(done.stderr);
  } finally {
    await removeTemporary(directory);
  }
}

async function untilReady(start: Start, name: string): Promise<void> {
  const end = performance.now() + READY_MS;
  for (;;) {
    const done = await callEngine(start, ['exec', name, 'buildctl', 'debug', 'workers']);
    if (done.exitCode === 0) return;
    stopIfAborted(start);
    if (performance.now() > end || !(await isRunning(start, name))) {
      const log = await callEngine(start, ['logs', '--tail', '3', name]);
      throw startError(lastLine(log.stderr) || lastLine(done.stderr));
    }
    await sleep(POLL_MS);
  }
}

function stopIfAborted({ signal }: Start): void {
  if (signal?.aborted) throw new HephyError('CANCELLED', 'interrupted while starting BuildKit');
}

function startError(problem: string): HephyError {
  return new HephyError('BACKEND_MISSING', `cannot start BuildKit in a container: ${problem}`, {
    hint: 'Set BUILDKIT_HOST to your own builder, or buildkit_image to an image that this machine can pull.',
  });
}

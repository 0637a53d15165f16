import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HephyError } from '../errors.ts';
import { cacheDir } from './cache-dir.ts';
import { callEngine, lastLine, type EngineCall } from './container-engine.ts';
import type { Env } from './env.ts';
import { withLock } from './lock.ts';
import { pinOf } from './tool-pins.ts';

export interface EngineSearch {
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly settings: BuilderSettings;
}

/** What a builder that is started here is told of registries. */
export interface BuilderSettings {
  /** Undefined: the one that this version was tested with. */
  readonly image: string | undefined;
  /** Hosts beside loopback that are spoken to without TLS. */
  readonly insecureRegistries: readonly string[];
  /** By host and path, for Docker Hub's images. */
  readonly registryMirrors: readonly string[];
}

interface Start extends EngineSearch, EngineCall {}

const VERSION = pinOf('buildctl')?.version ?? '';

/** As an engine gives them to a container that may do what it likes; and what BuildKit needs where that is refused. */
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

/**
 * The builder of this machine: started once, kept with its layers, found again by its name. Version and settings are
 * part of the name, so that no run ends a builder that another one uses.
 */
export async function startBuildkitContainer(start: Start): Promise<string> {
  const name = nameOf(start);
  if (await isRunning(start, name)) return name;
  return await withLock(join(cacheDir(start.env), 'buildkit.lock'), () => startOnce(start, name), {
    signal: start.signal,
    onWait: () => start.onProgress?.('waiting for another run that starts BuildKit'),
  });
}

async function startOnce(start: Start, name: string): Promise<string> {
  const again = await callEngine(start, ['start', name]);
  if (again.exitCode !== 0) await createBuilder(start, name);
  await untilReady(start, name);
  return name;
}

function nameOf({ settings }: Start): string {
  const own = `hephy-buildkitd-${VERSION}`;
  const text = JSON.stringify([imageOf(settings), renderSettings(settings)]);
  if (settings.image === undefined && renderSettings(settings) === '') return own;
  return `${own}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

function imageOf({ image }: BuilderSettings): string {
  return image ?? `moby/buildkit:v${VERSION}`;
}

/** https://docs.docker.com/build/buildkit/toml-configuration/ */
function renderSettings({ insecureRegistries, registryMirrors }: BuilderSettings): string {
  const sections = [...insecureRegistries].sort().map((host) => `[registry.${quote(host)}]\n  http = true\n`);
  const mirrors = registryMirrors.map(quote).join(', ');
  if (mirrors !== '') sections.push(`[registry."docker.io"]\n  mirrors = [${mirrors}]\n`);
  return sections.join('\n');
}

/** A text of TOML is written as one of JSON. */
function quote(text: string): string {
  return JSON.stringify(text);
}

async function isRunning(start: Start, name: string): Promise<boolean> {
  const done = await callEngine(start, ['container', 'inspect', '--format', '{{.State.Running}}', name]);
  return done.exitCode === 0 && lastLine(done.stdout) === 'true';
}

async function createBuilder(start: Start, name: string): Promise<void> {
  const image = imageOf(start.settings);
  start.onProgress?.(`starting ${image} as ${name} (kept for later builds)`);
  let problem = '';
  for (const rights of RIGHTS) {
    problem = await tryToStart(start, { name, image, rights });
    if (problem === '') return;
    await callEngine({ ...start, signal: undefined }, ['rm', '--force', '--volumes', name]);
    stopIfAborted(start);
  }
  throw startError(problem);
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly rights: readonly string[];
}

/** Empty where it runs; else what the engine said. Settings go in as a file, since the engine may be elsewhere. */
async function tryToStart(start: Start, { name, image, rights }: Container): Promise<string> {
  // Builders see registries on this machine's loopback, and logs are not cut at 2 MB.
  const options = ['--network', 'host', '--env', 'BUILDKIT_STEP_LOG_MAX_SIZE=-1', ...rights];
  const flags = ['--allow-insecure-entitlement', 'network.host'];
  const created = await callEngine(start, ['create', '--name', name, ...options, image, ...flags]);
  if (created.exitCode !== 0) return lastLine(created.stderr);
  await copySettings(start, name);
  const started = await callEngine(start, ['start', name]);
  return started.exitCode === 0 ? '' : lastLine(started.stderr);
}

async function copySettings(start: Start, name: string): Promise<void> {
  const content = renderSettings(start.settings);
  if (content === '') return;
  const directory = await mkdtemp(join(tmpdir(), 'hephy-buildkit-'));
  try {
    await mkdir(join(directory, 'buildkit'));
    await writeFile(join(directory, 'buildkit', 'buildkitd.toml'), content);
    const done = await callEngine(start, ['cp', join(directory, 'buildkit'), `${name}:/etc`]);
    if (done.exitCode !== 0) throw startError(lastLine(done.stderr));
  } finally {
    await rm(directory, { recursive: true, force: true });
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
  if (signal?.aborted) throw new HephyError('CANCELLED', 'interrupted while BuildKit was started');
}

function startError(problem: string): HephyError {
  return new HephyError('BACKEND_MISSING', `BuildKit could not be started in a container: ${problem}`, {
    hint: 'Set BUILDKIT_HOST to a builder of your own, or buildkit_image to an image that this machine can pull.',
  });
}

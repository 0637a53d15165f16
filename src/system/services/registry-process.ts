import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HephyError } from '../../errors.ts';
import { childEnv, type Env } from '../env.ts';

export interface RunningRegistry {
  /** `127.0.0.1:5000` */
  readonly host: string;
  /** A header of every response of this registry. */
  readonly id: string;
  readonly pid: number;
}

export interface RegistryLaunch {
  /** The `registry` program. */
  readonly file: string;
  /** For its configuration, log and data. */
  readonly directory: string;
  /** Whether it keeps running after this process exits. */
  readonly outlives: boolean;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

/** The usual port of a registry in Docker's documentation. */
const USUAL_PORT = 5000;
const ID_HEADER = 'X-Hephy-Registry';
const PATIENCE_MS = 20_000;
const POLL_MS = 25;

/** Another program may take the port between its choice and its use. */
const TRIES = 3;

/** Starts CNCF Distribution on loopback and waits until it responds. https://distribution.github.io/distribution/about/configuration/ */
export async function launchRegistry(launch: RegistryLaunch): Promise<RunningRegistry> {
  await mkdir(launch.directory, { recursive: true, mode: 0o700 });
  for (let tries = 1; ; tries++) {
    try {
      return await launchOnce(launch);
    } catch (error) {
      if (tries === TRIES || !(await portWasTaken(launch))) throw error;
    }
  }
}

async function launchOnce(launch: RegistryLaunch): Promise<RunningRegistry> {
  const registry = { host: `127.0.0.1:${await choosePort(launch)}`, id: randomUUID() };
  const config = join(launch.directory, 'config.json');
  await writeFile(config, JSON.stringify(configuration(launch.directory, registry), null, 2), {
    mode: 0o600,
  });
  const { child, ended } = await start(launch, config);
  try {
    await untilReady(ended, registry, launch);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  child.unref();
  return { ...registry, pid: child.pid ?? 0 };
}

async function portWasTaken(launch: RegistryLaunch): Promise<boolean> {
  return (await readLog(launch)).includes('address already in use');
}

/** Checks the ID, because another program may use the port by now. */
export function isOurs({ host, id }: Pick<RunningRegistry, 'host' | 'id'>): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`http://${host}/v2/`, { agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 && response.headers[ID_HEADER.toLowerCase()] === id);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** Sends SIGTERM, then SIGKILL. The PID is used only while the registry responds with its ID. */
export async function endRegistry(registry: RunningRegistry): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!(await isOurs(registry))) return;
    sendSignal(registry.pid, signal);
    for (let waited = 0; waited < 3_000 && (await isOurs(registry)); waited += POLL_MS) await sleep(POLL_MS);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 0) process.kill(pid, signal);
  } catch {
    // Gone in the meantime.
  }
}

/** JSON is YAML too. */
function configuration(directory: string, { host, id }: Pick<RunningRegistry, 'host' | 'id'>): object {
  return {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'data') }, delete: { enabled: true } },
    http: { addr: host, secret: randomUUID(), headers: { [ID_HEADER]: [id] } },
  };
}

async function choosePort({ outlives }: RegistryLaunch): Promise<number> {
  return (outlives ? await freePort(USUAL_PORT) : undefined) ?? (await freePort(0)) ?? USUAL_PORT;
}

function freePort(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

interface Started {
  readonly child: ChildProcess;
  /** Why the process ended. */
  readonly ended: Promise<Error>;
}

async function start(launch: RegistryLaunch, config: string): Promise<Started> {
  const log = await open(logFile(launch), 'w', 0o600);
  try {
    const child = spawn(launch.file, ['serve', config], {
      cwd: launch.directory,
      env: { ...childEnv(launch.env), OTEL_TRACES_EXPORTER: 'none' },
      detached: launch.outlives,
      stdio: ['ignore', log.fd, log.fd],
    });
    return { child, ended: watch(child) };
  } finally {
    await log.close();
  }
}

/** Listens at once, because the program may exit before anything else happens here. */
function watch(child: ChildProcess): Promise<Error> {
  return new Promise((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code) =>
      resolve(new Error(code === null ? 'it was ended by a signal' : `it exited with status ${code}`)),
    );
  });
}

function logFile(launch: RegistryLaunch): string {
  return join(launch.directory, 'registry.log');
}

function readLog(launch: RegistryLaunch): Promise<string> {
  return readFile(logFile(launch), 'utf8').catch(() => '');
}

async function untilReady(
  ended: Promise<Error>,
  registry: Pick<RunningRegistry, 'host' | 'id'>,
  launch: RegistryLaunch,
): Promise<void> {
  let fault: Error | undefined;
  void ended.then((error) => (fault = error));
  for (const end = performance.now() + PATIENCE_MS; !(await isOurs(registry)); await sleep(POLL_MS)) {
    if (launch.signal?.aborted) throw new HephyError('CANCELLED', 'interrupted while starting a registry');
    if (performance.now() > end) fault ??= new Error('it does not answer');
    if (fault) throw await startError(launch, fault);
  }
}

async function startError(launch: RegistryLaunch, cause: Error): Promise<HephyError> {
  const end = (await readLog(launch)).trim().split('\n').slice(-3).join('\n');
  const message = `cannot start the local registry: ${cause.message}`;
  return new HephyError('LOCAL_REGISTRY', end === '' ? message : `${message}\n${end}`, {
    cause,
    hint: `Set --registry, or see the log of the local registry: ${logFile(launch)}.`,
  });
}

import { spawn, type ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BUILDCTL, BUILDKITD } from './tool-cache.ts';

const run = promisify(execFile);

export interface TestBuilder {
  /** For BUILDKIT_HOST. */
  readonly address: string;
  stop(): Promise<void>;
}

/** How it is reached, where that is not by a socket. */
export interface Access {
  readonly address: string;
  readonly flags: readonly string[];
  /** What buildctl needs to be let in. */
  readonly client: readonly string[];
}

/** A real buildkitd on this machine, as root and with runc, with no layer in its cache. Loopback it speaks to in plain HTTP. `under`: a program that runs it. */
export async function startBuildkitd(under: readonly string[] = [], access?: Access): Promise<TestBuilder> {
  const directory = await mkdtemp(join(tmpdir(), 'hephy-buildkitd-'));
  const { address, flags: more, client } = access ?? bySocket(directory);
  const log = await open(join(directory, 'log'), 'w');
  const flags = ['--oci-worker-binary', 'runc', '--oci-worker-net', 'host', '--containerd-worker=false'];
  const command = [
    ...under,
    BUILDKITD,
    ...flags,
    '--root',
    join(directory, 'root'),
    '--addr',
    address,
    ...more,
  ];
  const child = spawn(command[0] ?? BUILDKITD, command.slice(1), {
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`, HOME: directory },
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  const killWithUs = (): boolean => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  async function stop(): Promise<void> {
    process.removeListener('exit', killWithUs);
    await ended(child);
    await rm(directory, { recursive: true, force: true });
  }
  try {
    await untilReady(child, ['--addr', address, ...client]);
    return { address, stop };
  } catch (error) {
    const said = await readFile(join(directory, 'log'), 'utf8');
    await stop();
    throw new Error(`buildkitd did not start:\n${said}`, { cause: error });
  }
}

function bySocket(directory: string): Access {
  return { address: `unix://${join(directory, 'buildkitd.sock')}`, flags: [], client: [] };
}

async function untilReady(child: ChildProcess, client: readonly string[]): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await run(BUILDCTL, [...client, '--timeout', '1', 'debug', 'workers']);
      return;
    } catch (error) {
      if (child.exitCode !== null || tries === 100) throw error;
      await sleep(100);
    }
  }
}

/** FoundUnchanged first, so that it unmounts what it mounted. */
function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.once('close', () => {
      clearTimeout(killer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';

export interface ServerProgram {
  readonly file: string;
  readonly args: readonly string[];
  /** Its first group is the port, in a line that says the server listens. */
  readonly listening: RegExp;
  /** Removed once the server has stopped. */
  readonly directory: string;
  readonly install: string;
}

export interface RunningServer {
  /** `127.0.0.1:41234` */
  readonly host: string;
  stop(): Promise<void>;
}

/** Starts a real server that chooses its own free port, so two suites never want the same one. */
export async function startServer(program: ServerProgram): Promise<RunningServer> {
  if (!existsSync(program.file)) {
    await rm(program.directory, { recursive: true, force: true });
    throw new Error(`${program.file} is missing: ${program.install}`);
  }
  const child = spawn(program.file, [...program.args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: program.directory },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killWithUs = (): boolean => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  async function stop(): Promise<void> {
    process.removeListener('exit', killWithUs);
    await ended(child);
    await rm(program.directory, { recursive: true, force: true });
  }
  try {
    return { host: `127.0.0.1:${await readPort(child, program)}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readPort(child: ChildProcess, program: ServerProgram): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      if (said.length < 100_000) said += chunk.toString('utf8');
      const port = program.listening.exec(said)?.[1];
      if (port !== undefined) resolve(port);
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`${program.file} did not start:\n${said}`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}

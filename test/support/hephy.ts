import { spawn, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const COMMITTED = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

/** The bundle under test: the committed one, unless a run names its own. */
export const BUNDLE = process.env['HEPHY_TEST_BUNDLE'] ?? COMMITTED;

/** Where Go is on machines that did not put it on PATH. */
export const TOOL_PATH = `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/local/go/bin`;

/** What a person's shell has, and none of what the machine that runs the tests may add. */
const PLAIN_ENV = {
  PATH: TOOL_PATH,
  HOME: process.env['HOME'],
  TMPDIR: tmpdir(),
  GOTOOLCHAIN: 'local',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

export interface Said {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HephyPlace {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** A program and its flags that run it: strace. */
  readonly under?: readonly string[];
}

/** `hephy` as a user runs it: the bundle in a process of its own. Undefined takes a variable out of the environment. */
export async function hephy(args: readonly string[], place: HephyPlace): Promise<Said> {
  return startHephy(args, place).said;
}

export interface RunningHephy {
  readonly child: ChildProcess;
  readonly said: Promise<Said>;
  /** Resolves once standard error holds this; fails when the process ends without. */
  heard(text: string): Promise<void>;
}

export function startHephy(args: readonly string[], place: HephyPlace): RunningHephy {
  const { cwd, env, input, under = [] } = place;
  const [file = '', ...rest] = [...under, process.execPath, BUNDLE, ...args];
  const child = spawn(file, rest, { cwd, env: { ...PLAIN_ENV, ...env } });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const said = new Promise<Said>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
  });
  return { child, said, heard: (text) => waitFor(child, stderr, text) };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

function waitFor(child: ChildProcess, read: () => string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (read().includes(text)) resolve();
    };
    child.stderr?.on('data', look);
    child.once('close', () => reject(new Error(`it ended without saying "${text}":\n${read()}`)));
    look();
  });
}

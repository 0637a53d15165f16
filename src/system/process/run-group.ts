import { spawn, type ChildProcess } from 'node:child_process';
import { HephyError, toHephyError } from '../../errors.ts';
import { errorCode, errorMessage } from '../error-code.ts';
import type { Command, Finished } from './command.ts';

/** How long a child may clean up after SIGTERM before its whole group is killed. */
const GRACE_MS = 5_000;

/** Runs the child in a process group of its own, so that stopping it also stops the processes that it started. */
export async function runGroup(command: Command): Promise<Omit<Finished, 'durationMs'>> {
  const child = startOrExplain(command);
  const stdout = collect(child, 'stdout', command);
  const stderr = collect(child, 'stderr', command);
  const stopper = armStops(child, command);
  feed(child, command.input);
  try {
    const exitCode = await ended(child, command.file);
    const timedOut = stopper.timedOut();
    return { exitCode, stdout: stdout(), stderr: stderr(), timedOut };
  } finally {
    stopper.disarm();
  }
}

function start(command: Command): ChildProcess {
  return spawn(command.file, [...command.args], {
    cwd: command.cwd,
    env: command.env,
    shell: false,
    detached: process.platform !== 'win32',
    stdio: [command.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
}

function startOrExplain(command: Command): ChildProcess {
  try {
    return start(command);
  } catch (cause) {
    throw startError(command.file, cause);
  }
}

/** Distinguishes a missing program from a machine that cannot start more processes. */
function startError(file: string, cause: unknown): HephyError {
  const code = errorCode(cause);
  if (code === 'ENOENT') return new HephyError('TOOL_MISSING', `${file} was not found`, { cause });
  if (code !== 'EACCES' && code !== 'ENOEXEC') return toHephyError(cause);
  const message = `${file} cannot be run: ${errorMessage(cause)}`;
  return new HephyError('TOOL_MISSING', message, {
    hint: 'Check that it is a program for this machine.',
    cause,
  });
}

function feed(child: ChildProcess, input: string | Uint8Array | undefined): void {
  if (!child.stdin || input === undefined) return;
  // A child may exit without reading all input; its exit code shows whether that is an error.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
}

function collect(
  child: ChildProcess,
  name: 'stdout' | 'stderr',
  { onLine, keepBytes }: Command,
): () => Buffer {
  const kept = keepEnd(keepBytes ?? Infinity);
  const splitter = onLine ? splitLines((line) => onLine(line, name)) : undefined;
  const stream = child[name];
  stream?.on('data', (chunk: Buffer) => {
    kept.add(chunk);
    splitter?.push(chunk);
  });
  stream?.on('end', () => splitter?.end());
  return kept.bytes;
}

/** Keeps the last `limit` bytes. Truncates only when twice the limit is reached, not at every chunk. */
function keepEnd(limit: number): { add(chunk: Buffer): void; bytes(): Buffer } {
  let chunks: Buffer[] = [];
  let size = 0;
  function bytes(): Buffer {
    const all = Buffer.concat(chunks);
    return all.length > limit ? all.subarray(all.length - limit) : all;
  }
  return {
    bytes,
    add: (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= limit * 2) return;
      chunks = [Buffer.from(bytes())];
      size = limit;
    },
  };
}

/** Splits bytes into lines. Handles multi-byte characters that are split over two chunks. */
export function splitLines(onLine: (line: string) => void): { push(chunk: Uint8Array): void; end(): void } {
  const decoder = new TextDecoder();
  let rest = '';
  function take(text: string): void {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }
  return {
    push: (chunk) => take(decoder.decode(chunk, { stream: true })),
    end: () => {
      take(decoder.decode());
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}

function ended(child: ChildProcess, file: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(startError(file, cause)));
    child.once('close', (code) => resolve(code));
  });
}

function armStops(child: ChildProcess, command: Command): { timedOut(): boolean; disarm(): void } {
  let late = false;
  let killer: NodeJS.Timeout | undefined;
  function stop(): void {
    signalGroup(child, 'SIGTERM');
    killer ??= setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS);
  }
  function expire(): void {
    late = true;
    stop();
  }
  const timer = command.timeoutMs === undefined ? undefined : setTimeout(expire, command.timeoutMs);
  command.signal?.addEventListener('abort', stop, { once: true });
  if (command.signal?.aborted) stop();
  return {
    timedOut: () => late,
    disarm: () => {
      clearTimeout(timer);
      clearTimeout(killer);
      command.signal?.removeEventListener('abort', stop);
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // Already gone.
  }
}

import { isAbsolute } from 'node:path';
import { showCommand, trace } from '../terminal/trace.ts';
import type { Command, Finished } from './command.ts';
import { findProgram } from './find-program.ts';
import { runGroup } from './run-group.ts';
import { isWritable, runToolkit } from './run-toolkit.ts';

export type { Command, Finished } from './command.ts';
export { splitLines } from './run-group.ts';

/**
 * Runs one program, never through a shell. A non-zero exit is a result; only a program that cannot be started is an error.
 * This is the only place that chooses between @actions/exec (short output) and a process group: docs/adrs/0017.
 */
export async function exec(command: Command): Promise<Finished> {
  const started = performance.now();
  trace(() => `$ ${showCommand([command.file, ...command.args])}  (in ${command.cwd})`);
  const program = isRead(command) ? await locate(command) : undefined;
  const done = await (program === undefined ? runGroup(command) : runToolkit({ ...command, file: program }));
  const durationMs = performance.now() - started;
  const { exitCode } = done;
  trace(() => `${command.file} ended with ${exitCode ?? 'a signal'} after ${Math.round(durationMs)} ms`);
  return { ...done, durationMs };
}

/** @actions/exec cannot stop a child, does not survive one that leaves its input unread, and is slow with long output. */
function isRead({ answer, input, timeoutMs, onLine, keepBytes, signal }: Command): boolean {
  const needsMore = [input, timeoutMs, onLine, keepBytes].some((part) => part !== undefined);
  return answer === 'short' && !needsMore && !signal?.aborted;
}

/** Undefined if the program is not found, which the process group reports, or if the package cannot handle the path. */
async function locate({ file, env }: Command): Promise<string | undefined> {
  const path = isAbsolute(file) ? file : await findProgram(file, env);
  return path !== undefined && isWritable(path) ? path : undefined;
}

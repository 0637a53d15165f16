import { isAbsolute } from 'node:path';
import { showCommand, trace } from '../terminal/trace.ts';
import type { Command, Finished } from './command.ts';
import { findProgram } from './find-program.ts';
import { runGroup } from './run-group.ts';
import { isWritable, runToolkit } from './run-toolkit.ts';

export type { Command, Finished } from './command.ts';
export { splitLines } from './run-group.ts';

/**
 * Runs one program, never through a shell. A failing program is a result; only one that cannot be started is an error.
 * Here alone is decided whether it is read (@actions/exec) or followed (a process group of ours): docs/adrs/0017.
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

/** Undefined where the other runner has to say what is wrong, or where the package cannot take the path. */
async function locate({ file, env }: Command): Promise<string | undefined> {
  const path = isAbsolute(file) ? file : await findProgram(file, env);
  return path !== undefined && isWritable(path) ? path : undefined;
}

import { HephyError } from '../../errors.ts';
import { callToolkit } from '../toolkit/call-toolkit.ts';
import { trace } from '../terminal/trace.ts';
import type { Command, Finished } from './command.ts';

/** Whether a path works as the first word of a command line: the package splits the line at spaces and quotes. */
export function isWritable(path: string): boolean {
  return !/["\\\s]/.test(path);
}

/** Runs a program with @actions/exec, which is loaded on first use. */
export async function runToolkit({ file, args, cwd, env }: Command): Promise<Omit<Finished, 'durationMs'>> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const listeners = {
    stdout: (chunk: Buffer) => void stdout.push(chunk),
    stderr: (chunk: Buffer) => void stderr.push(chunk),
  };
  const running = callToolkit({ env, write: (text) => trace(() => text) }, async () => {
    const toolkit = await import(/* webpackMode: "eager" */ '@actions/exec');
    // No `input`, not even an empty one: the package crashes if the child exits before the input is written.
    const options = { cwd, env: { ...env }, listeners, silent: true, ignoreReturnCode: true };
    return toolkit.exec(file, [...args], options);
  });
  // Null if a signal ended the child, although the package's types do not say so.
  const exitCode: number | null = await running.catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new HephyError('TOOL_MISSING', `cannot start ${file}: ${message}`, { cause });
  });
  return { exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), timedOut: false };
}

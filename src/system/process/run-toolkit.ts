import { HephyError } from '../../errors.ts';
import { callToolkit } from '../toolkit/call-toolkit.ts';
import { trace } from '../terminal/trace.ts';
import type { Command, Finished } from './command.ts';

/** Whether a path can be written as the first word of a command line, which the package splits itself. */
export function isWritable(path: string): boolean {
  return !/["\\\s]/.test(path);
}

/** Runs a program to its end by @actions/exec, which is loaded with the first one. */
export async function runToolkit({ file, args, cwd, env }: Command): Promise<Omit<Finished, 'durationMs'>> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const listeners = {
    stdout: (chunk: Buffer) => void stdout.push(chunk),
    stderr: (chunk: Buffer) => void stderr.push(chunk),
  };
  const running = callToolkit({ env, write: (text) => trace(() => text) }, async () => {
    const toolkit = await import(/* webpackMode: "eager" */ '@actions/exec');
    // No `input`, not even an empty one: the package does not survive a child that ends before it is written.
    const options = { cwd, env: { ...env }, listeners, silent: true, ignoreReturnCode: true };
    return toolkit.exec(file, [...args], options);
  });
  // Null at run time, whatever the package's types say, where a signal ended the child.
  const exitCode: number | null = await running.catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new HephyError('TOOL_MISSING', `cannot start ${file}: ${message}`, { cause });
  });
  return { exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), timedOut: false };
}

import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HephyError } from '../../errors.ts';
import { childEnv, type Env } from '../env.ts';
import { exec } from './exec.ts';

/** The fields of a domain Invocation that running it needs: system/ does not import the domain. */
export interface RunnableInvocation {
  readonly tool: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly passEnv: readonly string[];
  readonly files: readonly { readonly path: string; readonly content: string; readonly secret?: boolean }[];
}

export interface RunContext {
  /** The path of the tool. */
  readonly toolPath: string;
  readonly env: Env;
  /** Absolute paths of the files that the tool must write. */
  readonly resultFiles: readonly string[];
  /** Applied to every line before it is used. */
  readonly redact: (line: string) => string;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** A domain ExecOutcome. */
export interface RunOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly output: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
  readonly files: Readonly<Record<string, string>>;
}

/** Enough to show why a build failed, and limited so that an endless log does not fill the memory. */
const KEPT_LINES = 1_000;
const KEPT_BYTES = 1024 * 1024;

/** Runs the invocation of a backend: writes its files, then runs the tool in a minimal environment without a shell. */
export async function runInvocation(
  invocation: RunnableInvocation,
  context: RunContext,
): Promise<RunOutcome> {
  refuseNul(invocation);
  await requireDirectory(invocation);
  stopIfAborted(invocation, context);
  await prepareFiles(invocation, context.resultFiles);
  const lines = keepLast(KEPT_LINES);
  const done = await exec({
    file: context.toolPath,
    args: invocation.args,
    cwd: invocation.cwd,
    env: { ...childEnv(context.env, invocation.passEnv), ...invocation.env },
    onLine: (raw) => {
      const line = context.redact(raw);
      lines.add(line);
      context.onLine?.(line);
    },
    keepBytes: KEPT_BYTES,
    ...(context.signal ? { signal: context.signal } : {}),
  });
  stopIfAborted(invocation, context);
  return {
    exitCode: done.exitCode,
    stdout: context.redact(done.stdout.toString('utf8')),
    output: lines.text(),
    durationMs: done.durationMs,
    timedOut: done.timedOut,
    files: await readResults(context.resultFiles),
  };
}

/** Removes result files of an earlier attempt, so that they are not read as results of this one. */
async function prepareFiles(invocation: RunnableInvocation, resultFiles: readonly string[]): Promise<void> {
  const stale = [...resultFiles, ...invocation.files.map((file) => file.path)];
  for (const path of stale) await rm(path, { force: true });
  for (const { path, content, secret } of invocation.files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { mode: secret ? 0o600 : 0o644, flag: 'wx' });
  }
}

/** Leaves out files that the tool did not write; the backend decides what that means. */
async function readResults(paths: readonly string[]): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const path of paths) {
    const content = await readFile(path, 'utf8').catch(() => undefined);
    if (content !== undefined) files[path] = content;
  }
  return files;
}

/** Without this check, a missing directory would look like a missing tool. */
async function requireDirectory({ tool, cwd }: RunnableInvocation): Promise<void> {
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new HephyError('CONFIG_PATH', `cannot run ${tool} in ${cwd}: this is not a directory`, {
    hint: 'Check context_path and, for ko, ko_config.working_dir.',
  });
}

/** NUL ends an argument for the operating system: the rest would be lost. */
function refuseNul({ tool, args, env }: RunnableInvocation): void {
  const texts = [...args, ...Object.entries(env).flat()];
  if (!texts.some((text) => text.includes('\0'))) return;
  throw new HephyError('CONFIG_VALUE', `a value for ${tool} contains a NUL byte`, {
    hint: 'Search for \\0 in labels, annotations, build arguments and options.',
  });
}

function stopIfAborted({ tool }: RunnableInvocation, { signal }: RunContext): void {
  if (signal?.aborted) throw new HephyError('CANCELLED', `${tool} was interrupted`);
}

function keepLast(count: number): { add(line: string): void; text(): string } {
  const lines: string[] = [];
  return {
    add: (line) => {
      lines.push(line);
      if (lines.length > count * 2) lines.splice(0, lines.length - count);
    },
    text: () => lines.slice(-count).join('\n'),
  };
}

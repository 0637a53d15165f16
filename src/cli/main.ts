import { setMaxListeners } from 'node:events';
import { HephyError, HephyErrors, isInputError, toHephyError } from '../errors.ts';
import { describeError, problemsOf, renderError } from '../report/errors.ts';
import { viewOf } from '../report/style.ts';
import { type Env, isDebug } from '../system/env.ts';
import { createOutput, type Output } from '../system/terminal/output.ts';
import { createRedactor, type Redactor } from '../system/terminal/redact.ts';
import { listSecrets } from '../system/terminal/secrets.ts';
import { listenToTrace } from '../system/terminal/trace.ts';
import { VERSION } from '../version.ts';
import type { Call } from '../ci/github/action.ts';
import { renderHelp, renderVerbHelp } from './help.ts';
import { type CommandLine, parseCommandLine } from './parse-args.ts';

/** Runs one command and returns the exit code: 0 done, 1 failed, 2 usage or config. It never throws. */
export async function main(words: readonly string[], env: Env): Promise<number> {
  const redactor = createRedactor();
  const output = createOutput({ stdout: process.stdout, stderr: process.stderr, env, redactor });
  if (isDebug(env)) listenToTrace(output.debug);
  try {
    const call = await openCall(words, env, { output, redactor }).finally(() => hideAll(env, redactor));
    if (call) hideAll(call.env, redactor);
    const code = call ? await runCommand(parseCommandLine(call.argv), { ...call, output, redactor }) : 0;
    await output.flush();
    return code;
  } catch (error) {
    await showError(error, { output, env, redactor, json: words.includes('--json') });
    await output.flush().catch(() => undefined);
    return exitCodeOf(error);
  }
}

/** The last resort: an error that no code caught, for example of a stream. */
export async function showFault(error: unknown, env: Env): Promise<void> {
  const redactor = createRedactor();
  hideAll(env, redactor);
  const output = createOutput({ stdout: process.stdout, stderr: process.stderr, env, redactor });
  output.error(renderError(error, { style: viewOf(output.stderr).style, debug: isDebug(env) }));
  await output.flush();
}

function hideAll(env: Env, redactor: Redactor): void {
  for (const secret of listSecrets(env)) redactor.add(secret);
}

/** The command that was typed, or the one that the inputs of the GitHub action mean. Undefined: there is nothing to run. */
async function openCall(
  words: readonly string[],
  env: Env,
  { output, redactor }: Pick<CommandContext, 'output' | 'redactor'>,
): Promise<Call | undefined> {
  const cwd = process.cwd();
  if (words.length > 0 || env['GITHUB_ACTIONS'] !== 'true') return { argv: words, env, cwd };
  const { isAction, openAction } = await import(/* webpackMode: "eager" */ '../ci/github/action.ts');
  if (!isAction(env)) return { argv: words, env, cwd };
  return openAction(env, { cwd, write: output.draw, hide: redactor.add });
}

async function runCommand(line: CommandLine, context: CommandContext): Promise<number> {
  const { env, cwd, output, redactor } = context;
  if (line.version) output.data(VERSION);
  else if (line.verb === undefined) output.data(renderHelp(VERSION));
  else if (line.help) output.data(renderVerbHelp(line.verb));
  else {
    const run = await line.verb.load();
    const { flags, operands } = line;
    const signal = listenForInterrupt();
    const program = process.argv[1] ?? '';
    return run({ flags, operands, env, cwd, program, output, redactor, signal });
  }
  return 0;
}

interface CommandContext extends Pick<Call, 'env' | 'cwd'> {
  readonly output: Output;
  readonly redactor: Redactor;
}

/** The first Ctrl-C asks every child process to end and waits for them; the second kills this process at once. */
function listenForInterrupt(): AbortSignal {
  const controller = new AbortController();
  // Every request and every child process may listen, and many run at the same time: this is not a leak.
  setMaxListeners(0, controller.signal);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

interface ShowErrorOptions {
  readonly output: Output;
  readonly env: Env;
  readonly redactor: Redactor;
  readonly json: boolean;
}

async function showError(error: unknown, { output, env, json, redactor }: ShowErrorOptions): Promise<void> {
  // Loaded only for an error, because the module is large.
  const { writeProblems } = await import(/* webpackMode: "eager" */ '../summary/write-problems.ts');
  // On a full disk the report fails too; the error itself is shown anyway.
  await writeProblems(problemsOf(error), { output, env, redactor }).catch((failure: unknown) =>
    output.warn(toHephyError(failure).message),
  );
  if (json) output.data(JSON.stringify(describeError(error), null, 2));
  else output.error(renderError(error, { style: viewOf(output.stderr).style, debug: isDebug(env) }));
}

function exitCodeOf(error: unknown): number {
  const problems = error instanceof HephyErrors ? error.problems : error instanceof HephyError ? [error] : [];
  return problems.length > 0 && problems.every(({ code }) => isInputError(code)) ? 2 : 1;
}

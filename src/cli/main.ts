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

/** Runs one command and answers the exit code: 0 done, 1 failed, 2 usage or config. Nothing is thrown past it. */
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

/** The last resort: an error that nobody waited for, such as of a stream. */
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

/** What was typed, or what GitHub's inputs mean; undefined when nothing is left to run. */
async function openCall(
  words: readonly string[],
  env: Env,
  { output, redactor }: Pick<Place, 'output' | 'redactor'>,
): Promise<Call | undefined> {
  const cwd = process.cwd();
  if (words.length > 0 || env['GITHUB_ACTIONS'] !== 'true') return { argv: words, env, cwd };
  const { isAction, openAction } = await import(/* webpackMode: "eager" */ '../ci/github/action.ts');
  if (!isAction(env)) return { argv: words, env, cwd };
  return openAction(env, { cwd, write: output.draw, hide: redactor.add });
}

async function runCommand(line: CommandLine, place: Place): Promise<number> {
  const { env, cwd, output, redactor } = place;
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

interface Place extends Pick<Call, 'env' | 'cwd'> {
  readonly output: Output;
  readonly redactor: Redactor;
}

/** The first Ctrl-C asks every child to end and waits; the second ends this process as it is. */
function listenForInterrupt(): AbortSignal {
  const controller = new AbortController();
  // Every request and every child may listen, and many are at work at once: that is no leak.
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
  // Only an error needs it here, and it brings much to load.
  const { writeProblems } = await import(/* webpackMode: "eager" */ '../summary/write-problems.ts');
  // A disk that is full may refuse the report as well: the error itself is shown all the same.
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

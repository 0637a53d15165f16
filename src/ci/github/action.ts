import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { renderMasks } from './mask.ts';
import { readState, saveState } from './state.ts';
import { HephyError } from '../../errors.ts';
import type { Env } from '../../system/env.ts';
import { actionArguments, readInput } from './action-arguments.ts';
import { parseValues } from './action-values.ts';

/** What to run, where, and with which environment. */
export interface Call {
  readonly argv: readonly string[];
  readonly env: Env;
  readonly cwd: string;
}

export interface ActionHost {
  readonly cwd: string;
  /** To the log, as it is: a mask is told before the value is hidden. */
  readonly write: (text: string) => void;
  /** From now on this shows nowhere. */
  readonly hide: (secret: string) => void;
}

const POST = 'isPost';
const DIRECTORY = 'directory';

/** GitHub starts the bundle without arguments, and gives all that it is told in the environment. */
export function isAction(env: Env): boolean {
  return env['GITHUB_ACTIONS'] === 'true' && (readState(env, POST) !== null || readInput(env, 'step') !== '');
}

/** The command that the inputs mean; undefined when this is the post part and all is done. */
export async function openAction(env: Env, host: ActionHost): Promise<Call | undefined> {
  if (readState(env, POST) !== null) {
    await cleanUp(env);
    return undefined;
  }
  const directory = await makeDirectory(env);
  saveState(env, POST, 'true');
  saveState(env, DIRECTORY, directory);
  const secrets = parseValues(readInput(env, 'build-secrets'), 'build-secrets');
  for (const secret of Object.values(secrets)) hideSecret(secret, host);
  const variables = parseValues(readInput(env, 'variables'), 'variables');
  const upstream = readInput(env, 'upstream-token');
  const plan = await writePlan(env, directory);
  return {
    argv: actionArguments(env, plan),
    // What the platform and the machine say is not to be changed from outside.
    env: {
      ...variables,
      ...secrets,
      ...(upstream === '' ? {} : { HEPHY_UPSTREAM_TOKEN: upstream }),
      ...env,
      HEPHY_STEP_DIRECTORY: directory,
    },
    cwd: await findSource(env, host.cwd),
  };
}

/** Holds what must not outlive the step: only its post part is sure to run, and removes it. */
async function makeDirectory(env: Env): Promise<string> {
  return mkdtemp(join(env['RUNNER_TEMP'] || tmpdir(), 'hephy-'));
}

async function cleanUp(env: Env): Promise<void> {
  const directory = readState(env, DIRECTORY);
  if (directory !== null) await rm(directory, { recursive: true, force: true });
}

/** The runner hides it in what other steps print as well. It takes one line at a time. */
function hideSecret(secret: string, { write, hide }: ActionHost): void {
  write(renderMasks(secret));
  hide(secret);
}

/** On a command line it would be too long, and everyone on the machine could read it. */
async function writePlan(env: Env, directory: string): Promise<string | null> {
  const plan = readInput(env, 'plan');
  if (plan === '') return null;
  const path = join(directory, 'plan.json');
  await writeFile(path, plan);
  return path;
}

async function findSource(env: Env, cwd: string): Promise<string> {
  const named = readInput(env, 'working-directory') || '.';
  const path = resolve(env['GITHUB_WORKSPACE'] || cwd, named);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return path;
  throw new HephyError('USAGE', `working-directory: there is no directory ${named} in the workspace`, {
    hint: 'Check the repository out before: uses: actions/checkout, with the same path.',
  });
}

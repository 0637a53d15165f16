import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { reportFailure } from '../write-report.ts';
import { presentText } from '../event-fields.ts';
import { maskSecret } from './mask.ts';
import { openToolkit, type Toolkit } from './toolkit.ts';
import { HephyError } from '../../errors.ts';
import type { Env } from '../../system/env.ts';
import { actionArguments } from './action-arguments.ts';
import { parseValues } from './action-values.ts';

/** The command line to run, its working directory and its environment. */
export interface Call {
  readonly argv: readonly string[];
  readonly env: Env;
  readonly cwd: string;
}

export interface ActionHost {
  readonly cwd: string;
  /** Writes to the log. The command that masks a secret passes through it before `hide` is called. */
  readonly write: (text: string) => void;
  /** Redacts the secret in all later output. */
  readonly hide: (secret: string) => void;
}

const POST = 'isPost';
const DIRECTORY = 'directory';

/** GitHub starts the bundle without arguments and passes everything in the environment. */
export function isAction(env: Env): boolean {
  const isStarted = [env[`STATE_${POST}`], env['INPUT_STEP']?.trim()].some((text) => (text ?? '') !== '');
  return env['GITHUB_ACTIONS'] === 'true' && isStarted;
}

/** Reads the inputs into a command. Undefined in the post step, which only cleans up. */
export async function openAction(env: Env, host: ActionHost): Promise<Call | undefined> {
  const toolkit = await openToolkit({ env, write: host.write });
  const input = (name: string) => toolkit((core) => core.getInput(name));
  if (toolkit((core) => core.getState(POST)) !== '') {
    await cleanUp(toolkit);
    return undefined;
  }
  const directory = await makeDirectory(env);
  saveState(toolkit, env, { [POST]: 'true', [DIRECTORY]: directory });
  const secrets = parseValues(input('build-secrets'), 'build-secrets');
  for (const secret of Object.values(secrets)) {
    maskSecret(toolkit, secret);
    host.hide(secret);
  }
  const variables = parseValues(input('variables'), 'variables');
  const upstream = input('upstream-token');
  const plan = await writePlan(input('plan'), directory);
  return {
    argv: actionArguments({ step: input('step'), job: input('job'), plan }),
    // Inputs must not override variables of the platform and of the machine.
    env: {
      ...variables,
      ...secrets,
      ...(upstream === '' ? {} : { HEPHY_UPSTREAM_TOKEN: upstream }),
      ...env,
      HEPHY_STEP_DIRECTORY: directory,
    },
    cwd: await findSource(input('working-directory'), env['GITHUB_WORKSPACE'] || host.cwd),
  };
}

/** A directory for files that must not outlive the step. The post step always runs, and removes it. */
async function makeDirectory(env: Env): Promise<string> {
  return mkdtemp(join(env['RUNNER_TEMP'] || tmpdir(), 'hephy-'));
}

async function cleanUp(toolkit: Toolkit): Promise<void> {
  const directory = toolkit((core) => core.getState(DIRECTORY));
  if (directory !== '') await rm(directory, { recursive: true, force: true });
}

/** Saves values for the post step, which starts the same program again, even after a failure. */
function saveState(toolkit: Toolkit, env: Env, state: Readonly<Record<string, string>>): void {
  if (presentText(env['GITHUB_STATE']) === null) return;
  try {
    for (const [name, value] of Object.entries(state)) toolkit((core) => core.saveState(name, value));
  } catch (cause) {
    throw reportFailure(cause);
  }
}

/** Writes the plan to a file: it is too long for a command line, and other users could read it there. */
async function writePlan(plan: string, directory: string): Promise<string | null> {
  if (plan === '') return null;
  const path = join(directory, 'plan.json');
  await writeFile(path, plan);
  return path;
}

async function findSource(named: string, workspace: string): Promise<string> {
  const path = resolve(workspace, named || '.');
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return path;
  throw new HephyError('USAGE', `working-directory: ${named || '.'} is not a directory in the workspace`, {
    hint: 'Check out the repository first: uses: actions/checkout, with the same path.',
  });
}

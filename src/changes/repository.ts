import { HephyError } from '../errors.ts';
import { join } from 'node:path';
import type { Env } from '../system/env.ts';
import { showControls } from '../system/terminal/text.ts';
import { askGit, gitFailure, runGit, type GitCall } from './git.ts';
import { type GitView, openView } from './git-view.ts';
import { type GitSettings, listSettings } from './repository-settings.ts';
import { readStatus, type WorkingStatus } from './status.ts';
import { listSubmodules } from './submodules.ts';
import { areSettingsVouched, isVouched } from './vouched.ts';

/** The repository of a run. */
export interface Repository {
  /** Absolute path; for a bare repository its own directory. */
  readonly root: string;
  readonly gitDir: string;
  readonly bare: boolean;
  /** At the start of the run: deepening does not change it. */
  readonly shallow: boolean;
  /** `refs/heads/main`, `HEAD` if detached, null if there is no commit yet. */
  readonly headRef: string | null;
  /** The HEAD of the remote when it was cloned. */
  readonly defaultBranch: string | null;
  readonly env: Env;
  /** The environment for git: see git-view.ts. */
  readonly view: GitView;
  readonly signal: AbortSignal | undefined;
  /** Read once and kept: the list of files and the list of changes must match. */
  status(): Promise<WorkingStatus>;
}

const QUESTIONS = ['--is-bare-repository', '--is-shallow-repository', '--absolute-git-dir'];
const REFS = ['--revs-only', '--symbolic-full-name', 'HEAD', 'refs/remotes/origin/HEAD'];

/** Git finds the repository. It refuses one of another user, unless the CI platform made the checkout. */
export async function findRepository(cwd: string, env: Env, signal?: AbortSignal): Promise<Repository> {
  const call: GitCall = { cwd, env, signal, trusted: isVouched(cwd, env) };
  const found = await discover(call);
  // A repository that contains the workspace was not made by the platform.
  return call.trusted && !isVouched(found.root, env) ? discover({ ...call, trusted: false }) : found;
}

/** Reads everything in one git process. In a bare repository git stops at `--show-toplevel`, so the refs are read separately. */
async function discover(call: GitCall): Promise<Repository> {
  const [done, settings] = await Promise.all([
    runGit(['rev-parse', ...QUESTIONS, '--show-toplevel', ...REFS], call),
    listSettings(call),
  ]);
  const [bare, shallow, gitDir, root, ...refs] = linesOf(done.stdout);
  const place = { gitDir: gitDir ?? '', shallow: shallow === 'true' };
  const finding = { ...call, settings };
  if (done.exitCode === 0 && root !== undefined && refs.every(isRef)) {
    return openRepository({ ...place, root, bare: false, refs }, finding);
  }
  if (done.exitCode !== 0 && bare !== 'true')
    throw notFound(call.cwd, gitFailure('rev-parse', done, call.signal));
  return readSeparately({ bare: bare === 'true', shallow: place.shallow }, finding);
}

interface Finding extends GitCall {
  readonly settings: GitSettings;
}

/** One git process for each value: for a bare repository, and for a path that contains a newline. */
async function readSeparately(known: Pick<Answers, 'bare' | 'shallow'>, call: Finding): Promise<Repository> {
  const gitDir = await askLine(['--absolute-git-dir'], call);
  const root = known.bare ? gitDir : await askLine(['--show-toplevel'], call);
  const refs = linesOf(await askGit(['rev-parse', ...REFS], call));
  return openRepository({ ...known, gitDir, root, refs }, call);
}

async function askLine(question: readonly string[], call: GitCall): Promise<string> {
  return (await askGit(['rev-parse', ...question], call)).toString('utf8').replace(/\n$/, '');
}

function isRef(line: string): boolean {
  return line === 'HEAD' || line.startsWith('refs/');
}

interface Answers extends Pick<Repository, 'root' | 'gitDir' | 'bare' | 'shallow'> {
  readonly refs: readonly string[];
}

async function openRepository(answers: Answers, finding: Finding): Promise<Repository> {
  const { refs, ...place } = answers;
  const { env, signal, settings } = finding;
  const remoteHead = refs.find((ref) => ref.startsWith(REMOTE) && !ref.endsWith('/HEAD'));
  const view = await openView(place, settings, { env, vouched: areSettingsVouched(place, env) });
  let status: Promise<WorkingStatus> | undefined;
  return {
    ...place,
    headRef: refs.find((ref) => !ref.startsWith(REMOTE)) ?? null,
    defaultBranch: remoteHead?.slice(REMOTE.length) ?? null,
    env,
    view,
    signal,
    status: () => (status ??= readWithSubmodules({ cwd: place.root, env, signal, extraEnv: view })),
  };
}

/** A submodule with uncommitted changes counts as a changed path. */
async function readWithSubmodules(call: GitCall): Promise<WorkingStatus> {
  const [status, submodules] = await Promise.all([readStatus(call), listSubmodules(call)]);
  const changed = new Map(status.changed);
  for (const path of submodules) {
    const root = join(call.cwd, path);
    const inner = await findRepository(root, call.env, call.signal);
    if (inner.root === root && !changed.has(path) && (await inner.status()).changed.size > 0) {
      changed.set(path, 'modified');
    }
  }
  return { ...status, changed };
}

const REMOTE = 'refs/remotes/origin/';

function linesOf(out: Buffer): string[] {
  return out
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function notFound(cwd: string, cause: HephyError): HephyError {
  if (cause.code === 'CANCELLED' || cause.hint !== undefined) return cause;
  return new HephyError('NOT_A_REPOSITORY', `${showControls(cwd)} is not inside a git working tree`, {
    hint: 'Run hephy in a clone, or `git init` and commit first.',
    cause,
  });
}

/** Runs git at the root. */
export function askRepository(repo: Repository, args: readonly string[], input?: string): Promise<Buffer> {
  return askGit(args, callOf(repo, input));
}

export function callOf(repo: Repository, input?: string): GitCall {
  return {
    cwd: repo.root,
    env: repo.env,
    signal: repo.signal,
    extraEnv: repo.view,
    ...(input !== undefined && { input }),
  };
}

import { mkdir } from 'node:fs/promises';
import { HephyError } from '../errors.ts';
import type { Env } from '../system/env.ts';
import type { Finished } from '../system/process/exec.ts';
import { askGit, runGit, type GitCall } from './git.ts';
import { isFullSha } from './merge-base.ts';
import { readConnections } from './connections.ts';
import type { GitSetting } from './repository-settings.ts';
import { accessEnv } from './upstream-access.ts';
import { upstreamError } from './upstream-failure.ts';
import { checkUpstreamUrl, hideSecrets, type UpstreamAddress } from './upstream-url.ts';

export interface SourceRequest extends UpstreamAddress {
  /** A full SHA. */
  readonly commit: string;
  readonly env: Env;
  /** The repository whose configuration (logins, `insteadOf`) is used. */
  readonly cwd: string;
  /** An empty directory; it may not exist yet. */
  readonly into: string;
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = { whole: 15 * 60_000, lean: 60_000 } as const;
const FETCH = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules'];
const ALL = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];

/** Creates a repository with one commit of the upstream. `lean`: files are only fetched when they are read. */
export async function openStore(request: SourceRequest, extent: 'whole' | 'lean'): Promise<GitCall> {
  checkUpstreamUrl(request);
  requireCommit(request.commit);
  await mkdir(request.into, { recursive: true });
  const call = { ...callFor(request, await readConnections(request)), timeoutMs: TIMEOUT_MS[extent] };
  const format = request.commit.length === 64 ? ['--object-format=sha256'] : [];
  await askGit(['init', '--quiet', '--template=', ...format], call);
  await askGit(['config', 'remote.origin.url', request.url], call);
  const filter = extent === 'lean' ? ['--filter=blob:none'] : [];
  const done = await runGit([...FETCH, '--depth=1', ...filter, 'origin', request.commit], call);
  if (done.exitCode !== 0) await fetchAll(request, call, done);
  return call;
}

/** The commit may come from a plan of somebody else: git could read other text as an option. */
function requireCommit(commit: string): void {
  if (isFullSha(commit)) return;
  throw new HephyError('PLAN_INVALID', `${JSON.stringify(commit)} is not a full commit SHA`, {
    hint: 'A plan has the full commit SHA of each upstream: create the plan with hephy plan.',
  });
}

/** Older servers only serve branches and tags: then all of the history is fetched to find the commit. */
async function fetchAll(request: SourceRequest, call: GitCall, first: Finished): Promise<void> {
  if (request.signal?.aborted || !isRefused(first)) throw upstreamError(request, first);
  const done = await runGit([...FETCH, 'origin', ...ALL], call);
  if (done.exitCode !== 0) throw upstreamError(request, done);
  const found = await runGit(['cat-file', '-e', `${request.commit}^{commit}`], call);
  if (found.exitCode === 0) return;
  throw new HephyError('UPSTREAM_REF', `${hideSecrets(request.url)} has no commit ${request.commit}`, {
    hint: 'A force-push removes commits from a branch: set another upstream_ref, or run again.',
  });
}

function isRefused({ stderr, timedOut }: Finished): boolean {
  const text = stderr.toString('utf8');
  return !timedOut && /not our ref|unadvertised object|remote ref|dumb http|no such ref/i.test(text);
}

/**
 * The same bytes on every machine: line endings do not change, filters of the user do not run, and Git LFS files stay
 * pointers, unless `upstream_lfs` is set.
 */
const PLAIN_FILES: readonly GitSetting[] = [
  ['core.autocrlf', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['filter.lfs.smudge', ''],
  ['filter.lfs.process', ''],
  ['filter.lfs.required', 'false'],
  ['advice.detachedHead', 'false'],
];

function callFor(request: SourceRequest, inherited: readonly GitSetting[]): GitCall {
  const { env, signal, into: cwd } = request;
  const extraEnv = accessEnv(request, env, [...inherited, ...PLAIN_FILES]);
  return { cwd, env, signal, extraEnv: { ...extraEnv, GIT_LFS_SKIP_SMUDGE: '1' } };
}

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { callOf, type Repository } from './repository.ts';
import { gitFailure, runGit } from './git.ts';

/** Long enough for a large repository, short enough that a run does not hang on a remote that does not answer. */
const TIMEOUT_MS = 120_000;

/** False if the remote does not have the ref or cannot be reached: the caller has an alternative. */
export async function fetchRefs(
  repo: Repository,
  depth: number | null,
  refs: readonly string[],
): Promise<boolean> {
  const limit = depth === null ? [] : [`--depth=${depth}`];
  const flags = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', ...limit];
  const args = ['fetch', ...flags, '--end-of-options', 'origin', ...refs];
  const done = await runGit(args, { ...callOf(repo), timeoutMs: TIMEOUT_MS });
  if (repo.signal?.aborted) throw gitFailure('fetch', done, repo.signal);
  await followShallow(repo);
  return done.exitCode === 0;
}

/** Git removes its file `shallow` once the clone is complete. In our view it only removes the link, so we remove the file. */
async function followShallow({ shallow, gitDir, view }: Repository): Promise<void> {
  if (!shallow || existsSync(join(view['GIT_DIR'] ?? '', 'shallow'))) return;
  await rm(join(gitDir, 'shallow'), { force: true });
}

/**
 * Fetches one commit without history: a diff only needs the two trees. In a full clone no depth is set, because that
 * would make it shallow.
 */
export function fetchCommit(repo: Repository, sha: string): Promise<boolean> {
  return fetchRefs(repo, repo.shallow ? 1 : null, [sha]);
}

/** Stores the branch where a plain `git fetch` stores it, so that the next run finds it. */
export function branchRefspec(branch: string): string {
  return `+refs/heads/${branch}:refs/remotes/origin/${branch}`;
}

export async function isShallow(repo: Repository): Promise<boolean> {
  const done = await runGit(['rev-parse', '--is-shallow-repository'], callOf(repo));
  return done.stdout.toString('utf8').trim() === 'true';
}

import { gitFailure, runGit } from './git.ts';
import { branchRefspec, fetchRefs, isShallow } from './fetch.ts';
import { resolveCommits } from './objects.ts';
import { askRepository, callOf, type Repository } from './repository.ts';

export interface Target {
  /** A branch name or a full SHA. */
  readonly name: string;
  /** Undefined if this clone does not have the commit. */
  readonly sha: string | undefined;
}

const DEEPEST = 2_000_000;
const FULL_SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

export function isFullSha(text: string): boolean {
  return FULL_SHA.test(text);
}

/** Revisions for a target, best first: in CI, the remote branch is newer than a local one. */
export function targetRevisions(name: string): readonly string[] {
  return isFullSha(name) ? [name] : [`refs/remotes/origin/${name}`, `refs/heads/${name}`, name];
}

/** The merge base, or undefined. Fetches the target and deepens a shallow clone if needed. */
export async function findMergeBase(
  repo: Repository,
  head: string,
  target: Target,
): Promise<string | undefined> {
  const known = target.sha === undefined ? undefined : await mergeBase(repo, head, target.sha);
  if (known !== undefined) return known;
  if (!isFetchable(target.name)) return undefined;
  if (repo.shallow) return deepen(repo, head, target);
  const fetched = target.sha === undefined ? await fetchTarget(repo, target.name) : undefined;
  return fetched === undefined ? undefined : mergeBase(repo, head, fetched);
}

/** Doubles the depth of both sides each time: at most twice as deep as needed, in a few requests. */
async function deepen(repo: Repository, head: string, target: Target): Promise<string | undefined> {
  const reachable = await askRepository(repo, ['rev-list', '--count', head, '--']);
  let { sha } = target;
  // A depth below the current one would cut off history. DEEPEST ends the loop for a remote that is itself shallow.
  for (let depth = Math.max(2, Number(reachable.toString('utf8'))); depth < DEEPEST; depth *= 2) {
    // By SHA from the second time on: git does not fetch a ref again whose tracking ref is up to date.
    const fetched = await fetchRefs(repo, depth, [head, sha ?? refspecOf(target.name)]);
    sha ??= fetched ? await resolveTarget(repo, target.name) : undefined;
    if (!fetched || sha === undefined) return undefined;
    const base = await mergeBase(repo, head, sha);
    if (base !== undefined || !(await isShallow(repo))) return base;
  }
  return undefined;
}

async function fetchTarget(repo: Repository, name: string): Promise<string | undefined> {
  return (await fetchRefs(repo, null, [refspecOf(name)])) ? resolveTarget(repo, name) : undefined;
}

/** False for a revision such as `HEAD~3`, which only exists locally, and for a pattern, which would fetch every branch. */
function isFetchable(name: string): boolean {
  return !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{/.test(name);
}

function refspecOf(name: string): string {
  return isFullSha(name) ? name : branchRefspec(name);
}

async function resolveTarget(repo: Repository, name: string): Promise<string | undefined> {
  const found = await resolveCommits(repo, targetRevisions(name));
  return found.find((sha) => sha !== undefined);
}

/** Exit status 1 means that there is none. If there are several best ones, git prints one, always the same. */
async function mergeBase(repo: Repository, head: string, other: string): Promise<string | undefined> {
  if (head === other) return head;
  const done = await runGit(['merge-base', head, other], callOf(repo));
  if (done.exitCode === 0) return done.stdout.toString('utf8').trim();
  if (done.exitCode === 1) return undefined;
  throw gitFailure('merge-base', done, repo.signal);
}

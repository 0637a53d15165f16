import { gitFailure, runGit } from './git.ts';
import { branchRefspec, fetchRefs, isShallow } from './fetch.ts';
import { resolveCommits } from './objects.ts';
import { askRepository, callOf, type Repository } from './repository.ts';

export interface Target {
  /** A branch's name, or a full SHA. */
  readonly name: string;
  /** Undefined where this clone does not have it. */
  readonly sha: string | undefined;
}

const DEEPEST = 2_000_000;
const FULL_SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

export function isFullSha(text: string): boolean {
  return FULL_SHA.test(text);
}

/** What a target may be called here, best first: what the remote has is newer than a local branch in CI. */
export function targetRevisions(name: string): readonly string[] {
  return isFullSha(name) ? [name] : [`refs/remotes/origin/${name}`, `refs/heads/${name}`, name];
}

/** The merge base, after fetching the target and deepening a shallow clone where that is needed; else undefined. */
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

/** Twice as deep each time, both sides alike: at most twice as deep as needed, in a few round trips. */
async function deepen(repo: Repository, head: string, target: Target): Promise<string | undefined> {
  const reachable = await askRepository(repo, ['rev-list', '--count', head, '--']);
  let { sha } = target;
  // A depth below what is there would cut history off. A remote that is shallow itself never ends being so.
  for (let depth = Math.max(2, Number(reachable.toString('utf8'))); depth < DEEPEST; depth *= 2) {
    // By its SHA from the second time on: git leaves out what a tracking ref already says.
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

/** A revision such as `HEAD~3` is known here or nowhere; a pattern would fetch every branch. */
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

/** Exit status 1 is git's "none". Of several best ones any is right, and the first is always the same. */
async function mergeBase(repo: Repository, head: string, other: string): Promise<string | undefined> {
  if (head === other) return head;
  const done = await runGit(['merge-base', head, other], callOf(repo));
  if (done.exitCode === 0) return done.stdout.toString('utf8').trim();
  if (done.exitCode === 1) return undefined;
  throw gitFailure('merge-base', done, repo.signal);
}

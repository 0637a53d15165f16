import type { RunEvent } from '../domain/event.ts';
import { HephyError } from '../errors.ts';
import { fetchCommit, fetchRefs } from './fetch.ts';
import { findMergeBase, isFullSha, targetRevisions, type Target } from './merge-base.ts';
import { resolveCommits } from './objects.ts';
import type { Repository } from './repository.ts';

/** The commit that the head is compared with, and how it was found. */
export interface Basis {
  readonly head: string;
  readonly base: string | null;
  readonly basis: string;
  readonly everything: string | null;
}

export interface FindBaseOptions {
  readonly repo: Repository;
  readonly event: RunEvent;
  /** A revision from the user (`--base`): used as it is. */
  readonly base?: string | null | undefined;
}

/** The options, with all revisions that may be needed resolved in one git process. */
interface Lookup extends FindBaseOptions {
  readonly head: string;
  readonly found: ReadonlyMap<string, string | undefined>;
}

/** Each case is a row of the table in docs/architecture.md. */
export async function findBase(question: FindBaseOptions): Promise<Basis> {
  const lookup = await lookUp(question);
  if (question.base) return explicitBase(lookup, question.base);
  switch (question.event.kind) {
    case 'push':
      return pushBase(lookup);
    case 'merge_request':
      return mergeRequestBase(lookup);
    case 'tag':
      return tagBase(lookup);
    case 'schedule':
      return {
        head: lookup.head,
        base: null,
        basis: 'rebuild-weekly.txt lists the images',
        everything: null,
      };
    case 'manual':
      return { head: lookup.head, base: null, basis: 'nothing is compared', everything: null };
  }
}

/** A job of a merge request may check out the branch instead of the merge commit that the platform names. */
export function headRevisions(event: RunEvent): readonly string[] {
  const named = event.sha ?? 'HEAD';
  return event.kind === 'merge_request' ? [named, 'HEAD'] : [named];
}

export function missingHead(repo: Repository, event: RunEvent): HephyError {
  if (repo.headRef !== null || event.sha !== null) return missingRevision(event.sha ?? 'HEAD', repo);
  return new HephyError('GIT_REVISION', 'this repository has no commit yet', {
    hint: 'Commit first: an image is tagged with the commit that it is built from.',
  });
}

function missingRevision(revision: string, repo: Repository): HephyError {
  const hint = repo.shallow
    ? 'This clone is shallow: fetch that commit first, or clone with more depth.'
    : 'Use a branch, a tag or a commit of this repository; `git log` lists the commits.';
  return new HephyError(
    'GIT_REVISION',
    `revision ${JSON.stringify(revision)} does not exist in this repository`,
    { hint },
  );
}

async function lookUp(question: FindBaseOptions): Promise<Lookup> {
  const { repo, event, base } = question;
  const heads = headRevisions(event);
  const wanted = [...new Set([...heads, ...(base ? baseRevisions(base) : revisionsFor(question))])];
  const commits = await resolveCommits(repo, wanted);
  const found = new Map(wanted.map((revision, index) => [revision, commits[index]]));
  const head = heads.map((revision) => found.get(revision)).find((sha) => sha !== undefined);
  if (head === undefined) throw missingHead(repo, event);
  return { ...question, head, found };
}

function baseRevisions(base: string): readonly string[] {
  return [base, `refs/remotes/origin/${base}`];
}

function revisionsFor(question: FindBaseOptions): readonly string[] {
  const { event } = question;
  const before = knownBefore(event);
  const early = before === undefined ? [] : [before];
  if (event.kind === 'push') return [...early, ...revisionsOf(defaultBranches(question))];
  if (event.kind === 'merge_request') return revisionsOf(targets(question));
  return event.kind === 'tag' ? [...early, parentOf(event)] : [];
}

function parentOf(event: RunEvent): string {
  return `${event.sha ?? 'HEAD'}^1`;
}

function knownBefore(event: RunEvent): string | undefined {
  return event.before === null || /^0*$/.test(event.before) ? undefined : event.before;
}

/** The default branch of the event, else of the remote's HEAD, else one of the two usual names. */
function defaultBranches({ event, repo }: FindBaseOptions): readonly string[] {
  const named = event.defaultBranch ?? repo.defaultBranch;
  return named ? [named] : ['main', 'master'];
}

function targets(question: FindBaseOptions): readonly string[] {
  return question.event.target ? [question.event.target] : defaultBranches(question);
}

function revisionsOf(names: readonly string[]): readonly string[] {
  return names.flatMap(targetRevisions);
}

async function explicitBase(lookup: Lookup, base: string): Promise<Basis> {
  const known = firstFound(lookup, baseRevisions(base));
  const sha = known ?? (await fetchMissing(lookup.repo, base));
  if (sha === undefined) throw missingRevision(base, lookup.repo);
  return { head: lookup.head, base: sha, basis: `${base}, as requested`, everything: null };
}

async function pushBase(lookup: Lookup): Promise<Basis> {
  const before = knownBefore(lookup.event);
  // On the command line there was no push. Only a platform that sends zeros as the previous commit means a new branch.
  if (before === undefined)
    return defaultBranchBase(lookup, lookup.event.before === null ? '' : 'new branch: ');
  const sha = lookup.found.get(before) ?? (await fetchMissing(lookup.repo, before));
  if (sha === undefined) return defaultBranchBase(lookup, 'the commit before the push is gone: ');
  return { head: lookup.head, base: sha, basis: 'the commit before the push', everything: null };
}

/** On the default branch itself there is nothing to compare with. Another branch at the same commit has no changes. */
async function defaultBranchBase(lookup: Lookup, reason: string): Promise<Basis> {
  const { head, repo } = lookup;
  const target = chooseTarget(lookup, defaultBranches(lookup));
  const base = await findMergeBase(repo, head, target);
  if (base === undefined || (base === head && isDefault(lookup, target.name))) {
    const everything = `${reason}nothing to compare with`;
    return { head, base: null, basis: everything, everything };
  }
  return { head, base, basis: `${reason}merge base with ${shortName(target)}`, everything: null };
}

/** GitLab gives the target as a commit. */
function shortName({ name }: Target): string {
  return isFullSha(name) ? name.slice(0, 7) : name;
}

function isDefault(lookup: Lookup, name: string): boolean {
  const { event, repo } = lookup;
  const ref = event.ref === 'HEAD' ? (repo.headRef ?? 'HEAD') : event.ref;
  return ref === 'HEAD' || ref === `refs/heads/${name}`;
}

async function mergeRequestBase(lookup: Lookup): Promise<Basis> {
  const target = chooseTarget(lookup, targets(lookup));
  const base = await findMergeBase(lookup.repo, lookup.head, target);
  if (base !== undefined) {
    return { head: lookup.head, base, basis: `merge base with ${shortName(target)}`, everything: null };
  }
  const everything = `no common history with ${shortName(target)} was found: nothing to compare with`;
  return { head: lookup.head, base: null, basis: everything, everything };
}

/** A new tag has no previous commit: the tagged commit is compared with its first parent. */
async function tagBase(lookup: Lookup): Promise<Basis> {
  const { event, repo, head } = lookup;
  const before = knownBefore(event);
  const moved = before === undefined ? undefined : lookup.found.get(before);
  if (moved !== undefined)
    return { head, base: moved, basis: 'the previous commit of the tag', everything: null };
  const parent = lookup.found.get(parentOf(event)) ?? (await fetchParent(repo, head));
  if (parent !== undefined) {
    return { head, base: parent, basis: 'the first parent of the tagged commit', everything: null };
  }
  const everything = 'first commit: nothing to compare with';
  return { head, base: null, basis: everything, everything };
}

async function fetchParent(repo: Repository, head: string): Promise<string | undefined> {
  if (!repo.shallow || !(await fetchRefs(repo, 2, [head]))) return undefined;
  return (await resolveCommits(repo, [`${head}^1`]))[0];
}

async function fetchMissing(repo: Repository, revision: string): Promise<string | undefined> {
  if (!isFullSha(revision) || !(await fetchCommit(repo, revision))) return undefined;
  return (await resolveCommits(repo, [revision]))[0];
}

function chooseTarget(lookup: Lookup, names: readonly string[]): Target {
  for (const name of names) {
    const sha = firstFound(lookup, targetRevisions(name));
    if (sha !== undefined) return { name, sha };
  }
  return { name: names.at(-1) ?? 'main', sha: undefined };
}

function firstFound(lookup: Lookup, revisions: readonly string[]): string | undefined {
  return revisions.map((revision) => lookup.found.get(revision)).find((sha) => sha !== undefined);
}

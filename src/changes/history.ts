import type { Env } from '../system/env.ts';
import { openCommitStore, type CommitStore } from './commit-store.ts';
import { runGit, type GitCall } from './git.ts';
import { isFullSha } from './merge-base.ts';
import { listLocalRefs, listRemoteRefs, type Refs } from './remote-refs.ts';
import { readConnections } from './connections.ts';
import { callOf, type Repository } from './repository.ts';
import { accessEnv } from './upstream-access.ts';
import { allowsFiles } from './upstream-url.ts';

/**
 * How another commit relates to ours: it is an ancestor (`older`), a descendant (`newer`), neither (`diverged`), no longer
 * in the repository (`gone`), or `unknown` if the repository cannot be reached.
 */
export type Relation = 'same' | 'older' | 'newer' | 'diverged' | 'gone' | 'unknown';

/** The commit history of one repository. A CI checkout usually has only one commit, so more is fetched when needed. */
export interface History {
  /** The current refs; undefined if the remote cannot be reached. */
  refs(): Promise<Refs | undefined>;
  relation(ours: string, theirs: string): Promise<Relation>;
  /** Whether `commit` is in the history of `tip`; undefined: cannot be determined. */
  contains(tip: string, commit: string): Promise<boolean | undefined>;
  /** The commits of `tip` that are not in the history of `ours`, newest first. */
  listNewer(ours: string, tip: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface HistoryOptions {
  /** The address of an upstream; absent: the `origin` of the checkout. */
  readonly url?: string;
  /** The checkout. */
  readonly repo: Repository;
  /** Has the token of the job. */
  readonly env: Env;
}

const REFS_VALID_MS = 10_000;

/** Where commits are looked up; each is opened when it is first needed. */
interface Sources {
  readonly checkout: GitCall;
  /** The checkout is a clone of this repository. */
  readonly own: boolean;
  url(): Promise<string>;
  remote(): Promise<GitCall>;
  store(): Promise<CommitStore>;
  /** The checkout has the full history. */
  whole(): Promise<boolean>;
}

export function openHistory(options: HistoryOptions): History {
  const checkout = callOf(options.repo);
  const own = options.url === undefined;
  const url = remember(() => (options.url === undefined ? readOriginUrl(checkout) : options.url));
  const remote = remember(async () => connect({ ...options, url: await url() }));
  const store = remember(async () => openCommitStore(await url(), await remote()));
  const whole = remember(() => isWhole(checkout, own));
  const sources: Sources = { checkout, own, url, remote, store, whole };
  const results = new Map<string, Promise<boolean | undefined>>();
  function contains(tip: string, commit: string): Promise<boolean | undefined> {
    const key = `${commit}..${tip}`;
    const result = results.get(key) ?? findAncestor(sources, commit, tip);
    results.set(key, result);
    return result;
  }
  return {
    contains,
    refs: keepFor(REFS_VALID_MS, () => listRefs(sources)),
    relation: async (ours, theirs) => {
      if (ours === theirs) return 'same';
      if (!isFullSha(ours) || !isFullSha(theirs)) return 'gone';
      if (await contains(ours, theirs)) return 'older';
      return (await contains(theirs, ours)) ? 'newer' : findUnrelated(sources, ours, theirs);
    },
    listNewer: (ours, tip) => listNewer(sources, ours, tip),
    close: async () => (store.started() ? (await store()).close() : undefined),
  };
}

function keepFor<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let kept: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return () => {
    if (kept === undefined || Date.now() - kept.at > ms) kept = { at: Date.now(), answer: ask() };
    return kept.answer;
  };
}

async function listRefs({ url, remote, checkout }: Sources): Promise<Refs | undefined> {
  const from = await url();
  return from === '' ? listLocalRefs(checkout) : listRemoteRefs(from, await remote());
}

async function findAncestor(sources: Sources, older: string, newer: string): Promise<boolean | undefined> {
  if (older === newer) return true;
  const { own, checkout, whole, url, store } = sources;
  const here = own ? await isAncestor(checkout, older, newer) : undefined;
  if (here === true || (here === false && (await whole()))) return here;
  return (await url()) === '' ? here : askStore(await store(), older, newer);
}

/** The relation of two commits of which neither is an ancestor of the other. */
async function findUnrelated(sources: Sources, ours: string, theirs: string): Promise<Relation> {
  const { own, checkout, whole, url, store } = sources;
  const known = own && (await hasCommit(checkout, theirs));
  const missing = known ? 'diverged' : 'gone';
  if ((known && (await whole())) || (await url()) === '') return missing;
  const there = await (await store()).fetch(theirs);
  if (there === 'gone') return missing;
  const answers = [there, await (await store()).fetch(ours)];
  return answers.includes('unreachable') ? 'unknown' : 'diverged';
}

async function listNewer(sources: Sources, ours: string, tip: string): Promise<readonly string[]> {
  const { own, checkout, whole, url, store } = sources;
  const range = ['rev-list', tip, `^${ours}`, '--'];
  const here = own && (await whole()) ? await runGit(range, checkout) : undefined;
  if (here?.exitCode === 0) return linesOf(here.stdout);
  if ((await url()) === '' || !(await prepareStore(await store(), [ours, tip]))) return [];
  return linesOf((await runGit(range, (await store()).call)).stdout);
}

function remember<T>(make: () => T | Promise<T>): (() => Promise<T>) & { started(): boolean } {
  let made: Promise<T> | undefined;
  const ask = (): Promise<T> => (made ??= Promise.resolve(make()));
  return Object.assign(ask, { started: () => made !== undefined });
}

/** Uses the network settings of the checkout, and the login of the job if the checkout has none. */
async function connect({ url, repo, env }: HistoryOptions & { readonly url: string }): Promise<GitCall> {
  const { root: cwd, signal } = repo;
  const inherited = await readConnections({ cwd, env, signal });
  const { GIT_ALLOW_PROTOCOL: protocols = '', ...access } = accessEnv(
    { url, allowFile: allowsFiles(env) },
    env,
    inherited,
  );
  // The address of an upstream comes from a config, so protocols are restricted; `origin` was chosen by the owner.
  const origin = await readOriginUrl(callOf(repo));
  const extraEnv = url === origin ? access : { ...access, GIT_ALLOW_PROTOCOL: protocols };
  return { cwd, env, signal, extraEnv };
}

async function readOriginUrl(call: GitCall): Promise<string> {
  const done = await runGit(['config', '--get', 'remote.origin.url'], call);
  return done.exitCode === 0 ? done.stdout.toString('utf8').trim() : '';
}

async function isWhole(checkout: GitCall, own: boolean): Promise<boolean> {
  if (!own) return false;
  const done = await runGit(['rev-parse', '--is-shallow-repository'], checkout);
  return done.stdout.toString('utf8').trim() === 'false';
}

async function hasCommit(call: GitCall, commit: string): Promise<boolean> {
  return (await runGit(['cat-file', '-e', `${commit}^{commit}`], call)).exitCode === 0;
}

/** Undefined if one of the commits is missing. In a shallow clone, false is not reliable. */
async function isAncestor(call: GitCall, older: string, newer: string): Promise<boolean | undefined> {
  const done = await runGit(['merge-base', '--is-ancestor', older, newer], call);
  if (done.exitCode === 0) return true;
  return done.exitCode === 1 ? false : undefined;
}

async function askStore(store: CommitStore, older: string, newer: string): Promise<boolean | undefined> {
  const fetched = [await store.fetch(newer), await store.fetch(older)];
  if (fetched.includes('unreachable')) return undefined;
  if (fetched.includes('gone')) return false;
  if (await isAncestor(store.call, older, newer)) return true;
  return (await store.complete()) ? isAncestor(store.call, older, newer) : undefined;
}

async function prepareStore(store: CommitStore, commits: readonly string[]): Promise<boolean> {
  for (const commit of commits) if ((await store.fetch(commit)) !== 'there') return false;
  return store.complete();
}

function linesOf(out: Buffer): readonly string[] {
  return out
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

import { makeTemporary, removeTemporary } from '../system/files/temporary.ts';
import { askGit, runGit, type GitCall } from './git.ts';

/** The answer of a remote that was asked for a commit. */
export type Fetched = 'there' | 'gone' | 'unreachable';

/** A repository of commits alone, without their files, beside the checkout: nothing in the checkout changes. */
export interface CommitStore {
  fetch(commit: string): Promise<Fetched>;
  /** All of what the fetched commits descend from. */
  complete(): Promise<boolean>;
  readonly call: GitCall;
  close(): Promise<void>;
}

const TIMEOUT_MS = 120_000;
/** Enough for most questions; then everything, as a depth that doubles asks too often. */
const FIRST_DEPTH = 500;
const FETCH = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--filter=tree:0'];

/** `call` says how the remote is reached. */
export async function openCommitStore(url: string, { cwd: _, ...call }: GitCall): Promise<CommitStore> {
  const directory = await makeTemporary('history');
  const place: GitCall = { ...call, cwd: directory, timeoutMs: TIMEOUT_MS };
  const known = new Map<string, Promise<Fetched>>();
  let completing: Promise<boolean> | undefined;
  const opened = init(url, place, call);
  async function fetchOne(commit: string): Promise<Fetched> {
    await opened(commit);
    const done = await runGit([...FETCH, `--depth=${FIRST_DEPTH}`, 'origin', commit], place);
    if (done.exitCode === 0) return 'there';
    return isMissing(done.stderr.toString('utf8')) ? 'gone' : 'unreachable';
  }
  /** Git locks its files, so one after the other. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  }
  return {
    call: place,
    fetch: (commit) => {
      const asked = known.get(commit) ?? inTurn(() => fetchOne(commit));
      known.set(commit, asked);
      completing = undefined;
      return asked;
    },
    complete: () =>
      (completing ??= inTurn(async () => {
        const shallow = await runGit(['rev-parse', '--is-shallow-repository'], place);
        if (shallow.stdout.toString('utf8').trim() !== 'true') return true;
        const commits = await fetchedCommits(known);
        const done = await runGit([...FETCH, '--unshallow', 'origin', ...commits], place);
        return done.exitCode === 0;
      })),
    close: () => removeTemporary(directory),
  };
}

async function fetchedCommits(known: ReadonlyMap<string, Promise<Fetched>>): Promise<readonly string[]> {
  const answers = await Promise.all(
    [...known].map(async ([commit, answer]) => ({ commit, is: await answer })),
  );
  return answers.filter(({ is }) => is === 'there').map(({ commit }) => commit);
}

/** Made when it is first needed, in the format of the first commit's name. */
function init(url: string, place: GitCall, call: Omit<GitCall, 'cwd'>): (commit: string) => Promise<void> {
  let made: Promise<unknown> | undefined;
  return async (commit) => {
    const format = commit.length === 64 ? ['--object-format=sha256'] : [];
    made ??= askGit(['init', '--quiet', '--bare', '--template=', ...format], {
      ...call,
      cwd: place.cwd,
    }).then(() => askGit(['config', 'remote.origin.url', url], { ...call, cwd: place.cwd }));
    await made;
  };
}

function isMissing(said: string): boolean {
  return /not our ref|unadvertised object|no such remote ref|couldn't find remote ref|bad object/i.test(said);
}

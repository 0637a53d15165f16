import { makeTemporary, removeTemporary } from '../system/files/temporary.ts';
import { askGit, runGit, type GitCall } from './git.ts';

/** The result of fetching a commit from a remote. */
export type Fetched = 'there' | 'gone' | 'unreachable';

/** A temporary repository with commits only, without files. It is separate from the checkout, which does not change. */
export interface CommitStore {
  fetch(commit: string): Promise<Fetched>;
  /** Fetches the whole history of the fetched commits; false if that fails. */
  complete(): Promise<boolean>;
  readonly call: GitCall;
  close(): Promise<void>;
}

const TIMEOUT_MS = 120_000;
/** Enough in most cases. If not, everything is fetched: doubling the depth needs too many requests. */
const FIRST_DEPTH = 500;
const FETCH = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--filter=tree:0'];

/** `call` has the settings to reach the remote. */
export async function openCommitStore(url: string, { cwd: _, ...call }: GitCall): Promise<CommitStore> {
  const directory = await makeTemporary('history');
  const storeCall: GitCall = { ...call, cwd: directory, timeoutMs: TIMEOUT_MS };
  const known = new Map<string, Promise<Fetched>>();
  let completing: Promise<boolean> | undefined;
  const opened = init(url, storeCall, call);
  async function fetchOne(commit: string): Promise<Fetched> {
    await opened(commit);
    const done = await runGit([...FETCH, `--depth=${FIRST_DEPTH}`, 'origin', commit], storeCall);
    if (done.exitCode === 0) return 'there';
    return isMissing(done.stderr.toString('utf8')) ? 'gone' : 'unreachable';
  }
  /** Git locks its files, so fetches run one after the other. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  }
  return {
    call: storeCall,
    fetch: (commit) => {
      const result = known.get(commit) ?? inTurn(() => fetchOne(commit));
      known.set(commit, result);
      completing = undefined;
      return result;
    },
    complete: () =>
      (completing ??= inTurn(async () => {
        const shallow = await runGit(['rev-parse', '--is-shallow-repository'], storeCall);
        if (shallow.stdout.toString('utf8').trim() !== 'true') return true;
        const commits = await fetchedCommits(known);
        const done = await runGit([...FETCH, '--unshallow', 'origin', ...commits], storeCall);
        return done.exitCode === 0;
      })),
    close: () => removeTemporary(directory),
  };
}

async function fetchedCommits(known: ReadonlyMap<string, Promise<Fetched>>): Promise<readonly string[]> {
  const results = await Promise.all(
    [...known].map(async ([commit, result]) => ({ commit, fetched: await result })),
  );
  return results.filter(({ fetched }) => fetched === 'there').map(({ commit }) => commit);
}

/** Creates the repository when it is first needed, in the object format (SHA-1 or SHA-256) of the first commit. */
function init(
  url: string,
  storeCall: GitCall,
  call: Omit<GitCall, 'cwd'>,
): (commit: string) => Promise<void> {
  let created: Promise<unknown> | undefined;
  return async (commit) => {
    const format = commit.length === 64 ? ['--object-format=sha256'] : [];
    created ??= askGit(['init', '--quiet', '--bare', '--template=', ...format], {
      ...call,
      cwd: storeCall.cwd,
    }).then(() => askGit(['config', 'remote.origin.url', url], { ...call, cwd: storeCall.cwd }));
    await created;
  };
}

function isMissing(message: string): boolean {
  return /not our ref|unadvertised object|no such remote ref|couldn't find remote ref|bad object/i.test(
    message,
  );
}

import { runGit, type GitCall } from './git.ts';

/** Branches and tags: full ref name → commit. */
export interface Refs {
  readonly commits: ReadonlyMap<string, string>;
  /** `main`; null if the remote does not report it. */
  readonly defaultBranch: string | null;
}

const TIMEOUT_MS = 20_000;
const WANTED = ['HEAD', 'refs/heads/*', 'refs/tags/*'];

/** The current refs of a remote; undefined if it cannot be reached. */
export async function listRemoteRefs(url: string, call: GitCall): Promise<Refs | undefined> {
  const args = ['ls-remote', '--quiet', '--symref', '--', url, ...WANTED];
  const done = await runGit(args, { ...call, timeoutMs: TIMEOUT_MS });
  return done.exitCode === 0 ? parseRemote(done.stdout.toString('utf8')) : undefined;
}

function parseRemote(text: string): Refs {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const commits = new Map<string, string>();
  for (const [sha = '', name = ''] of lines) if (/^[0-9a-f]{40,64}$/.test(sha)) addRef(commits, name, sha);
  const head = lines.find(([left = '', name]) => name === 'HEAD' && left.startsWith('ref: refs/heads/'));
  return { commits, defaultBranch: head?.[0]?.slice('ref: refs/heads/'.length) ?? null };
}

/** An annotated tag is followed by a line with its commit, `refs/tags/v1^{}`. */
function addRef(commits: Map<string, string>, name: string, sha: string): void {
  if (name.startsWith('refs/')) commits.set(name.replace(/\^\{\}$/, ''), sha);
}

const FORMAT = '%(refname) %(objectname) %(*objectname)';

/** The refs of this clone, for repositories without a remote. */
export async function listLocalRefs(call: GitCall): Promise<Refs> {
  const done = await runGit(['for-each-ref', `--format=${FORMAT}`, 'refs/heads', 'refs/tags'], call);
  const lines = done.stdout.toString('utf8').split('\n');
  const commits = new Map<string, string>();
  for (const line of lines) {
    const [name = '', sha = '', peeled] = line.split(' ');
    if (name !== '') commits.set(name, peeled || sha);
  }
  const usual = ['main', 'master'].find((branch) => commits.has(`refs/heads/${branch}`));
  return { commits, defaultBranch: usual ?? null };
}

import { HephyError } from '../errors.ts';
import { runGit } from './git.ts';
import { askRepository, callOf, type Repository } from './repository.ts';

/** Reads files of one tree (a commit SHA, or `:0` for the index), in order; undefined for a file that does not exist. */
export async function readBlobs(
  repo: Repository,
  tree: string,
  paths: readonly string[],
): Promise<readonly (Buffer | undefined)[]> {
  const simple = paths.filter((path) => !path.includes('\n'));
  const names = simple.map((path) => `${tree}:${path}`);
  const contents = names.length === 0 ? [] : splitBatch(await askBatch(repo, '--batch', names), names);
  const found = new Map(simple.map((path, index) => [path, contents[index]]));
  // A batch has one name on each line, so a name that contains a newline is read separately.
  const odd = paths.filter((path) => path.includes('\n'));
  for (const path of odd) found.set(path, await readBlob(repo, `${tree}:${path}`));
  return paths.map((path) => found.get(path));
}

async function readBlob(repo: Repository, name: string): Promise<Buffer | undefined> {
  const done = await runGit(['cat-file', 'blob', name], callOf(repo));
  return done.exitCode === 0 ? done.stdout : undefined;
}

/** Each entry is `<oid> blob <size>`, the bytes and a newline; or one other line if the name is not a file. */
function splitBatch(out: Buffer, names: readonly string[]): readonly (Buffer | undefined)[] {
  const found: (Buffer | undefined)[] = [];
  let at = 0;
  while (found.length < names.length) {
    const end = out.indexOf(0x0a, at);
    if (end < 0) throw new HephyError('GIT_FAILED', 'git cat-file: the output is incomplete');
    const [, type, digits] = /^[0-9a-f]{40,64} (\w+) (\d+)$/.exec(out.toString('utf8', at, end)) ?? [];
    const start = end + 1;
    const size = Number(digits);
    found.push(type === 'blob' ? out.subarray(start, start + size) : undefined);
    at = digits === undefined ? start : start + size + 1;
  }
  return found;
}

/** Resolves revisions to commits in one git process; undefined for a revision that does not exist. */
export async function resolveCommits(
  repo: Repository,
  revisions: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const names = revisions.map((revision) =>
    isRevision(revision) ? `${revision}^{commit}` : 'HEAD^{nothing}',
  );
  const out = await askBatch(repo, '--batch-check', names);
  const lines = out.toString('utf8').split('\n');
  return revisions.map((_, index) => /^([0-9a-f]{40,64}) commit \d+$/.exec(lines[index] ?? '')?.[1]);
}

/** A name must be one line of the batch, and an empty name would mean the index. */
function isRevision(text: string): boolean {
  return text !== '' && !/[\0\r\n]/.test(text);
}

function askBatch(repo: Repository, flag: string, names: readonly string[]): Promise<Buffer> {
  return askRepository(repo, ['cat-file', flag], names.map((name) => `${name}\n`).join(''));
}

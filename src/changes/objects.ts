import { HephyError } from '../errors.ts';
import { askRepository, type Repository } from './repository.ts';

/** What each line of a batch names, in order; undefined where it names nothing. */
export async function readObjects(
  repo: Repository,
  names: readonly string[],
): Promise<readonly (Buffer | undefined)[]> {
  if (names.length === 0) return [];
  const out = await askBatch(repo, '--batch', names);
  const found: (Buffer | undefined)[] = [];
  let at = 0;
  while (found.length < names.length) {
    const end = out.indexOf(0x0a, at);
    if (end < 0) throw new HephyError('GIT_FAILED', 'git cat-file: its answer ends too early');
    const size = sizeOf(out.toString('utf8', at, end));
    found.push(size === undefined ? undefined : out.subarray(end + 1, end + 1 + size));
    at = size === undefined ? end + 1 : end + 1 + size + 1;
  }
  return found;
}

/** Commits by any revision expression, all in one process; undefined where there is none such. */
export async function resolveCommits(
  repo: Repository,
  revisions: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const asked = revisions.map((revision) =>
    isRevision(revision) ? `${revision}^{commit}` : 'HEAD^{nothing}',
  );
  const out = await askBatch(repo, '--batch-check', asked);
  const lines = out.toString('utf8').split('\n');
  return revisions.map((_, index) => /^([0-9a-f]{40,64}) commit \d+$/.exec(lines[index] ?? '')?.[1]);
}

/** One line of a batch must stay one line, and an empty name would be the index. */
function isRevision(text: string): boolean {
  return text !== '' && !/[\0\r\n]/.test(text);
}

function askBatch(repo: Repository, flag: string, names: readonly string[]): Promise<Buffer> {
  return askRepository(repo, ['cat-file', flag], names.map((name) => `${name}\n`).join(''));
}

/** `<oid> blob <size>`; anything else (`missing`, a submodule's commit) has no content here. */
function sizeOf(header: string): number | undefined {
  const size = /^[0-9a-f]{40,64} \w+ (\d+)$/.exec(header)?.[1];
  return size === undefined ? undefined : Number(size);
}

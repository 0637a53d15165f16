import type { RunEvent } from '../domain/event.ts';
import { headRevisions, missingHead } from './base.ts';
import { gitFailure, runGit } from './git.ts';
import { callOf, type Repository } from './repository.ts';

/** The commit that is built. */
export interface Head {
  readonly sha: string;
  /** Seconds: `SOURCE_DATE_EPOCH`. */
  readonly commitTime: number;
  /** The ref of the event; on the command line that of HEAD: `refs/heads/main`, `HEAD` when detached. */
  readonly ref: string;
  /** Short names of the git tags, sorted. */
  readonly tagsAtHead: readonly string[];
}

const LOG = ['log', '-1', '--format=%H %ct %D', '--decorate=full', '--decorate-refs=refs/tags/'];

export async function resolveHead(repo: Repository, event: RunEvent): Promise<Head> {
  for (const revision of headRevisions(event)) {
    const done = await runGit([...LOG, '--end-of-options', revision, '--'], callOf(repo));
    if (done.exitCode === 0) return parseHead(done.stdout.toString('utf8').trim(), refOf(repo, event));
    if (repo.signal?.aborted) throw gitFailure('log', done, repo.signal);
  }
  throw missingHead(repo, event);
}

/** For commands that only read configs: these also work without any commit. */
export async function resolveHeadIfAny(repo: Repository, event: RunEvent): Promise<Head> {
  if (repo.headRef !== null || event.sha !== null) return resolveHead(repo, event);
  return { sha: '0'.repeat(40), commitTime: 0, ref: 'HEAD', tagsAtHead: [] };
}

function refOf(repo: Repository, event: RunEvent): string {
  return event.ref === 'HEAD' ? (repo.headRef ?? 'HEAD') : event.ref;
}

/** `<sha> <seconds> tag: refs/tags/v1, tag: refs/tags/v2`: a ref name cannot contain a space. */
function parseHead(line: string, ref: string): Head {
  const [sha = '', seconds = '', ...decorations] = line.split(' ');
  const tagsAtHead = decorations
    .filter((word) => word.startsWith('refs/tags/'))
    .map((word) => word.replace(/,$/, '').slice('refs/tags/'.length))
    .sort();
  return { sha, commitTime: Number(seconds), ref, tagsAtHead };
}

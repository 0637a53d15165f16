import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HephyError } from '../errors.ts';
import { showControls } from '../system/terminal/text.ts';
import { askGit, gitFailure, runGit, saidBy, type GitCall } from './git.ts';
import { pullLargeFiles } from './large-files.ts';
import { openStore, type SourceRequest } from './source-store.ts';
import { upstreamError } from './upstream-failure.ts';
import { hideSecrets } from './upstream-url.ts';

export interface SourceOptions extends SourceRequest {
  readonly submodules?: boolean;
  readonly lfs?: boolean;
}

export interface FetchedSource {
  readonly root: string;
  /** The time of the commit in seconds, used as the date of files in the image. */
  readonly commitTime: number;
}

/** Fetches the files of one commit of an upstream, without history and without `.git`. No hook of the upstream runs. */
export async function fetchSource(request: SourceOptions): Promise<FetchedSource> {
  const call = await openStore(request, 'whole');
  await askGit(['checkout', '--quiet', '--force', '--detach', request.commit], call);
  if (request.submodules) await updateSubmodules(request.url, call);
  if (request.lfs) await pullLargeFiles(call, request.submodules === true);
  const time = await askGit(['show', '--no-patch', '--format=%ct', request.commit], call);
  await removeGitDirs(request.into, request.submodules === true);
  return { root: request.into, commitTime: Number(time.toString('utf8').trim()) };
}

/** Reads one file of the commit; undefined if it does not exist. Links are only followed inside the repository. */
export async function readSourceFile(request: SourceRequest, path: string): Promise<Buffer | undefined> {
  return (await readSourceFiles(request, [path]))[0];
}

/** Reads several files, in their order. */
export async function readSourceFiles(
  request: SourceRequest,
  paths: readonly string[],
): Promise<readonly (Buffer | undefined)[]> {
  const call = await openStore(request, 'lean');
  const found: (Buffer | undefined)[] = [];
  for (const path of paths) found.push(path.includes('\n') ? undefined : await readOne(request, call, path));
  return found;
}

async function readOne(request: SourceRequest, call: GitCall, path: string): Promise<Buffer | undefined> {
  const input = `${request.commit}:${path}\n`;
  const done = await runGit(['cat-file', '--batch', '--follow-symlinks'], { ...call, input });
  if (done.exitCode !== 0) throw upstreamError(request, done);
  const end = done.stdout.indexOf(0x0a);
  const [, size] = /^[0-9a-f]{40,64} blob (\d+)$/.exec(done.stdout.toString('utf8', 0, end)) ?? [];
  return size === undefined ? undefined : done.stdout.subarray(end + 1, end + 1 + Number(size));
}

/** The addresses come from the upstream's `.gitmodules`. The allowed protocols apply to them as well. */
async function updateSubmodules(url: string, call: GitCall): Promise<void> {
  const done = await runGit(['submodule', '--quiet', 'update', '--init', '--recursive', '--depth=1'], call);
  if (call.signal?.aborted) throw gitFailure('submodule', done, call.signal);
  if (done.exitCode === 0) return;
  throw new HephyError(
    'UPSTREAM_UNREACHABLE',
    `submodules of ${hideSecrets(url)}: ${showControls(saidBy(done))}`,
    {
      hint: 'Submodules are fetched over https or ssh, with the login of the upstream repository.',
    },
  );
}

/** A tracked file cannot be called `.git`, so every `.git` belongs to git and can be removed. */
async function removeGitDirs(root: string, everywhere: boolean): Promise<void> {
  const found = everywhere ? await readdir(root, { recursive: true }) : ['.git'];
  const dirs = found.filter((path) => path === '.git' || path.endsWith('/.git'));
  const outermost = dirs.filter((path) => dirname(path) === '.' || !path.startsWith('.git/'));
  for (const path of outermost) await rm(join(root, path), { recursive: true, force: true });
}

import { closest } from '../domain/closest.ts';
import { HephyError } from '../errors.ts';
import type { Env } from '../system/env.ts';
import { showControls } from '../system/terminal/text.ts';
import { runGit } from './git.ts';
import { isFullSha } from './merge-base.ts';
import { readConnections } from './connections.ts';
import { accessEnv } from './upstream-access.ts';
import { upstreamError } from './upstream-failure.ts';
import { checkUpstreamUrl, hideSecrets, type UpstreamAddress } from './upstream-url.ts';

export interface UpstreamRequest extends UpstreamAddress {
  /** Branch, tag, full ref name or full commit; null is the default branch. */
  readonly ref: string | null;
  readonly env: Env;
  /** The directory in which git runs: the repository whose configuration (tokens, `insteadOf`) is used. */
  readonly cwd: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 15_000;

/** Keeps git from reading the configuration of the repository by itself. */
const NO_REPOSITORY = { GIT_DIR: '/dev/null/none' };

/** Resolves the ref to one commit, so that every leg builds the same one, even if the branch moves. */
export async function resolveUpstream(question: UpstreamRequest): Promise<string> {
  checkUpstreamUrl(question);
  const ref = question.ref ?? 'HEAD';
  if (isFullSha(ref)) return ref;
  const refs = await listRefs(question, ref);
  // As in `git clone --branch`: a branch wins over a tag of the same name.
  const names = [ref, `refs/heads/${ref}`, `refs/tags/${ref}`].filter(isFullName);
  const sha = names.map((name) => refs.get(`${name}^{}`) ?? refs.get(name)).find((one) => one !== undefined);
  if (sha === undefined) throw missingRef(question, ref, [...refs.keys()]);
  return sha;
}

function isFullName(name: string): boolean {
  return name === 'HEAD' || name.startsWith('refs/');
}

async function listRefs(question: UpstreamRequest, ref: string): Promise<ReadonlyMap<string, string>> {
  const { url, env, cwd, signal } = question;
  // Branches and tags are enough for "did you mean"; servers have many more refs for merge requests.
  const which = isFullName(ref) ? ['--', url, ref, `${ref}^{}`] : ['--heads', '--tags', '--', url];
  const done = await runGit(['ls-remote', '--quiet', ...which], {
    cwd,
    env,
    signal,
    timeoutMs: question.timeoutMs ?? TIMEOUT_MS,
    extraEnv: { ...accessEnv(question, env, await readConnections({ cwd, env, signal })), ...NO_REPOSITORY },
  });
  if (done.exitCode !== 0 || signal?.aborted) throw upstreamError(question, done);
  const lines = done.stdout.toString('utf8').split('\n');
  return new Map(
    lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]),
  );
}

function missingRef({ url }: UpstreamRequest, ref: string, known: readonly string[]): HephyError {
  const short = known
    .filter((name) => !name.endsWith('^{}'))
    .map((name) => name.replace(/^refs\/(heads|tags)\//, ''));
  const near = closest(ref, short);
  const guess = near === undefined ? '' : `, did you mean "${showControls(near)}"?`;
  const hint = /^[0-9a-f]{4,39}$/i.test(ref)
    ? 'Use the full commit SHA: a remote cannot resolve a short one.'
    : 'Use a branch, a tag or a full commit SHA.';
  const message = `${hideSecrets(url)} has no branch or tag "${showControls(ref)}"${guess}`;
  return new HephyError('UPSTREAM_REF', message, { hint });
}

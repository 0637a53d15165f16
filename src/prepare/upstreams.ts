import type { Repository } from '../changes/repository.ts';
import { resolveUpstream } from '../changes/upstream.ts';
import { allowsFiles } from '../changes/upstream-url.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import { settlePool } from '../system/concurrency/pool.ts';

export interface Upstreams {
  /** By image; only images with an upstream. */
  readonly commits: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

export interface UpstreamOptions {
  readonly repo: Repository;
  /** False if the plan is only shown: an upstream that does not answer is then a warning. */
  readonly required: boolean;
}

const REQUESTS_AT_ONCE = 8;

/** Resolves each `upstream_ref` to a commit, once for all legs, so that every platform builds the same source. */
export async function resolveUpstreams(
  images: readonly ConfiguredImage[],
  options: UpstreamOptions,
): Promise<Upstreams> {
  const upstream = images.filter(({ values }) => values.upstream_repo !== undefined);
  const resolving = new Map<string, Promise<string>>();
  const settled = await settlePool(upstream, REQUESTS_AT_ONCE, ({ values }) => {
    const { upstream_repo: url = '', upstream_ref: ref = null } = values;
    const key = JSON.stringify([url, ref]);
    const commit = resolving.get(key) ?? resolveCommit(url, ref, options.repo);
    resolving.set(key, commit);
    return commit;
  });
  const commits = new Map<string, string>();
  const problems: HephyError[] = [];
  for (const [index, outcome] of settled.entries()) {
    const image = upstream[index];
    if (image === undefined) continue;
    if ('value' in outcome) commits.set(image.name, outcome.value);
    else problems.push(locateProblem(outcome.error, image));
  }
  return { commits, warnings: tolerate(problems, options.required, 'this plan does not contain its commit') };
}

function resolveCommit(url: string, ref: string | null, repo: Repository): Promise<string> {
  const { env, root, signal } = repo;
  return resolveUpstream({
    url,
    ref,
    env,
    cwd: root,
    signal,
    allowFile: allowsFiles(env),
  });
}

export function locateProblem(error: unknown, image: ConfiguredImage): HephyError {
  if (!(error instanceof HephyError)) throw error;
  const field = error.code === 'UPSTREAM_REF' ? 'upstream_ref' : 'upstream_repo';
  const at = { file: image.config, ...image.positionOf(field) };
  return new HephyError(error.code, error.message, {
    at,
    cause: error,
    ...(error.hint && { hint: error.hint }),
  });
}

/** Tolerates only an unreachable upstream: a forbidden URL or a missing ref is an error in every plan. */
export function tolerate(
  problems: readonly HephyError[],
  required: boolean,
  consequence: string,
): readonly string[] {
  const fatal = problems.filter(({ code }) => required || code !== 'UPSTREAM_UNREACHABLE');
  if (fatal.length > 0) throw new HephyErrors(fatal);
  return problems.map(({ message, at }) => `${at?.file ?? ''}: ${message}; ${consequence}`);
}

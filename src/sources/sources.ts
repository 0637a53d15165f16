import { join } from 'node:path';
import { fetchSource, type FetchedSource } from '../changes/source.ts';
import { allowsFiles } from '../changes/upstream-url.ts';
import type { Source } from '../domain/image.ts';
import type { Plan, PlanImage } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import type { Env } from '../system/env.ts';
import { makeTemporary, removeTemporary } from '../system/files/temporary.ts';
import { requireCheckedOut } from './require-checked-out.ts';
import { requirePaths } from './source-paths.ts';

/** The source files of images during a run. */
export interface Sources {
  /** Returns the source. Throws if its context or Dockerfile leads out of the source. */
  find(image: PlanImage): Promise<FetchedSource>;
  /** Removes fetched sources. */
  release(): Promise<void>;
}

export interface SourcesOptions {
  readonly plan: Plan;
  /** The checkout. */
  readonly root: string;
  readonly env: Env;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

type Upstream = Extract<Source, { kind: 'upstream' }>;

/** Fetches an upstream once for all targets, platforms and images of the same commit. */
export function openSources(place: SourcesOptions): Sources {
  const { plan, root } = place;
  const local: FetchedSource = { root, commitTime: plan.run.commitTime ?? 0 };
  const fetched = new Map<string, Promise<FetchedSource>>();
  let home: Promise<string> | undefined;
  async function fetchInto(source: Upstream, name: string): Promise<FetchedSource> {
    home ??= makeTemporary('source');
    return fetchUpstream(source, join(await home, name), place);
  }
  async function find(image: PlanImage): Promise<FetchedSource> {
    const { source } = image;
    if (source.kind === 'local') {
      await requireCheckedOut(image, place);
      return requireSound(image, local);
    }
    const key = JSON.stringify([source.repo, source.commit, source.submodules, source.lfs]);
    const one = fetched.get(key) ?? fetchInto(source, String(fetched.size));
    fetched.set(key, one);
    return requireSound(image, await one);
  }
  async function release(): Promise<void> {
    await Promise.allSettled(fetched.values());
    if (home !== undefined) await removeTemporary(await home);
  }
  return { find, release };
}

async function fetchUpstream(source: Upstream, into: string, place: SourcesOptions): Promise<FetchedSource> {
  const { repo: url, commit, submodules = false, lfs = false } = source;
  if (commit === null) {
    throw new HephyError('PLAN_INVALID', `the plan has no commit for ${url}, so it cannot be built`, {
      hint: 'Create the plan again on a machine that can reach the upstream.',
    });
  }
  const { env, root: cwd, signal } = place;
  place.onProgress(`fetching ${url} at ${commit.slice(0, 7)}`);
  return fetchSource({ url, commit, into, env, cwd, signal, submodules, lfs, allowFile: allowsFiles(env) });
}

async function requireSound(image: PlanImage, found: FetchedSource): Promise<FetchedSource> {
  await requirePaths(image, found.root);
  return found;
}

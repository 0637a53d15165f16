import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchSource, type FetchedSource } from '../../changes/source.ts';
import { allowsFiles } from '../../changes/upstream-url.ts';
import type { Source } from '../../domain/image.ts';
import type { Plan, PlanImage } from '../../domain/plan.ts';
import { HephyError } from '../../errors.ts';
import type { Env } from '../../system/env.ts';
import { findEscape } from '../../system/escape.ts';

/** Where the files of images lie, while this run builds them. */
export interface Sources {
  /** Checked: neither the context nor the Dockerfile leads out of it. */
  find(image: PlanImage): Promise<FetchedSource>;
  /** Removes what was fetched. */
  release(): Promise<void>;
}

export interface SourcePlace {
  readonly plan: Plan;
  /** The checkout. */
  readonly root: string;
  readonly env: Env;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

type Upstream = Extract<Source, { kind: 'upstream' }>;

/** An upstream is fetched once for all targets and platforms, and for all images that are built from the same commit. */
export function openSources(place: SourcePlace): Sources {
  const { plan, root } = place;
  const local: FetchedSource = { root, commitTime: plan.run.commitTime ?? 0 };
  const fetched = new Map<string, Promise<FetchedSource>>();
  let home: Promise<string> | undefined;
  async function fetchInto(source: Upstream, name: string): Promise<FetchedSource> {
    home ??= mkdtemp(join(tmpdir(), 'hephy-source-'));
    return fetchUpstream(source, join(await home, name), place);
  }
  async function find(image: PlanImage): Promise<FetchedSource> {
    const { source } = image;
    if (source.kind === 'local') return requireInside(image, local);
    const key = JSON.stringify([source.repo, source.commit, source.submodules, source.lfs]);
    const one = fetched.get(key) ?? fetchInto(source, String(fetched.size));
    fetched.set(key, one);
    return requireInside(image, await one);
  }
  async function release(): Promise<void> {
    await Promise.allSettled(fetched.values());
    if (home !== undefined) await rm(await home, { recursive: true, force: true });
  }
  return { find, release };
}

async function fetchUpstream(source: Upstream, into: string, place: SourcePlace): Promise<FetchedSource> {
  const { repo: url, commit, submodules = false, lfs = false } = source;
  if (commit === null) {
    throw new HephyError(
      'PLAN_INVALID',
      `the plan leaves the commit of ${url} open, so it can only be read`,
      {
        hint: 'Make the plan again where the upstream can be reached.',
      },
    );
  }
  const { env, root: cwd, signal } = place;
  place.onProgress(`fetching ${url} at ${commit.slice(0, 7)}`);
  return fetchSource({ url, commit, into, env, cwd, signal, submodules, lfs, allowFile: allowsFiles(env) });
}

async function requireInside(image: PlanImage, found: FetchedSource): Promise<FetchedSource> {
  const { context, dockerfile } = image.source;
  for (const [field, path] of [
    ['context_path', context],
    ['dockerfile_path', dockerfile],
  ] as const) {
    const link = path === null ? undefined : await findEscape(found.root, path);
    if (link === undefined) continue;
    throw new HephyError(
      'CONFIG_PATH',
      `${image.name}: ${field} is ${path}, and the link ${link} leaves the repository`,
      {
        at: { file: image.config },
        hint: 'Builds read what lies in the repository: put the files there instead of a link to them.',
      },
    );
  }
  if (!(await isDirectory(join(found.root, context)))) throw missingContext(image);
  return found;
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function missingContext({ name, config, source }: PlanImage): HephyError {
  const where = source.kind === 'upstream' ? source.repo : 'this repository';
  return new HephyError('CONFIG_PATH', `${name}: there is no directory ${source.context} in ${where}`, {
    at: { file: config },
    hint: 'Check context_path: it is taken from the directory of the config, or from the root of the upstream.',
  });
}

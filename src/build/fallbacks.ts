import type { Plan } from '../domain/plan.ts';
import { ociPlatform, type Platform } from '../domain/platform.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import { joinImages, type JoinRequest } from '../registry/join.ts';
import { parseRepository } from '../registry/reference.ts';
import type { Registries } from '../registry/repository.ts';
import { runPool, settlePool } from '../system/concurrency/pool.ts';
import { joinRepository } from '../plan/resolve-leg.ts';
import type { Destination } from '../session/destination.ts';
import type { LegTask } from './run-legs.ts';

type Fallback = Plan['fallbacks'][number];

export interface FallbackOptions {
  readonly plan: Plan;
  /** The legs that this run builds. */
  readonly tasks: readonly LegTask[];
  readonly registries: Registries;
  readonly destination: Pick<Destination, 'registry' | 'published' | 'readsFrom'>;
  readonly onProgress: (line: string) => void;
}

const QUESTIONS_AT_ONCE = 8;
const COPIES_AT_ONCE = 4;

/**
 * Images that legs are built on, and that this run does not build, must exist before the first leg starts. The registry
 * of a run that may not publish is empty, so these images are copied into it.
 */
export function provideFallbacks(place: FallbackOptions): Promise<void> {
  const { plan, registries, destination } = place;
  if (destination.published) return requireFallbacks(plan, registries, destination.registry);
  return copyFallbacks(place);
}

export async function requireFallbacks(plan: Plan, registries: Registries, registry: string): Promise<void> {
  const missing = await runPool(plan.fallbacks, QUESTIONS_AT_ONCE, async (fallback) => {
    const repository = registries.repository(parseRepository(joinRepository(registry, fallback.repository)));
    return (await repository.findManifest(fallback.tag)) === undefined ? [fallback] : [];
  });
  const problems = missing.flat().map((fallback) => lacking(fallback, `the registry has no ${fallback.tag}`));
  if (problems.length > 0) throw new HephyErrors(problems);
}

/** A tag that legs are built on, and the platforms that they need. */
interface Wanted {
  readonly fallback: Fallback;
  readonly platforms: readonly Platform[];
}

async function copyFallbacks({
  plan,
  tasks,
  registries,
  destination,
  onProgress,
}: FallbackOptions): Promise<void> {
  const wanted = listWanted(plan.fallbacks, tasks);
  if (wanted.length === 0) return;
  const { readsFrom, registry } = destination;
  if (readsFrom === null) throw new HephyErrors(wanted.map(({ fallback }) => unnamed(fallback)));
  onProgress(
    `copying the images that this run is built on: ${wanted.map(({ fallback }) => fallback.tag).join(', ')}`,
  );
  const requests = wanted.map((one) => requestOf(one, { from: readsFrom.registry, to: registry }));
  const copied = await settlePool(requests, COPIES_AT_ONCE, (request) => joinImages(registries, request));
  const problems = copied.flatMap((outcome, index) => {
    const one = wanted[index];
    return 'error' in outcome && one ? [unreadable(one.fallback, outcome.error)] : [];
  });
  if (problems.length > 0) throw new HephyErrors(problems);
}

function listWanted(fallbacks: readonly Fallback[], tasks: readonly LegTask[]): readonly Wanted[] {
  const byTag = new Map<string, Wanted>();
  for (const fallback of fallbacks) {
    const key = `${fallback.repository}:${fallback.tag}`;
    const known = byTag.get(key);
    const own = tasks.filter(({ image }) => image.name === fallback.image).map(({ leg }) => leg.platform);
    const platforms = [...new Set([...(known?.platforms ?? []), ...own])];
    if (platforms.length > 0) byTag.set(key, { fallback: known?.fallback ?? fallback, platforms });
  }
  return [...byTag.values()];
}

/** As for an image of this run: find the image, check its platform, copy it by digest, then tag it. */
function requestOf({ fallback, platforms }: Wanted, way: { from: string; to: string }): JoinRequest {
  const source = parseRepository(joinRepository(way.from, fallback.repository));
  return {
    repository: parseRepository(joinRepository(way.to, fallback.repository)),
    tags: [fallback.tag],
    children: platforms.map((platform) => ({
      reference: { ...source, tag: fallback.tag },
      platform: ociPlatform(platform),
    })),
    single: platforms.length === 1,
  };
}

function unnamed(fallback: Fallback): HephyError {
  return new HephyError(
    'DEPENDENCY_MISSING',
    `${describe(fallback)}, and no registry is set to read it from`,
    {
      hint: `Set the registry with --registry HOST/PATH or HEPHY_REGISTRY, or build both: ${both(fallback)}`,
    },
  );
}

function unreadable(fallback: Fallback, cause: unknown): HephyError {
  if (!(cause instanceof HephyError) || cause.code === 'CANCELLED') throw cause;
  if (cause.code === 'MANIFEST_MISSING_LEG')
    return lacking(fallback, `the registry has no ${fallback.tag}`, cause);
  return new HephyError('DEPENDENCY_MISSING', `${describe(fallback)}, and ${cause.message}`, {
    cause,
    hint: `${cause.hint ?? 'Fix that.'} Or build both: ${both(fallback)}`,
  });
}

function lacking(fallback: Fallback, why: string, cause?: unknown): HephyError {
  return new HephyError('DEPENDENCY_MISSING', `${describe(fallback)}, and ${why}`, {
    cause,
    hint: `Build both: ${both(fallback)}`,
  });
}

function describe({ image, dependency }: Fallback): string {
  return `${image} is built on ${dependency}, which is not part of this run`;
}

function both({ image, dependency }: Fallback): string {
  return `--images ${dependency},${image}`;
}

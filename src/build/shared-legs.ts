import { listPlannedLegs, type PlannedLeg } from '../domain/planned-leg.ts';
import type { PlanImage } from '../domain/plan.ts';
import { ociPlatform } from '../domain/platform.ts';
import { repositoryOf } from '../plan/resolve-leg.ts';
import { joinImages, type JoinRequest } from '../registry/join.ts';
import { parseRepository } from '../registry/reference.ts';
import { settlePool } from '../system/concurrency/pool.ts';
import type { FallbackOptions } from './fallbacks.ts';

const COPIES_AT_ONCE = 4;

type SharedLegsOptions = Pick<FallbackOptions, 'destination' | 'registries'>;

/**
 * Copies legs that other jobs of a run that publishes nothing have pushed for this job, into the registry of this machine.
 * A missing leg stops only the legs that are built on it, and these report it.
 */
export async function fetchShared(place: FallbackOptions): Promise<void> {
  const { plan, tasks, destination, registries, onProgress } = place;
  const from = destination.readsFrom;
  if (destination.published || from === null) return;
  const own = new Set(tasks.map(({ id }) => id));
  const needed = new Set(tasks.flatMap(({ leg }) => leg.needs).filter((id) => !own.has(id)));
  const wanted = listShared(plan.images).filter(({ leg }) => needed.has(leg.id));
  const requests = wanted.map((one) => requestOf(one, { from: from.registry, to: destination.registry }));
  const copied = await settlePool(requests, COPIES_AT_ONCE, (request) => joinImages(registries, request));
  copied.forEach((outcome, at) => {
    const tag = wanted[at]?.leg.tag ?? '';
    onProgress(
      'error' in outcome ? `${tag} of another job is missing: that job may have failed` : `using ${tag}`,
    );
  });
}

/** Pushes a leg to the registry that other jobs read. If this fails the leg has failed: its dependents would not find it. */
export async function pushShared(place: SharedLegsOptions, one: PlannedLeg): Promise<void> {
  const { destination, registries } = place;
  const to = destination.readsFrom;
  if (!one.leg.shared || destination.published || to === null) return;
  await joinImages(registries, requestOf(one, { from: destination.registry, to: to.registry }));
}

function listShared(images: readonly PlanImage[]): readonly PlannedLeg[] {
  return listPlannedLegs(images).filter(({ leg }) => leg.shared);
}

/** Find the leg, check its platform, copy it by digest, then tag it. */
function requestOf({ output, leg }: PlannedLeg, way: { from: string; to: string }): JoinRequest {
  const source = parseRepository(repositoryOf({ output }, way.from));
  return {
    repository: parseRepository(repositoryOf({ output }, way.to)),
    tags: [leg.tag],
    children: [{ reference: { ...source, tag: leg.tag }, platform: ociPlatform(leg.platform) }],
    single: true,
  };
}

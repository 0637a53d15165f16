import { traitsOf } from '../backends/index.ts';
import type { Plan, PlanImage, PlanJob } from '../domain/plan.ts';
import type { JobLeg } from './lanes.ts';
import { spreadLegs, type JobSettings } from './shards.ts';

/** The jobs of a plan: what is there already, unchanged, keeps no machine busy and nobody waiting. */
export function planJobs(images: readonly PlanImage[], settings: JobSettings): PlanJob[] {
  const legs = images.flatMap((image) => listJobLegs(image, settings));
  const built = new Set(legs.map(({ id }) => id));
  const waiting = legs.map((leg) => ({ ...leg, needs: leg.needs.filter((id) => built.has(id)) }));
  return [...spreadLegs(waiting, settings)];
}

/** The plan once it is known which of its legs need not be built. */
export function replanJobs(plan: Plan, settings: JobSettings): Plan {
  return { ...plan, jobs: planJobs(plan.images, settings) };
}

function listJobLegs({ name, backend, legs }: PlanImage, { kanikoJobs }: JobSettings): readonly JobLeg[] {
  const { crossCompiles: movable, ownJob } = traitsOf(backend);
  const kind = kanikoJobs && ownJob ? 'kaniko' : 'node';
  return legs
    .filter(({ unchanged }) => unchanged === undefined)
    .map(({ id, platform, needs }) => ({ id, image: name, platform, needs, movable, kind }));
}

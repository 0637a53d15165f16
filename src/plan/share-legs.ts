import { listPlannedLegs, type PlannedLeg } from '../domain/planned-leg.ts';
import type { Plan, PlanImage, PlanLeg } from '../domain/plan.ts';
import { platformArch } from '../domain/platform.ts';
import { tagVariable } from '../domain/published.ts';
import { fallbackTag } from './outputs.ts';
import { cleanTag } from './tag-text.ts';

export interface ShareTerms {
  /** Of the merge request. */
  readonly number: number | null;
  /** The run may push what its own jobs need of each other: a merge request of the same project, with a login. */
  readonly mayPush: boolean;
}

/**
 * A run that publishes nothing has a registry on each machine, which the other machines do not see, and kaniko's own
 * jobs have none. What they build on is pushed under a tag of the merge request; where that may not be, it is taken as
 * it was published last, and the plan says so.
 */
export function shareLegs(plan: Plan, terms: ShareTerms): Plan {
  if (plan.run.push) return plan;
  const crossing = findCrossing(plan);
  if (crossing.size === 0) return plan;
  return terms.mayPush ? pushCrossing(plan, crossing, terms.number) : cutCrossing(plan, crossing);
}

/** The legs that are needed where they are not. */
function findCrossing(plan: Plan): ReadonlyMap<string, PlannedLeg> {
  const jobs = new Map(plan.jobs.flatMap((job) => job.legs.map((leg) => [leg, job] as const)));
  const legs = plan.images.flatMap((image) => image.legs);
  const needed = legs.flatMap(({ id, needs }) =>
    needs.filter((need) => {
      const job = jobs.get(need);
      return job !== undefined && (job.kind === 'kaniko' || job !== jobs.get(id));
    }),
  );
  const ids = new Set(needed);
  const found = listPlannedLegs(plan.images).filter(({ leg }) => ids.has(leg.id));
  return new Map(found.map((one) => [one.leg.id, one]));
}

type Shared = ReadonlyMap<string, PlannedLeg>;

function pushCrossing(plan: Plan, crossing: Shared, number: number | null): Plan {
  const tags = new Map([...crossing].map(([id, one]) => [id, requestTag(plan, one, number)] as const));
  return mapLegs(plan, (leg) => {
    const tag = tags.get(leg.id);
    const built = leg.needs.flatMap((id) => crossing.get(id) ?? []);
    // Of a dependency with several legs, one tag stands for all of them.
    const renamed = built
      .map((one) => ({ one, variable: tagVariable(one.output.name) }))
      .filter(({ one, variable }) => leg.dependencyTags[variable] === one.leg.tag)
      .map(({ one, variable }) => [variable, tags.get(one.leg.id) ?? one.leg.tag] as const);
    return {
      ...leg,
      ...(tag !== undefined && { tag, shared: true }),
      dependencyTags: { ...leg.dependencyTags, ...Object.fromEntries(renamed) },
    };
  });
}

/** `api-mr7-a1b2c3d-amd64`: the next push to the branch gets another, and a cleanup policy finds them all. */
function requestTag({ layout }: Plan, { image, output, leg }: PlannedLeg, number: number | null): string {
  const name = layout === 'tag' ? `${output.name}-` : '';
  return cleanTag(`${name}mr${number ?? ''}-${image.revision.slice(0, 7)}-${platformArch(leg.platform)}`);
}

function cutCrossing(plan: Plan, crossing: Shared): Plan {
  const cut = mapLegs(plan, (leg) => cutLeg(plan, crossing, leg));
  const losses = cut.images.flatMap((image) => listLosses(plan, crossing, image));
  const jobOf = new Map(cut.jobs.flatMap(({ id, legs }) => legs.map((leg) => [leg, id] as const)));
  const needsOf = new Map(
    cut.images.flatMap(({ legs }) => legs.map(({ id, needs }) => [id, needs] as const)),
  );
  return {
    ...cut,
    jobs: cut.jobs.map((job) => {
      const needed = job.legs.flatMap((leg) => needsOf.get(leg) ?? []).map((leg) => jobOf.get(leg));
      return { ...job, needs: job.needs.filter((id) => needed.includes(id)) };
    }),
    fallbacks: [...cut.fallbacks, ...losses.filter(isRead(cut)).map(({ fallback }) => fallback)],
    warnings: [...cut.warnings, ...losses.map(({ warning }) => warning)],
  };
}

function cutLeg({ layout }: Plan, crossing: Shared, leg: PlanLeg): PlanLeg {
  const lost = leg.needs.flatMap((id) => crossing.get(id) ?? []);
  const last = lost.map(({ output }) => [tagVariable(output.name), fallbackTag(layout, output.name)]);
  return {
    ...leg,
    needs: leg.needs.filter((id) => !crossing.has(id)),
    dependencyTags: { ...leg.dependencyTags, ...Object.fromEntries(last) },
  };
}

interface Loss {
  readonly fallback: Plan['fallbacks'][number];
  readonly warning: string;
}

/** Of one image, each thing that it is built on once. */
function listLosses({ layout, images }: Plan, crossing: Shared, { name }: PlanImage): readonly Loss[] {
  const legs = images.find((image) => image.name === name)?.legs ?? [];
  const outputs = new Set(legs.flatMap(({ needs }) => needs.flatMap((id) => crossing.get(id)?.output ?? [])));
  return [...outputs].map((output) => {
    const tag = fallbackTag(layout, output.name);
    return {
      fallback: { image: name, dependency: output.name, repository: output.repository, tag },
      warning: `${name} is built on the last published ${output.name} (${tag}), not on the one of this merge request: this run may not push ${output.name} for the job that needs it`,
    };
  });
}

/** What is only built before it, and not read, need not be there. */
function isRead({ images }: Plan): (loss: Loss) => boolean {
  const filled = new Map(images.map(({ name, filledArguments }) => [name, filledArguments ?? null]));
  return ({ fallback }) => {
    const declared = filled.get(fallback.image) ?? null;
    return declared === null || declared.includes(tagVariable(fallback.dependency));
  };
}

function mapLegs(plan: Plan, change: (leg: PlanLeg) => PlanLeg): Plan {
  return { ...plan, images: plan.images.map((image) => ({ ...image, legs: image.legs.map(change) })) };
}

import type { Settings } from '../config/settings.ts';
import { JOB_KINDS, type JobKind, type PlanJob } from '../domain/plan.ts';
import { platformArch, PLATFORMS, type Platform } from '../domain/platform.ts';
import { findHome, placeLegs, splitComponents, type JobLeg, type Placed } from './lanes.ts';

export type { JobLeg };
export type JobSettings = Pick<Settings, 'runners' | 'maxJobs' | 'fanOut' | 'kanikoJobs'>;

/** Legs that stay on one runner. */
type Bundle = readonly Placed[];

/**
 * Spreads the legs of a run, which come in dependency order, over runners: what depends on each other stays together,
 * the rest is shared out evenly, the largest first. At most `maxJobs` runners of an architecture start at once; later
 * rounds, which only exist where a chain changes machines, have as many again.
 */
export function spreadLegs(legs: readonly JobLeg[], settings: JobSettings): readonly PlanJob[] {
  const home = settings.fanOut === 'single' ? findHome(legs.filter(({ movable }) => movable)) : undefined;
  const order = new Map(legs.map(({ id }, at) => [id, at]));
  const placed = splitComponents(legs).map((component) => placeLegs(component, home));
  const machines = PLATFORMS.flatMap((lane) => JOB_KINDS.map((kind) => ({ lane, kind })));
  const jobs = machines.flatMap(({ lane, kind }) =>
    shareOut(bundle(placed, { lane, kind }, home), settings.maxJobs).map((job, at) => ({
      id: `${kind === 'node' ? '' : `${kind}-`}${platformArch(lane)}-${at + 1}`,
      platform: lane,
      kind,
      runner: [...settings.runners[lane]],
      legs: [...job].sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0)),
    })),
  );
  return withNeeds(jobs);
}

interface Machine {
  readonly lane: Platform;
  readonly kind: JobKind;
}

/** The bundles of one kind of machine, by level. On the home machine, all that was moved there is one. */
function bundle(
  components: readonly (readonly Placed[])[],
  machine: Machine,
  home: Platform | undefined,
): readonly (readonly Bundle[])[] {
  const levels: Bundle[][] = [];
  const moved: Placed[] = [];
  for (const component of components) {
    const here = component.filter(({ lane, kind }) => lane === machine.lane && kind === machine.kind);
    const isMoved = machine.lane === home && here.some((leg) => leg.movable && leg.level === 0);
    for (const [level, legs] of groupByLevel(here)) {
      if (isMoved && level === 0) moved.push(...legs);
      else (levels[level] ??= []).push(legs);
    }
  }
  if (moved.length > 0) (levels[0] ??= []).push(moved);
  return [...levels].map((bundles) => bundles ?? []);
}

function groupByLevel(legs: readonly Placed[]): ReadonlyMap<number, readonly Placed[]> {
  const groups = new Map<number, Placed[]>();
  for (const leg of legs) {
    const known = groups.get(leg.level);
    if (known === undefined) groups.set(leg.level, [leg]);
    else known.push(leg);
  }
  return groups;
}

function shareOut(levels: readonly (readonly Bundle[])[], maxJobs: number): readonly Bundle[] {
  return levels.flatMap((bundles) => balance(bundles, Math.max(1, maxJobs)));
}

/** Longest processing time first: never more than 4/3 of the best possible. Legs count one each. */
function balance(bundles: readonly Bundle[], most: number): readonly Bundle[] {
  const runners = Array.from({ length: Math.min(most, bundles.length) }, (): Placed[] => []);
  for (const legs of [...bundles].sort((a, b) => b.length - a.length)) {
    const least = runners.reduce<Placed[] | undefined>(
      (best, runner) => (best === undefined || runner.length < best.length ? runner : best),
      undefined,
    );
    least?.push(...legs);
  }
  return runners;
}

type Unlinked = Omit<PlanJob, 'legs' | 'needs'> & { readonly legs: Bundle };

function withNeeds(jobs: readonly Unlinked[]): readonly PlanJob[] {
  const jobOf = new Map(jobs.flatMap((job) => job.legs.map((leg) => [leg.id, job.id] as const)));
  return jobs.map(({ legs, ...job }) => {
    const needed = legs.flatMap((leg) => leg.needs.map((id) => jobOf.get(id) ?? job.id));
    return {
      ...job,
      legs: legs.map(({ id }) => id),
      needs: [...new Set(needed)].filter((id) => id !== job.id),
    };
  });
}

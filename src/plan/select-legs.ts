import type { Plan, PlanLeg } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import type { Platform } from '../domain/platform.ts';

export interface LegSelection {
  readonly platform: Platform | undefined;
  /** Id of a job of the plan. */
  readonly job: string | undefined;
}

/** Whether a leg belongs to this run: all do, or those of one platform, or those of one job. */
export function selectLegs(plan: Plan, { platform, job }: LegSelection): (leg: PlanLeg) => boolean {
  const ids = job === undefined ? undefined : legsOfJob(plan, job);
  return (leg) => (platform ?? leg.platform) === leg.platform && (ids?.has(leg.id) ?? true);
}

export function legsOfJob(plan: Plan, job: string): ReadonlySet<string> {
  const found = plan.jobs.find(({ id }) => id === job);
  if (found) return new Set(found.legs);
  const known = plan.jobs.map(({ id }) => id).join(', ');
  throw new HephyError('USAGE', `--job ${job}: the plan has no such job`, {
    hint: known === '' ? 'The plan has no jobs: there is nothing to build.' : `Jobs of the plan: ${known}.`,
  });
}

import type { Plan, PlanImage } from '../domain/plan.ts';
import { platformArch } from '../domain/platform.ts';
import type { LegResult, Problem } from '../domain/result.ts';
import type { Failure } from '../report/failures.ts';

/** GitHub shows only ten annotations of a step; the summary lists all failures. */
const MOST_ANNOTATIONS = 10;

export interface AnnotatedJob {
  readonly plan: Plan;
  /** In the step `build`: the job of the plan whose legs were built. */
  readonly job?: string | undefined;
  /** An earlier job failed, and has already annotated why its images are missing. */
  readonly buildFailed?: boolean | undefined;
}

/** Lists one annotation for each failure of the run, although the jobs of the run cannot exchange failures. */
export function listAnnotations(failures: readonly Failure[], annotated: AnnotatedJob): Problem[] {
  return failures
    .filter((failure) => !isAnnotatedElsewhere(failure, annotated))
    .slice(0, MOST_ANNOTATIONS)
    .map(describeFailure);
}

/** The first line is the cause, so that it is the same in every run with this failure. */
function describeFailure({ title, legs, problem, lastLines }: Failure): Problem {
  const subject = legs.length === 0 ? title : `${legs.map(({ id }) => id).join(', ')} failed`;
  return { ...problem, message: [`${subject}: ${problem.message}`, ...lastLines].join('\n') };
}

/** Annotated by the job of the missing leg, or by the job that builds the same source for the first platform. */
function isAnnotatedElsewhere(failure: Failure, { plan, job, buildFailed }: AnnotatedJob): boolean {
  if (failure.legs.length === 0)
    return buildFailed === true && failure.problem.code === 'MANIFEST_MISSING_LEG';
  const image = plan.images.find(({ name }) => name === failure.image);
  if (image === undefined || job === undefined || !isMistakeInSource(failure, image)) return false;
  return failure.legs.every((leg) => hasEarlierLeg(image, leg, plan.jobs.find(({ id }) => id === job)?.legs));
}

/**
 * Wrong configs and source files that do not compile fail on every platform. A step of a Dockerfile may fail on one
 * platform only, and so may a file with an architecture in its name, such as `sum_arm64.s`.
 */
function isMistakeInSource({ problem: { at, code }, legs }: Failure, { source }: PlanImage): boolean {
  if (code.startsWith('CONFIG_')) return true;
  if (at === undefined || at.file === source.dockerfile) return false;
  return legs.every(({ platform }) => !at.file.includes(platformArch(platform)));
}

function hasEarlierLeg(
  { legs }: PlanImage,
  { id, target }: LegResult,
  here: readonly string[] = [],
): boolean {
  const before = legs.slice(
    0,
    legs.findIndex((leg) => leg.id === id),
  );
  return before.some((leg) => leg.target === target && leg.unchanged === undefined && !here.includes(leg.id));
}

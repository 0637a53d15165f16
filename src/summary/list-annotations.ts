import type { Plan, PlanImage } from '../domain/plan.ts';
import { platformArch } from '../domain/platform.ts';
import type { LegResult, Problem } from '../domain/result.ts';
import type { Failure } from '../report/failures.ts';

/** GitHub shows ten annotations of a step; the summary has the others. */
const MOST_ANNOTATIONS = 10;

export interface AnnotatedJob {
  readonly plan: Plan;
  /** Of the step `build`: the job of the plan whose legs it built. */
  readonly job?: string | undefined;
  /** A job before this one failed, and has annotated why its images are missing. */
  readonly buildFailed?: boolean | undefined;
}

/** One annotation for each failure of the run, although its jobs do not know of each other. */
export function listAnnotations(failures: readonly Failure[], annotated: AnnotatedJob): Problem[] {
  return failures
    .filter((failure) => !isAnnotatedElsewhere(failure, annotated))
    .slice(0, MOST_ANNOTATIONS)
    .map(describeFailure);
}

/** The cause in the first line, which is the same in every run that fails alike. */
function describeFailure({ title, legs, problem, lastLines }: Failure): Problem {
  const subject = legs.length === 0 ? title : `${legs.map(({ id }) => id).join(', ')} failed`;
  return { ...problem, message: [`${subject}: ${problem.message}`, ...lastLines].join('\n') };
}

/** By the job of the missing leg, or by the job that builds the same source for the image's first platform. */
function isAnnotatedElsewhere(failure: Failure, { plan, job, buildFailed }: AnnotatedJob): boolean {
  if (failure.legs.length === 0)
    return buildFailed === true && failure.problem.code === 'MANIFEST_MISSING_LEG';
  const image = plan.images.find(({ name }) => name === failure.image);
  if (image === undefined || job === undefined || !isMistakeInSource(failure, image)) return false;
  return failure.legs.every((leg) => hasEarlierLeg(image, leg, plan.jobs.find(({ id }) => id === job)?.legs));
}

/**
 * Configs and source files that do not compile fail on every platform; a step of a Dockerfile may fail on one alone, and
 * so may a file that is named for its architecture.
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

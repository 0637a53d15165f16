import { listPlannedLegs, type PlannedLeg } from '../domain/planned-leg.ts';
import type { Plan, PlanJob } from '../domain/plan.ts';
import { tagFile } from '../domain/tag-file.ts';

/** What `prepare` leaves as its artifact, and every job finds in its checkout. */
export const RUN_DIRECTORY = '.hephy/run';
/** In it. */
export const PLAN_FILE = 'plan.json';
/** hephy-builder itself: a job that follows runs the same version, and fetches nothing. */
export const BUNDLE_FILE = 'hephy.mjs';
export const SOURCES_DIRECTORY = 'sources';
/** For a job that deploys. */
export const IMAGES_FILE = 'images.env';
/** For jobs written for the first version; they come with the rest of prepare's artifact, into every checkout. */
export const FORMER_FILES = ['dirs.txt', 'need_amd64.txt', 'need_arm64.txt'] as const;
/** What GitLab starts as the child pipeline. */
export const PIPELINE_FILE = 'pipeline.yml';

/** Where an upstream's files are in a job of kaniko, which leaves its own directory out of every image. */
export function unpackedSource(archive: string): string {
  return `/kaniko/run/sources/${archive.replace(/\.tar$/, '')}`;
}

/** Where kaniko leaves the digest of a leg. */
export function digestFile(leg: string): string {
  return `/kaniko/run/digests/${slugOf(leg)}.txt`;
}

/** A leg's id as the name of a file; the shell of kaniko's jobs says it the same way. */
export function slugOf(leg: string): string {
  return leg.replaceAll('/', '-');
}

export interface JobLeg extends PlannedLeg {
  /** v1's name for the file with its tag, which says that it was built. */
  readonly tagFile: string;
}

/** The legs of a job, in the order that they are built in. */
export function legsOf(plan: Plan, job: PlanJob): readonly JobLeg[] {
  const known = new Map(listPlannedLegs(plan.images).map((planned) => [planned.leg.id, planned]));
  return job.legs.flatMap((id) => {
    const found = known.get(id);
    if (found === undefined) return [];
    return { ...found, tagFile: tagFile({ ...found.leg, image: found.image.name }) };
  });
}

import { listPlannedLegs, type PlannedLeg } from '../domain/planned-leg.ts';
import type { Plan, PlanJob } from '../domain/plan.ts';
import { tagFile } from '../domain/tag-file.ts';

/** The artifact of `prepare`, which GitLab puts into the checkout of every job. */
export const RUN_DIRECTORY = '.hephy/run';
/** In `.hephy/run`. */
export const PLAN_FILE = 'plan.json';
/** hephy-builder itself, so that later jobs run the same version without a download. */
export const BUNDLE_FILE = 'hephy.mjs';
export const SOURCES_DIRECTORY = 'sources';
/** For a job that deploys. */
export const IMAGES_FILE = 'images.env';
/** Files for jobs written for version 1. They are part of the artifact of `prepare`, so they are in every checkout. */
export const FORMER_FILES = ['dirs.txt', 'need_amd64.txt', 'need_arm64.txt'] as const;
/** The child pipeline that GitLab starts. */
export const PIPELINE_FILE = 'pipeline.yml';

/** The directory of an upstream's files in a kaniko job: in kaniko's own directory, which is in no image. */
export function unpackedSource(archive: string): string {
  return `/kaniko/run/sources/${archive.replace(/\.tar$/, '')}`;
}

/** The file to which kaniko writes the digest of a leg. */
export function digestFile(leg: string): string {
  return `/kaniko/run/digests/${slugOf(leg)}.txt`;
}

/** A leg's id as a file name; `slug` in the shell of kaniko jobs does the same. */
export function slugOf(leg: string): string {
  return leg.replaceAll('/', '-');
}

export interface JobLeg extends PlannedLeg {
  /** The file with the tag of the leg, named as in version 1. It exists if the leg was built. */
  readonly tagFile: string;
}

/** The legs of a job in build order. */
export function legsOf(plan: Plan, job: PlanJob): readonly JobLeg[] {
  const known = new Map(listPlannedLegs(plan.images).map((planned) => [planned.leg.id, planned]));
  return job.legs.flatMap((id) => {
    const found = known.get(id);
    if (found === undefined) return [];
    return { ...found, tagFile: tagFile({ ...found.leg, image: found.image.name }) };
  });
}

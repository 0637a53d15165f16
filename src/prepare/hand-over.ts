import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../domain/plan.ts';
import {
  BUNDLE_FILE,
  IMAGES_FILE,
  PIPELINE_FILE,
  PLAN_FILE,
  RUN_DIRECTORY,
  SOURCES_DIRECTORY,
} from '../pipeline/files.ts';
import { makeOwnDirectory, unwritable } from '../session/own-directory.ts';
import { packSources } from './pack-sources.ts';
import type { SourcesOptions } from '../sources/sources.ts';

export interface HandOver extends SourcesOptions {
  /** Of the bundle that runs. */
  readonly program: string;
  readonly plan: Plan;
  /** The child pipeline. */
  readonly pipeline: string;
  /** Variables of a shell, for a job that deploys. */
  readonly images: string;
}

/** Anew: what an earlier run left in a checkout that is used again is none of this run's. */
export async function handOver(given: HandOver): Promise<void> {
  const { root, program, plan, pipeline, images } = given;
  const directory = join(root, RUN_DIRECTORY);
  await rm(directory, { recursive: true, force: true });
  await makeOwnDirectory(root, RUN_DIRECTORY);
  await packSources(given, join(directory, SOURCES_DIRECTORY));
  try {
    await writeFile(join(directory, PLAN_FILE), JSON.stringify(plan), { flag: 'wx' });
    await writeFile(join(directory, PIPELINE_FILE), pipeline, { flag: 'wx' });
    await writeFile(join(directory, IMAGES_FILE), images, { flag: 'wx' });
    await copyFile(program, join(directory, BUNDLE_FILE));
  } catch (error) {
    throw unwritable(RUN_DIRECTORY, error);
  }
}

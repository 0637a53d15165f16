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
  /** The path of the running bundle. */
  readonly program: string;
  readonly plan: Plan;
  /** The child pipeline. */
  readonly pipeline: string;
  /** Shell variables, for a job that deploys. */
  readonly images: string;
}

/** Writes the files for the child pipeline into an empty directory: a reused checkout may have files of an earlier run. */
export async function handOver(files: HandOver): Promise<void> {
  const { root, program, plan, pipeline, images } = files;
  const directory = join(root, RUN_DIRECTORY);
  await rm(directory, { recursive: true, force: true });
  await makeOwnDirectory(root, RUN_DIRECTORY);
  await packSources(files, join(directory, SOURCES_DIRECTORY));
  try {
    await writeFile(join(directory, PLAN_FILE), JSON.stringify(plan), { flag: 'wx' });
    await writeFile(join(directory, PIPELINE_FILE), pipeline, { flag: 'wx' });
    await writeFile(join(directory, IMAGES_FILE), images, { flag: 'wx' });
    await copyFile(program, join(directory, BUNDLE_FILE));
  } catch (error) {
    throw unwritable(RUN_DIRECTORY, error);
  }
}

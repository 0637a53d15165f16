import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../../domain/plan.ts';
import { makeOwnDirectory, unwritable } from '../own-directory.ts';

/** What the job that plans leaves for those that follow, as artifacts of GitLab's. */
export const RUN_DIRECTORY = '.hephy/run';
export const RUN_FILES = {
  plan: `${RUN_DIRECTORY}/plan.json`,
  /** hephy-builder itself: a job that follows runs the same version, and fetches nothing. */
  program: `${RUN_DIRECTORY}/hephy.mjs`,
} as const;

export interface HandOver {
  readonly root: string;
  /** Of the bundle that runs. */
  readonly program: string;
  readonly plan: Plan;
}

/** Anew: what an earlier run left in a checkout that is used again is none of this run's. */
export async function handOver({ root, program, plan }: HandOver): Promise<void> {
  await rm(join(root, RUN_DIRECTORY), { recursive: true, force: true });
  await makeOwnDirectory(root, RUN_DIRECTORY);
  try {
    await writeFile(join(root, RUN_FILES.plan), JSON.stringify(plan), { flag: 'wx' });
    await copyFile(program, join(root, RUN_FILES.program));
  } catch (error) {
    throw unwritable(RUN_DIRECTORY, error);
  }
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../../../src/domain/plan.ts';
import { createTempDir } from '../../support/git-repo.ts';
import { checkOut } from '../check-out.ts';
import type { Performance, Surface } from '../scenario.ts';
import { askHephy, eventFlags } from './command-line.ts';

/** The steps of a run by hand, each in a clone of its own: whatever passes from one to the next is the plan or the registry. */
export const steps: Surface = {
  name: 'prepare, build --job and manifest by hand',
  run: async (performance) => {
    const flags = await eventFlags(performance.story);
    const plan: Plan = JSON.parse(await askHephy(performance, ['prepare', '--json', ...flags]));
    const file = join(await createTempDir(), 'plan.json');
    await writeFile(file, JSON.stringify(plan));
    for (const { id } of plan.jobs)
      await onAnotherMachine(performance, ['build', '--plan', file, '--job', id]);
    if (publishes(plan)) await onAnotherMachine(performance, ['manifest', '--plan', file]);
    return { plan, jobs: plan.jobs.map(({ id }) => id) };
  },
  expectedJobs: ({ jobs }) => jobs,
};

/** As the output of the same name says it. */
function publishes({ run, images }: Plan): boolean {
  return run.push && images.length > 0;
}

async function onAnotherMachine(performance: Performance, args: readonly string[]): Promise<void> {
  await askHephy({ ...performance, checkout: await checkOut(performance.story) }, args);
}

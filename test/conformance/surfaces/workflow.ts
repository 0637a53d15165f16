import type { Surface } from '../scenario.ts';
import { REUSABLE_WORKFLOW } from '../shop.ts';
import { planOf, play } from './action.ts';

/** The reusable workflow: a machine for each job of the plan, and no other. */
export const workflow: Surface = {
  name: 'the reusable workflow',
  run: async (performance) => {
    const done = await play(performance, REUSABLE_WORKFLOW);
    return { plan: planOf(done), jobs: done.jobs.map(({ id }) => id) };
  },
  expectedJobs: ({ jobs, tags }) => [
    'prepare',
    ...jobs.map((id) => `build ${id}`),
    ...(tags.length > 0 ? ['manifest'] : []),
    'hephy',
  ],
};

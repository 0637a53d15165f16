import { decodePlan } from '../../../src/plan/encode.ts';
import { type ActResult, runAct } from '../../support/act.ts';
import type { Performance, Surface } from '../scenario.ts';
import { ACTION_WORKFLOW } from '../shop.ts';
import { describeForGithub } from './github-events.ts';

/** The action with `step: all`: one job on one machine. */
export const action: Surface = {
  name: 'the action in one job',
  run: async (performance) => {
    const done = await play(performance, ACTION_WORKFLOW);
    return { plan: planOf(done), jobs: done.jobs.map(({ id }) => id) };
  },
  expectedJobs: () => ['images'],
};

/** Runs one of the shop's workflows; what differs from scenario to scenario comes in by variables. */
export async function play(performance: Performance, workflow: string): Promise<ActResult> {
  const { checkout, env, registry, inputs, story, world } = performance;
  const vars = { REGISTRY: registry, ...variablesOf(inputs) };
  const { event, payload } = describeForGithub(performance);
  const repositories = { 'acme/shop': story.origin };
  const place = { cwd: checkout, project: world.project, repositories };
  const done = await runAct({ ...place, workflow, event, payload, vars, env });
  if (done.code !== 0) throw new Error(`act exited ${done.code}:\n${done.log}`);
  return done;
}

export function planOf(done: ActResult): ReturnType<typeof decodePlan> {
  const text = done.output('plan');
  if (text === undefined) throw new Error(`no step set the output plan:\n${done.log}`);
  return decodePlan(text);
}

/** `push` → `PUSH`: what the shop's workflows hand on as an input; what is not set is empty there, and so is absent. */
function variablesOf(inputs: Performance['inputs']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name.toUpperCase().replaceAll('-', '_'), value]),
  );
}

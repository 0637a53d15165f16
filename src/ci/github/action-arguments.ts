import { HephyError } from '../../errors.ts';
import type { Env } from '../../system/env.ts';

/** An input as GitHub hands it over; one that is not there is empty. */
export function readInput(env: Env, name: string): string {
  return env[`INPUT_${name.toUpperCase()}`]?.trim() ?? '';
}

/** The command line that a step means. What is no step goes through as it is: the command line judges it. */
export function actionArguments(env: Env, plan: string | null): readonly string[] {
  const step = readInput(env, 'step');
  switch (step) {
    case 'all':
      return ['build'];
    case 'build':
      return ['build', '--plan', requirePlan(plan, step), '--job', requireJob(readInput(env, 'job'))];
    case 'manifest':
      return ['manifest', '--plan', requirePlan(plan, step)];
    default:
      return [step];
  }
}

function requirePlan(plan: string | null, step: string): string {
  if (plan !== null) return plan;
  throw new HephyError('USAGE', `step ${step}: the input plan is empty`, {
    hint:
      'Pass it on: plan: ${{ needs.prepare.outputs.plan }}. If prepare made one, GitHub dropped it, because a masked value ' +
      'stands in it: look for "Skip output" in its log.',
  });
}

function requireJob(job: string): string {
  if (job !== '') return job;
  throw new HephyError('USAGE', 'step build: the input job is empty', {
    hint: 'Name one of the matrix: job: ${{ matrix.id }}. To build everything in one job: step: all.',
  });
}

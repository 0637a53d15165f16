import { HephyError } from '../../errors.ts';

export interface ActionInputs {
  readonly step: string;
  readonly job: string;
  /** The file with the plan; null if the input is empty. */
  readonly plan: string | null;
}

/** The command line for a step. An unknown step is passed on: the command line reports it. */
export function actionArguments({ step, job, plan }: ActionInputs): readonly string[] {
  switch (step) {
    case 'all':
      return ['build'];
    case 'build':
      return ['build', '--plan', requirePlan(plan, step), '--job', requireJob(job)];
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
      'Set plan: ${{ needs.prepare.outputs.plan }}. If prepare created a plan, GitHub dropped it, because it contains ' +
      'a masked value: look for "Skip output" in the log of prepare.',
  });
}

function requireJob(job: string): string {
  if (job !== '') return job;
  throw new HephyError('USAGE', 'step build: the input job is empty', {
    hint: 'Set job: ${{ matrix.id }}. To build everything in one job, set step: all.',
  });
}

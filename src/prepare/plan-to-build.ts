import { resolveHead } from '../changes/head.ts';
import type { Plan } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import { type Invoked, isSet, textFlag } from '../session/invoked.ts';
import { loadRunContext, type RunContext } from '../session/run-context.ts';
import { prepare, type Prepared } from './prepare.ts';
import { readPlan } from './read-plan.ts';

export type PlanToBuild = Pick<Prepared, 'plan' | 'runContext'>;

/** The plan of `--plan`, else a new one; in both cases it is for the commit that is checked out. */
export async function obtainPlanToBuild(invoked: Invoked): Promise<PlanToBuild> {
  const found =
    textFlag(invoked.flags, 'plan') === undefined
      ? await prepare(invoked, { upstreams: 'required' })
      : { plan: await readPlan(invoked), runContext: await loadRunContext(invoked) };
  await requireCheckedOut(found.plan, found.runContext);
  const { plan, runContext } = found;
  const rebuild = isSet(invoked.flags, 'rebuild');
  return { runContext, plan: rebuild ? { ...plan, run: { ...plan.run, rebuild } } : plan };
}

/** The build reads the working tree: a plan for another commit would name the wrong source. */
async function requireCheckedOut(plan: Plan, { repo, event, head }: RunContext): Promise<void> {
  if (repo.bare) {
    throw new HephyError('NOT_A_REPOSITORY', `${repo.root} is a bare repository: nothing is checked out`, {
      hint: 'Clone it, and build in the clone; `hephy plan` works here.',
    });
  }
  const checkedOut =
    event.sha === null ? head : await resolveHead(repo, { ...event, kind: 'push', sha: null });
  const { sha } = checkedOut;
  if (plan.run.sha === sha) return;
  throw new HephyError('GIT_REVISION', `the plan is for ${plan.run.sha}, but ${sha} is checked out`, {
    hint: `git checkout ${plan.run.sha}, and build again.`,
  });
}

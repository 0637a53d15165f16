import type { Ci } from '../ci/ci.ts';
import { replanJobs } from '../plan/jobs.ts';
import { type Invoked, textFlag } from '../session/invoked.ts';
import type { RunContext } from '../session/run-context.ts';
import type { Plan, PlanJob } from '../domain/plan.ts';
import { platformArch } from '../domain/platform.ts';
import { encodePlan } from '../plan/encode.ts';

/** Sets the outputs that start the next jobs. GitLab has the child pipeline instead: a plan is too large for a dotenv. */
export function writeOutputs(plan: Plan, ci: Pick<Ci, 'id' | 'setOutput'>): void {
  if (ci.id !== 'github') return;
  const names = plan.images.flatMap(({ outputs }) => outputs.map(({ name }) => name));
  ci.setOutput('plan', encodePlan(plan));
  ci.setOutput('matrix', JSON.stringify({ include: plan.jobs.map(describeJob) }));
  ci.setOutput('build', String(plan.jobs.length > 0));
  ci.setOutput('publish', String(plan.run.push && names.length > 0));
  ci.setOutput('images', JSON.stringify(names));
}

/** A job that plans and builds has the outputs of `prepare` too, because later jobs may read either. */
export function writePlanOutputs(
  { flags }: Pick<Invoked, 'flags'>,
  plan: Plan,
  { settings, ci }: Pick<RunContext, 'settings' | 'ci'>,
): void {
  if (textFlag(flags, 'plan') === undefined) writeOutputs(replanJobs(plan, settings), ci);
}

/** One machine of the matrix, and how its job is called. */
function describeJob({ id, platform, runner, legs }: PlanJob): Record<string, unknown> {
  const arch = platformArch(platform);
  return { id, platform, arch, runner, title: titleOf(legs) };
}

const NAMES_SHOWN = 3;

/** `base, api, web and 4 more`: GitHub shows the titles of jobs in a narrow column. */
function titleOf(legs: readonly string[]): string {
  const names = [...new Set(legs.map((id) => id.slice(0, id.lastIndexOf('/'))))];
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  return names.length > NAMES_SHOWN ? `${shown} and ${names.length - NAMES_SHOWN} more` : shown;
}

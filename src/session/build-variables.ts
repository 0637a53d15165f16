import { tagVariables } from '../ci/tag-variables.ts';
import type { Plan } from '../domain/plan.ts';
import type { Env } from '../system/env.ts';
import type { RunContext } from './run-context.ts';
import type { Invoked } from './invoked.ts';

/** For `${VAR}`: the environment, and what GitHub and GitLab call the same things, under both names. */
export function buildVariables(
  { env }: Pick<Invoked, 'env'>,
  around: Pick<RunContext, 'event'>,
  plan: Plan,
): Env {
  const event = { ...around.event, kind: plan.run.event };
  return { ...env, ...tagVariables({ event, head: plan.run, env }) };
}

import { tagVariables } from '../ci/tag-variables.ts';
import type { Plan } from '../domain/plan.ts';
import type { Env } from '../system/env.ts';
import type { RunContext } from './run-context.ts';
import type { Invoked } from './invoked.ts';

/** The values of `${VAR}`: the environment, and the variables of GitHub and GitLab, under the names of both. */
export function buildVariables(
  { env }: Pick<Invoked, 'env'>,
  runContext: Pick<RunContext, 'event'>,
  plan: Plan,
): Env {
  const event = { ...runContext.event, kind: plan.run.event };
  return { ...env, ...tagVariables({ event, head: plan.run, env }) };
}

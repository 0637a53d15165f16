import type { Plan, PlanJob } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import type { Job, PipelineInput } from './input.ts';

/** GitLab's own limit, which administrators may raise: https://docs.gitlab.com/ci/yaml/#needs */
const MOST_NEEDS = 50;

/** Retries a job if the runner failed. A build that failed by itself would fail again. */
export const PATIENCE: Job = { retry: { max: 2, when: ['runner_system_failure'] } };

/** Jobs need one commit only: `prepare` has read the history, and the plan contains the results. */
export const SHALLOW: Readonly<Record<string, string>> = { GIT_DEPTH: '1' };

export const KEPT = '1 week';

/** The artifacts of the job in the parent pipeline that made the plan. */
export function needPlan({ prepareJob }: PipelineInput): Job {
  return { pipeline: '$PARENT_PIPELINE_ID', job: prepareJob, artifacts: true };
}

/** Artifacts of the needed jobs show which legs were built, so a job starts even if some of these jobs failed. */
export function waitFor(input: PipelineInput, ids: readonly string[], first: readonly Job[] = []): Job {
  const needs = [...first, ...ids.map((id) => ({ job: input.prefix + id, artifacts: true }))];
  if (needs.length > MOST_NEEDS) throw tooMany(needs.length);
  return { needs, ...(ids.length > 0 && { when: 'always' }) };
}

/** OpenID tokens of GitLab, for registries that accept them as a login. */
export function proofs({ idTokens }: PipelineInput): Job {
  return Object.keys(idTokens).length === 0 ? {} : { id_tokens: idTokens };
}

export function tagsOf(tags: readonly string[]): Job {
  return tags.length === 0 ? {} : { tags: [...tags] };
}

export function findJobs({ jobs }: Plan, ids: readonly string[]): readonly PlanJob[] {
  return jobs.filter(({ id }) => ids.includes(id));
}

function tooMany(count: number): HephyError {
  return new HephyError(
    'CONFIG_LIMIT',
    `a job would need ${count} other jobs, but GitLab allows ${MOST_NEEDS}`,
    {
      hint: 'Reduce the number of build jobs with max_jobs.',
    },
  );
}

import type { Plan, PlanJob } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import type { Job, PipelineInput } from './input.ts';

/** GitLab's own limit, which administrators may raise: https://docs.gitlab.com/ci/yaml/#needs */
const MOST_NEEDS = 50;

/** Networks and machines fail; a build that failed by itself fails again. */
export const PATIENCE: Job = { retry: { max: 2, when: ['runner_system_failure'] } };

/** Only one commit is looked at: the plan knows all that the history had to say. */
export const SHALLOW: Readonly<Record<string, string>> = { GIT_DEPTH: '1' };

export const KEPT = '1 week';

/** The artifacts of the job that made the plan, which is in the pipeline above. */
export function needPlan({ prepareJob }: PipelineInput): Job {
  return { pipeline: '$PARENT_PIPELINE_ID', job: prepareJob, artifacts: true };
}

/** What the jobs it needs have left tells a job what it may build on, so it starts even where some of that failed. */
export function waitFor(input: PipelineInput, ids: readonly string[], first: readonly Job[] = []): Job {
  const needs = [...first, ...ids.map((id) => ({ job: input.prefix + id, artifacts: true }))];
  if (needs.length > MOST_NEEDS) throw tooMany(needs.length);
  return { needs, ...(ids.length > 0 && { when: 'always' }) };
}

/** For registries that take the word of GitLab for a login. */
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

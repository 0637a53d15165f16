import type { PlanJob } from '../domain/plan.ts';
import type { Job, PipelineInput } from './input.ts';
import { kanikoJob, kanikoTemplate, KANIKO_TEMPLATE } from './kaniko-job.ts';
import { nodeJob, nodeTemplate, NODE_TEMPLATE } from './node-job.ts';
import { idleJob, publishJob } from './publish-job.ts';
import { renderEntry } from './yaml.ts';

export type { JobImages, PipelineInput } from './input.ts';

/**
 * The child pipeline of a run: exactly the jobs that its plan needs, with the complete commands of kaniko jobs. `$` in
 * `script` is read by the shell only; in `variables` GitLab expands it first.
 */
export function renderPipeline(input: PipelineInput): string {
  const entries = [...head(input), ...jobs(input)];
  return `# Made by hephy-builder for ${input.plan.run.sha}. Its jobs follow the plan in the same artifact.\n\n${entries.join('\n')}`;
}

/** Without `workflow: rules` a pipeline of a merge request would run no jobs. */
function head({ variables }: PipelineInput): readonly string[] {
  const escaped = Object.entries(variables).map(([name, value]) => [name, value.replaceAll('$', '$$$$')]);
  return [
    renderEntry('workflow', { rules: [{ when: 'always' }] }),
    renderEntry('stages', ['build', 'publish']),
    ...(escaped.length > 0 ? [renderEntry('variables', Object.fromEntries(escaped))] : []),
  ];
}

function jobs(input: PipelineInput): readonly string[] {
  const { plan, prefix, publishes } = input;
  if (plan.jobs.length === 0 && !publishes) return [renderEntry(`${prefix}nothing-to-do`, idleJob(input))];
  const kinds = new Set(plan.jobs.map(({ kind }) => kind));
  return [
    ...(kinds.has('kaniko') ? [renderEntry(KANIKO_TEMPLATE, kanikoTemplate(input))] : []),
    ...(kinds.has('node') || publishes ? [renderEntry(NODE_TEMPLATE, nodeTemplate(input))] : []),
    ...plan.jobs.map((job) => renderEntry(prefix + job.id, describeJob(input, job), job.legs.join(', '))),
    ...(publishes ? [renderEntry(`${prefix}manifest`, publishJob(input))] : []),
  ];
}

function describeJob(input: PipelineInput, job: PlanJob): Job {
  return job.kind === 'kaniko' ? kanikoJob(input, job) : nodeJob(input, job);
}

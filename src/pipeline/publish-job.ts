import { KEPT, needPlan, SHALLOW, tagsOf, waitFor } from './common.ts';
import type { Job, PipelineInput } from './input.ts';
import { NODE_TEMPLATE, PLAN_PATH } from './node-job.ts';

/** Runs even if builds failed: it publishes the complete images, and the tags of the others stay unchanged. */
export function publishJob(input: PipelineInput): Job {
  const { plan, tags } = input;
  return {
    extends: NODE_TEMPLATE,
    stage: 'publish',
    ...tagsOf(tags),
    ...waitFor(
      input,
      plan.jobs.map(({ id }) => id),
      [needPlan(input)],
    ),
    // A cancelled job could leave some tags moved and others not.
    interruptible: false,
    timeout: '30 minutes',
    variables: SHALLOW,
    script: [`hephy manifest --plan ${PLAN_PATH}`],
    artifacts: {
      when: 'always',
      expire_in: KEPT,
      access: 'developer',
      expose_as: 'hephy-builder report',
      // hephy-images.json only exists if hephy.env is too small. A single file makes GitLab's link open the report.
      paths: ['hephy-report.html', 'hephy-images.json'],
      reports: { dotenv: 'hephy.env', codequality: 'hephy-code-quality.json' },
    },
  };
}

/** GitLab requires a job in a child pipeline; this one only needs a shell. */
export function idleJob({ images, tags }: PipelineInput): Job {
  return {
    stage: 'build',
    image: images.idle,
    ...tagsOf(tags),
    variables: { GIT_STRATEGY: 'none' },
    interruptible: true,
    timeout: '10 minutes',
    script: ["echo 'Nothing to do: no image is affected by this run.'"],
  };
}

import { KEPT, needPlan, SHALLOW, tagsOf, waitFor } from './common.ts';
import type { Job, PipelineInput } from './input.ts';
import { NODE_TEMPLATE, PLAN_PATH } from './node-job.ts';

/** Whatever failed before it: the images that are whole are published, and the others keep the tags they had. */
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
    // Half of the tags moved is worse than none.
    interruptible: false,
    timeout: '30 minutes',
    variables: SHALLOW,
    script: [`hephy manifest --plan ${PLAN_PATH}`],
    artifacts: {
      when: 'always',
      expire_in: KEPT,
      access: 'developer',
      expose_as: 'hephy-builder report',
      // The second is there only where the variables do not hold all; alone, the report is what the link opens.
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

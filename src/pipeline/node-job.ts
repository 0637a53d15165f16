import { traitsOf } from '../backends/index.ts';
import { platformArch } from '../domain/platform.ts';
import { quoteWord } from '../domain/shell-quote.ts';
import type { PlanJob } from '../domain/plan.ts';
import { findJobs, KEPT, needPlan, PATIENCE, proofs, SHALLOW, tagsOf, waitFor } from './common.ts';
import { BUNDLE_FILE, FORMER_FILES, legsOf, PLAN_FILE, RUN_DIRECTORY, type JobLeg } from './files.ts';
import type { Job, PipelineInput } from './input.ts';

export const NODE_TEMPLATE = '.hephy-node';

/** `$PWD.tmp` is a directory of the runner outside the checkout, so its files cannot get into an image. */
const SHELL = `# The plan, the bundle and the caches are moved out of the checkout, because an image may contain the whole checkout
kept="$PWD.tmp/hephy"
if [ -d "$kept" ]; then chmod -R u+w "$kept" && rm -rf "$kept"; fi
mkdir -p "$kept" .hephy/cache
mv ${RUN_DIRECTORY} "$kept/run"
mv .hephy/cache "$kept/cache"
rm -rf .hephy/digests .hephy/logs ${FORMER_FILES.join(' ')}
export XDG_CACHE_HOME="$kept/cache" GOCACHE="$kept/cache/go-build" GOMODCACHE="$kept/cache/go-mod"
hephy() { node "$kept/run/${BUNDLE_FILE}" "$@"; }

# GitLab only caches files in the checkout, and Go makes its module files read-only
keep_cache() {
  chmod -R u+w "$kept/cache"
  mkdir -p .hephy
  rm -rf .hephy/cache
  mv "$kept/cache" .hephy/cache
}
`;

/** The path of the plan in the shell of a job. */
export const PLAN_PATH = `"$kept/run/${PLAN_FILE}"`;

/** Runs hephy-builder itself: the bundle that `prepare` ran, with the plan that `prepare` made. */
export function nodeTemplate(input: PipelineInput): Job {
  return {
    image: input.images.node,
    interruptible: true,
    timeout: '2 hours',
    ...PATIENCE,
    ...proofs(input),
    variables: SHALLOW,
    before_script: [SHELL],
  };
}

export function nodeJob(input: PipelineInput, job: PlanJob): Job {
  const legs = legsOf(input.plan, job);
  return {
    extends: NODE_TEMPLATE,
    stage: 'build',
    ...tagsOf(job.runner),
    ...waitFor(input, job.needs, [needPlan(input)]),
    ...withBuilder(input, legs),
    ...withCache(job),
    script: [
      ...takeTags(input, job),
      `hephy build --plan ${PLAN_PATH} --job ${quoteWord(job.id)}`,
      'keep_cache',
    ],
    artifacts: {
      when: 'always',
      expire_in: KEPT,
      access: 'developer',
      paths: ['.hephy/logs', ...legs.map(({ tagFile }) => tagFile)],
    },
  };
}

/** Removes the tag files of earlier jobs from the checkout, so that they cannot get into an image. */
function takeTags({ plan }: PipelineInput, job: PlanJob): readonly string[] {
  const files = findJobs(plan, job.needs).flatMap((needed) =>
    legsOf(plan, needed).map(({ tagFile }) => tagFile),
  );
  return files.length === 0 ? [] : [`rm -f ${files.map(quoteWord).join(' ')}`];
}

/**
 * Adds BuildKit as a service. A service shares only the network with the job, so it needs no more privileges than the
 * job, and the job can use the plain Node image. BuildKit has no login, but only this job can reach it.
 */
function withBuilder({ images, hasBuildkit }: PipelineInput, legs: readonly JobLeg[]): Job {
  if (hasBuildkit || !legs.some(({ image }) => traitsOf(image.backend).usesBuilder)) return {};
  return {
    services: [
      {
        name: images.buildkit,
        alias: 'buildkit',
        command: ['--addr', 'tcp://0.0.0.0:1234', '--oci-worker-no-process-sandbox'],
      },
    ],
    variables: { ...SHALLOW, BUILDKIT_HOST: 'tcp://buildkit:1234' },
  };
}

/** Caches tools and compiled Go packages, separately for each architecture. */
function withCache({ platform }: PlanJob): Job {
  return { cache: { key: `hephy-${platformArch(platform)}`, paths: ['.hephy/cache'] } };
}

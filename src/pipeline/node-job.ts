import { traitsOf } from '../backends/index.ts';
import { platformArch } from '../domain/platform.ts';
import { quoteWord } from '../domain/shell-quote.ts';
import type { PlanJob } from '../domain/plan.ts';
import { findJobs, KEPT, needPlan, PATIENCE, proofs, SHALLOW, tagsOf, waitFor } from './common.ts';
import { BUNDLE_FILE, FORMER_FILES, legsOf, PLAN_FILE, RUN_DIRECTORY, type JobLeg } from './files.ts';
import type { Job, PipelineInput } from './input.ts';

export const NODE_TEMPLATE = '.hephy-node';

/** Beside the checkout is the runner's own directory, which no image is made of. */
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

/** As the jobs' shell knows it. */
export const PLAN_PATH = `"$kept/run/${PLAN_FILE}"`;

/** hephy-builder itself does the work: the bundle that `prepare` ran, obeying the plan that it made. */
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

/** The tags that the jobs before this one have left. */
function takeTags({ plan }: PipelineInput, job: PlanJob): readonly string[] {
  const files = findJobs(plan, job.needs).flatMap((needed) =>
    legsOf(plan, needed).map(({ tagFile }) => tagFile),
  );
  return files.length === 0 ? [] : [`rm -f ${files.map(quoteWord).join(' ')}`];
}

/**
 * A service shares the network of the job and nothing else of its machine, so it needs no privileges that the job has
 * not, and the job's own image may be Node's. Everyone who reaches it may build with it: that is this job alone.
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

/** Tools, and what Go has compiled: of one architecture, as programs are. */
function withCache({ platform }: PlanJob): Job {
  return { cache: { key: `hephy-${platformArch(platform)}`, paths: ['.hephy/cache'] } };
}

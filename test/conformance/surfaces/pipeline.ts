import { cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plan } from '../../../src/domain/plan.ts';
import { platformArch } from '../../../src/domain/platform.ts';
import { decodePlan } from '../../../src/plan/encode.ts';
import {
  type GitlabRun,
  listGitlabJobs,
  runGitlabCi,
  type GitlabResult,
} from '../../support/gitlab-ci-local.ts';
import type { Ending, Expected, Performance } from '../scenario.ts';
import { GO_CACHE } from '../world.ts';
import { describeForGitlab } from './gitlab-events.ts';

const PREPARE = 'hephy:prepare';
const CHILD = '.hephy/run/pipeline.yml';

/** A pipeline that one of the shop's files starts, and the child that it writes, played as a second one. */
export async function playPipeline(
  performance: Performance,
  file: string,
  told: Readonly<Record<string, string>>,
): Promise<Omit<Ending, 'contents'>> {
  const { checkout: cwd, world } = performance;
  const { variables, unset } = describeForGitlab(performance);
  const { env, redirects } = splitEnv(performance);
  const all = { ...variables, ...redirects, ...world.mirror, ...told };
  const run = { cwd, env, variables: all, ...(unset && { unset }) };
  const parents = await listGitlabJobs({ ...run, file, flags: ['--json-schema-validation=false'] });
  await play({ ...run, file, jobs: [PREPARE] });
  const plan = decodePlan(await readFile(join(cwd, '.hephy/run/plan.json'), 'utf8'));
  await warmCaches(cwd, plan);
  const child = await play({ ...run, file: CHILD, artifacts: ['.hephy/run'] });
  return { plan, jobs: [...parents, ...child.jobs.map(({ id }) => id)] };
}

/** What earlier pipelines leave to a job that calls Go, where gitlab-ci-local looks for it. */
async function warmCaches(cwd: string, { images }: Plan): Promise<void> {
  const legs = images.filter(({ backend }) => backend === 'ko').flatMap((image) => image.legs);
  for (const arch of new Set(legs.map(({ platform }) => platformArch(platform)))) {
    const cache = join(cwd, `.gitlab-ci-local/cache/hephy-${arch}/.hephy/cache/go-build`);
    await mkdir(dirname(cache), { recursive: true });
    await cp(GO_CACHE, cache, { recursive: true });
  }
}

/** In the parent what plans and what starts the child; in the child the jobs of the plan, or one that says why there are none. */
export function expectedPipelineJobs({ jobs, tags }: Expected): readonly string[] {
  const publishes = tags.length > 0;
  const idle = jobs.length === 0 && !publishes;
  return [
    ...[PREPARE, 'hephy:build'],
    ...(idle ? ['nothing-to-do'] : jobs),
    ...(publishes ? ['manifest'] : []),
  ];
}

async function play(run: GitlabRun): Promise<GitlabResult> {
  const done = await runGitlabCi({ ...run, flags: ['--json-schema-validation=false'] });
  if (done.code === 0) return done;
  throw new Error(`gitlab-ci-local exited ${done.code}:\n${done.log}`);
}

/** gitlab-ci-local takes the project's name from the origin, so it must not see where that really lies. */
function splitEnv({ env }: Performance): Readonly<Record<'env' | 'redirects', Record<string, string>>> {
  const entries = Object.entries(env);
  const isRedirect = ([name]: readonly [string, string]): boolean =>
    /^GIT_CONFIG_(COUNT|KEY|VALUE)/.test(name);
  return {
    env: Object.fromEntries(entries.filter((entry) => !isRedirect(entry))),
    redirects: Object.fromEntries(entries.filter(isRedirect)),
  };
}

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
/** The suite of the pipeline's own checks it; here it would take half of the time. */
const NO_SCHEMA = ['--json-schema-validation=false'];
const CHILD = '.hephy/run/pipeline.yml';

export interface PipelineStart {
  /** Of the shop's. */
  readonly file: string;
  /** Variables, in the file's own words. */
  readonly told: Readonly<Record<string, string>>;
  /** Where gitlab-ci-local itself fetches from, which is nothing to the jobs. */
  readonly fetching: Readonly<Record<string, string>>;
}

/** A pipeline that one of the shop's files starts, and the child that it writes, played as a second one. */
export async function playPipeline(
  performance: Performance,
  { file, told, fetching }: PipelineStart,
): Promise<Omit<Ending, 'contents'>> {
  const { checkout: cwd, env, world } = performance;
  const { variables, unset } = describeForGitlab(performance);
  const all = { ...variables, ...redirectsIn(env), ...world.mirror, ...told };
  const run = { cwd, env: fetching, variables: all, ...(unset && { unset }) };
  const parents = await listGitlabJobs({ ...run, file, flags: NO_SCHEMA });
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
  const done = await runGitlabCi({ ...run, flags: NO_SCHEMA });
  if (done.code === 0) return done;
  throw new Error(`gitlab-ci-local exited ${done.code}:\n${done.log}`);
}

/** For the jobs alone: gitlab-ci-local takes the project's name from the origin, and must not see where that lies. */
function redirectsIn(env: Performance['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(isRedirect));
}

export function withoutRedirects(env: Performance['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry) => !isRedirect(entry)));
}

function isRedirect([name]: readonly [string, string]): boolean {
  return /^GIT_CONFIG_(COUNT|KEY|VALUE)/.test(name);
}

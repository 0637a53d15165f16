import type { Plan } from '../../domain/plan.ts';
import type { ImageResult, RunResult } from '../../domain/result.ts';
import { writeLayout } from '../../registry/layout.ts';
import type { Credentials } from '../../registry/credentials.ts';
import { parseRepository } from '../../registry/reference.ts';
import type { Registries } from '../../registry/repository.ts';
import { repositoryOf } from '../../plan/resolve-leg.ts';
import { settlePool } from '../../system/pool.ts';
import { createProgress } from '../../report/progress.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Invoked } from '../verb.ts';
import type { BuildFlags } from './build-flags.ts';
import { buildLeg, type Workshop } from './build-leg.ts';
import { buildVariables } from './build-variables.ts';
import { adviseOn, openLogins } from './connect.ts';
import { makeContainerSite } from './container-site.ts';
import type { Destination } from './destination.ts';
import { provideFallbacks } from './fallbacks.ts';
import { hideSecrets } from './hide-secrets.ts';
import { combineProblems } from './combine-problems.ts';
import { measureImage } from './measure.ts';
import { describeBuilt, describeInterrupted, publish, type Publication } from './publish.ts';
import { fetchShared, pushShared } from './shared-legs.ts';
import { runLegs, type LegTask } from './run-legs.ts';
import { requireTools } from './require-tools.ts';
import { setAside } from './set-aside.ts';
import { openToolbox, type Toolbox } from './toolbox.ts';
import { openSources, type Sources } from './sources.ts';

export interface BuildRun {
  readonly invoked: Invoked;
  readonly surroundings: Surroundings;
  readonly plan: Plan;
  /** What `--platform` leaves of the plan's legs, those that are unchanged included. */
  readonly tasks: readonly LegTask[];
  readonly registries: Registries;
  /** The plan as it is to be published, once all is built. */
  readonly confirm: () => Promise<Plan>;
  readonly destination: Destination;
  readonly jobs: number;
  readonly flags: BuildFlags;
}

/** Legs first, then every image whose legs are all there. An interrupted run publishes nothing. */
export async function buildAndPublish(run: BuildRun): Promise<RunResult> {
  const { invoked, plan, tasks, destination, jobs, surroundings } = run;
  const started = performance.now();
  const { registry } = destination;
  const logins = openLogins(invoked);
  const { registries } = run;
  const { signal, output, env, redactor } = invoked;
  const onProgress = output.info;
  const toolbox = openToolbox({ env, signal, onProgress, settings: surroundings.settings });
  const place = { plan, tasks, registries, destination, onProgress };
  const needed = [
    () => requireTools(tasks, toolbox),
    () => provideFallbacks(place),
    () => fetchShared(place),
  ];
  combineProblems(await settlePool(needed, needed.length, (require) => require()));
  await hideSecrets(plan, { env, root: surroundings.repo.root, redactor, logins });
  const { ci } = surroundings;
  const fold = ci.id === 'local' ? undefined : ci.group;
  const progress = createProgress({ output, legs: tasks, signal, fold });
  const root = surroundings.repo.root;
  const sources = openSources({ plan, root, env, signal, onProgress });
  const { logs, putBack } = await setAside(root, output.warn);
  const shop = openWorkshop(run, { sources, logins, logs, toolbox });
  const legs = await runLegs({
    ...{ tasks, jobs, signal, progress },
    build: async ({ image, leg }, stop) => {
      const onLine = (line: string): void => progress.line(leg.id, line);
      const digest = await buildLeg(shop, { image, leg, signal: stop, onLine });
      await pushShared(place, { image, leg });
      const repository = repositoryOf(image, leg, registry);
      return { digest, size: await measureImage(registries, `${repository}:${leg.tag}`) };
    },
  }).finally(() => Promise.all([sources.release(), putBack()]));
  const publication = { plan: signal.aborted ? plan : await run.confirm(), registries, registry, legs };
  const images = await settle(run, publication);
  if (run.flags.layoutDir !== undefined && !signal.aborted)
    await writeLayouts(run.flags.layoutDir, images, registries);
  const durationMs = Math.round(performance.now() - started);
  return { registry, pushed: destination.published, images, legs, durationMs, warnings: plan.warnings };
}

/** One job of several leaves the publishing to the one that comes after all of them. */
async function settle(
  { invoked, flags }: BuildRun,
  publication: Publication,
): Promise<readonly ImageResult[]> {
  if (invoked.signal.aborted) return describeInterrupted(publication);
  return flags.job === undefined ? publish(publication) : describeBuilt(publication);
}

interface Shared {
  readonly sources: Sources;
  readonly logins: Credentials;
  readonly logs: string;
  readonly toolbox: Toolbox;
}

function openWorkshop(run: BuildRun, { sources, logins, logs, toolbox }: Shared): Workshop {
  const { invoked, surroundings, plan, destination } = run;
  const { env, redactor } = invoked;
  const { settings } = surroundings;
  const { registry } = destination;
  return {
    plan,
    sources,
    logs,
    root: surroundings.repo.root,
    registry,
    insecure: destination.insecure,
    ...(!destination.published && { readsFrom: destination.readsFrom }),
    sourceUrl: surroundings.origin.url,
    variables: buildVariables(invoked, surroundings, plan),
    redact: redactor.redact,
    loginHint: (host) => adviseOn(host, invoked, settings),
    containerSite: (scratch) => makeContainerSite({ settings, env, credentials: logins, registry }, scratch),
    toolbox,
  };
}

/** One layout for all: each image under every tag that it has. */
async function writeLayouts(
  dir: string,
  images: readonly ImageResult[],
  registries: Registries,
): Promise<void> {
  const published = images.flatMap(({ repository, digest, tags, state }) =>
    digest === null || (state !== 'built' && state !== 'unchanged')
      ? []
      : tags.map((name) => ({
          repository: registries.repository(parseRepository(repository)),
          target: digest,
          name,
        })),
  );
  if (published.length > 0) await writeLayout(dir, published);
}

import type { Plan } from '../domain/plan.ts';
import type { LegResult } from '../domain/result.ts';
import type { Credentials } from '../registry/credentials.ts';
import { repositoryOf } from '../plan/resolve-leg.ts';
import { settlePool } from '../system/concurrency/pool.ts';
import { createProgress } from '../report/progress.ts';
import type { RunContext } from '../session/run-context.ts';
import type { Invoked } from '../session/invoked.ts';
import { buildLeg, type BuildContext } from './build-leg.ts';
import { buildVariables } from '../session/build-variables.ts';
import type { RegistryAccess } from '../session/registries.ts';
import { makeContainerSite } from './container-site.ts';
import type { Destination } from '../session/destination.ts';
import { provideFallbacks } from './fallbacks.ts';
import { hideSecrets } from './hide-secrets.ts';
import { combineProblems } from '../system/concurrency/combine-problems.ts';
import { nameWrittenLogs } from './leg-log.ts';
import { measureImage } from './measure.ts';
import { fetchShared, pushShared } from './shared-legs.ts';
import { runLegs, type LegTask } from './run-legs.ts';
import { requireEmulation } from './require-emulation.ts';
import { requireTools } from './require-tools.ts';
import { setAside } from './set-aside.ts';
import { openToolbox, type Toolbox } from './toolbox.ts';
import { openSources, type Sources } from '../sources/sources.ts';

export interface BuildRun {
  readonly invoked: Invoked;
  readonly runContext: RunContext;
  readonly plan: Plan;
  /** The selected legs (`--platform`, `--job`), including unchanged ones. */
  readonly tasks: readonly LegTask[];
  readonly access: RegistryAccess;
  readonly destination: Destination;
  readonly jobs: number;
}

/** Builds and pushes every leg of the run, dependencies first. An interrupted run still returns the results so far. */
export async function buildLegs(run: BuildRun): Promise<readonly LegResult[]> {
  const { plan, runContext, invoked } = run;
  const { env, signal, output } = invoked;
  const { root } = runContext.repo;
  const sources = openSources({ plan, root, env, signal, onProgress: output.info });
  try {
    return await buildFrom(sources, run);
  } finally {
    await sources.release();
  }
}

async function buildFrom(sources: Sources, run: BuildRun): Promise<readonly LegResult[]> {
  const { invoked, plan, tasks, destination, jobs, runContext, access } = run;
  const { registry } = destination;
  const { registries, credentials: logins } = access;
  const { signal, output, env, redactor } = invoked;
  const onProgress = output.info;
  const toolbox = openToolbox({ env, signal, onProgress, settings: runContext.settings });
  const place = { plan, tasks, registries, destination, onProgress };
  // First: every program that runs from here on may print what it is given.
  await hideSecrets(plan, { env, root: runContext.repo.root, redactor, logins });
  const needed = [
    () => requireTools(tasks, toolbox),
    () => requireEmulation({ tasks, toolbox, sources, signal }),
    () => provideFallbacks(place),
    () => fetchShared(place),
  ];
  combineProblems(await settlePool(needed, needed.length, (require) => require()));
  const { ci } = runContext;
  const fold = ci.id === 'local' ? undefined : ci.group;
  const progress = createProgress({ output, legs: tasks, signal, fold });
  const root = runContext.repo.root;
  const { logs, putBack } = await setAside(root, output.warn);
  const build = openBuildContext(run, { sources, logins, logs, toolbox });
  const legs = await runLegs({
    ...{ tasks, jobs, signal, progress },
    build: async ({ image, output, leg }, stop) => {
      const onLine = (line: string): void => progress.line(leg.id, line);
      const digest = await buildLeg(build, { image, output, leg, signal: stop, onLine });
      await pushShared(place, { image, output, leg });
      const repository = repositoryOf({ output }, registry);
      return { digest, size: await measureImage(registries, `${repository}:${leg.tag}`) };
    },
  }).finally(putBack);
  return nameWrittenLogs(root, legs);
}

interface Shared {
  readonly sources: Sources;
  readonly logins: Credentials;
  readonly logs: string;
  readonly toolbox: Toolbox;
}

function openBuildContext(run: BuildRun, { sources, logins, logs, toolbox }: Shared): BuildContext {
  const { invoked, runContext, plan, destination } = run;
  const { env, redactor } = invoked;
  const { settings } = runContext;
  const { registry } = destination;
  return {
    plan,
    sources,
    logs,
    root: runContext.repo.root,
    registry,
    insecure: destination.insecure,
    ...(!destination.published && { readsFrom: destination.readsFrom }),
    sourceUrl: runContext.origin.url,
    variables: buildVariables(invoked, runContext, plan),
    redact: redactor.redact,
    loginHint: run.access.loginHint,
    containerSite: (scratch) => makeContainerSite({ settings, env, credentials: logins, registry }, scratch),
    toolbox,
  };
}

import type { Plan } from '../domain/plan.ts';
import { type BuildFlags, readBuildFlags } from '../build/build-flags.ts';
import { requireSecrets } from '../build/require-secrets.ts';
import { requireWritable } from '../build/require-writable.ts';
import { listTasks } from '../build/run-legs.ts';
import { findUnchangedForBuild } from '../fingerprint/find-unchanged-for-build.ts';
import { selectLegs } from '../plan/select-legs.ts';
import { writePlanOutputs } from '../prepare/outputs.ts';
import { obtainPlanToBuild, type PlanToBuild } from '../prepare/plan-to-build.ts';
import { buildAndPublish } from '../publish/build-and-publish.ts';
import { chooseTagsForBuild } from '../publish/choose-tags.ts';
import { renderV1Plan, renderV1Tags } from '../report/v1-files.ts';
import { aloneInCheckout } from '../session/checkout-lock.ts';
import { openDestination } from '../session/destination.ts';
import { type Invoked, isSet } from '../session/invoked.ts';
import { withLogins } from '../session/logins.ts';
import { openRegistryAccess } from '../session/registries.ts';
import { requirePush } from '../session/require-push.ts';
import { requireRegistry } from '../session/require-registry.ts';
import { announceBuild } from '../summary/announce-build.ts';
import { writeV1Files } from '../summary/v1-files.ts';
import { writeNothingToDo } from '../summary/write-nothing-to-do.ts';
import { writeResult } from '../summary/write-result.ts';

/** Plans, builds and publishes on this machine; with `--job`, builds one job of a plan that another step made. */
export async function build(invoked: Invoked): Promise<number> {
  const flags = readBuildFlags(invoked.flags);
  const { plan, runContext } = await obtainPlanToBuild(invoked);
  const wanted = listTasks(plan.images, selectLegs(plan, flags));
  // The step that planned has shown the warnings to all jobs.
  if (flags.job === undefined) for (const warning of plan.warnings) invoked.output.warn(warning);
  else requireRegistry(plan, runContext.settings);
  if (wanted.length === 0 && !plan.images.some(joinsExisting)) {
    writePlanOutputs(invoked, plan, runContext);
    await writeV1Files(renderV1Plan(plan), { ci: runContext.ci, cwd: invoked.cwd });
    await writeNothingToDo(invoked, { plan, ci: runContext.ci });
    return 0;
  }
  const { root } = runContext.repo;
  await requireSecrets([...new Set(wanted.map(({ image }) => image))], { env: invoked.env, root });
  return aloneInCheckout(root, invoked, async () => {
    await requireWritable({ root, layoutDir: flags.layoutDir });
    const required = plan.run.push && !isSet(invoked.flags, 'no-push');
    return withLogins(invoked, { runContext, required }, (loggedIn) =>
      buildAll(loggedIn, { plan, runContext, flags }),
    );
  });
}

async function buildAll(
  invoked: Invoked,
  { plan, runContext, flags }: PlanToBuild & { readonly flags: BuildFlags },
): Promise<number> {
  const destination = await openDestination(invoked, runContext, plan);
  try {
    const jobs = flags.jobs ?? runContext.settings.jobs ?? flags.cores;
    const access = openRegistryAccess(invoked, runContext.settings);
    const place = { invoked, runContext, destination, access, flags };
    const { pushed, ...found } = await findUnchangedForBuild({ ...place, plan });
    const checked = { ...found, plan: await chooseTagsForBuild(found.plan, place) };
    writePlanOutputs(invoked, checked.plan, runContext);
    const tasks = listTasks(checked.plan.images, selectLegs(plan, flags), pushed);
    const { registry, published, startedHere } = destination;
    if (published && !startedHere) await requirePush({ plan, registry, registries: access.registries });
    announceBuild(invoked, { legs: tasks, destination, jobs });
    const run = await buildAndPublish({ ...place, ...checked, tasks, jobs });
    const step = flags.job === undefined ? 'all' : 'build';
    const { ci } = runContext;
    const code = await writeResult(invoked, { plan: checked.plan, run, step, job: flags.job, ci });
    // Last: a file that is in the checkout earlier could become part of an image.
    await writeV1Files(
      { ...renderV1Plan(checked.plan), ...renderV1Tags(run.legs) },
      { ci, cwd: invoked.cwd },
    );
    return code;
  } finally {
    await destination.release();
  }
}

function joinsExisting({ outputs }: Plan['images'][number]): boolean {
  return outputs.some(({ existing }) => existing !== undefined);
}

import { resolveHead } from '../changes/head.ts';
import type { Plan } from '../domain/plan.ts';
import type { RunResult } from '../domain/result.ts';
import { HephyError } from '../errors.ts';
import { replanJobs } from '../plan/jobs.ts';
import { renderHeader, renderPlannedImages } from '../report/results.ts';
import { renderSkipped } from '../report/explain.ts';
import { renderV1Plan, renderV1Tags } from '../report/v1-files.ts';
import { viewOf } from '../report/style.ts';
import { showControls } from '../system/terminal/text.ts';
import { VERSION } from '../version.ts';
import { buildLegs, type BuildRun } from '../build/build-legs.ts';
import { chooseDefaultTags } from '../publish/choose-tags.ts';
import { publishRun } from '../publish/publish-run.ts';
import { withHistories } from '../publish/with-histories.ts';
import { type BuildFlags, readBuildFlags } from '../build/build-flags.ts';
import { aloneInCheckout } from '../session/checkout-lock.ts';
import { openRegistryAccess } from '../session/registries.ts';
import { type Destination, openDestination } from '../session/destination.ts';
import { writeResult } from '../summary/write-result.ts';
import { findUnchangedForBuild } from '../fingerprint/find-unchanged-for-build.ts';
import { requirePush } from '../session/require-push.ts';
import { requireRegistry } from '../session/require-registry.ts';
import { requireWritable } from '../build/require-writable.ts';
import { requireSecrets } from '../build/require-secrets.ts';
import { listTasks, type LegTask } from '../build/run-legs.ts';
import { selectLegs } from '../plan/select-legs.ts';
import { withLogins } from '../session/logins.ts';
import { readPlan } from './manifest.ts';
import { writeOutputs } from '../prepare/outputs.ts';
import { prepare, type Prepared } from '../prepare/prepare.ts';
import { loadRunContext, type RunContext } from '../session/run-context.ts';
import { writeSummary } from '../summary/write-summary.ts';
import { writeV1Files } from '../summary/v1-files.ts';
import { type Invoked, isSet, textFlag } from '../session/invoked.ts';

/** Runs `prepare`, `build` and `manifest` on this machine. */
export async function build(invoked: Invoked): Promise<number> {
  const flags = readBuildFlags(invoked.flags);
  const { plan: obtained, runContext } = await obtainPlan(invoked);
  const plan = flags.rebuild ? { ...obtained, run: { ...obtained.run, rebuild: true } } : obtained;
  const isWanted = selectLegs(plan, flags);
  const wanted = listTasks(plan.images, isWanted);
  // A job of a run on several machines does not repeat the warnings of the job that planned.
  if (flags.job === undefined) for (const warning of plan.warnings) invoked.output.warn(warning);
  else requireRegistry(plan, runContext.settings);
  if (wanted.length === 0 && !plan.images.some(joinsExisting)) {
    writePlanOutputs(invoked, plan, runContext);
    await writeV1Files(renderV1Plan(plan), { ci: runContext.ci, cwd: invoked.cwd });
    return nothingToDo(invoked, { plan, ci: runContext.ci });
  }
  const images = [...new Set(wanted.map(({ image }) => image))];
  await requireSecrets(images, { env: invoked.env, root: runContext.repo.root });
  const { root } = runContext.repo;
  return aloneInCheckout(root, invoked, async () => {
    await requireWritable({ root, layoutDir: flags.layoutDir });
    const required = plan.run.push && !isSet(invoked.flags, 'no-push');
    return withLogins(invoked, { runContext, required }, (loggedIn) =>
      buildAll(loggedIn, { plan, runContext, flags }),
    );
  });
}

interface BuildOrder extends Pick<Prepared, 'plan' | 'runContext'> {
  readonly flags: BuildFlags;
}

async function buildAll(invoked: Invoked, { plan, runContext, flags }: BuildOrder): Promise<number> {
  const destination = await openDestination(invoked, runContext, plan);
  try {
    const jobs = flags.jobs ?? runContext.settings.jobs ?? flags.cores;
    const access = openRegistryAccess(invoked, runContext.settings);
    const shared = { invoked, runContext, destination, access, flags };
    const { pushed, ...found } = await findUnchangedForBuild({ ...shared, plan });
    const marked = { ...found, plan: await chooseTags(found.plan, shared) };
    writePlanOutputs(invoked, marked.plan, runContext);
    const tasks = listTasks(marked.plan.images, selectLegs(plan, flags), pushed);
    const { registry, published } = destination;
    if (published && !destination.startedHere)
      await requirePush({ plan, registry, registries: access.registries });
    announce(invoked, { tasks, destination, jobs });
    const run = await buildAndPublish({ ...shared, ...marked, tasks, jobs });
    const step = flags.job === undefined ? 'all' : 'build';
    const reported = { step, job: flags.job, ci: runContext.ci } as const;
    const code = await writeResult(invoked, { plan: marked.plan, run, ...reported });
    // Last: a file that is in the checkout earlier could become part of an image.
    const v1 = { ...renderV1Plan(marked.plan), ...renderV1Tags(run.legs) };
    await writeV1Files(v1, { ci: runContext.ci, cwd: invoked.cwd });
    return code;
  } finally {
    await destination.release();
  }
}

/** A job of several leaves it to the one that planned. */
function chooseTags(
  plan: Plan,
  { destination, access, flags }: Pick<MarkedBuild, 'destination' | 'access' | 'flags'>,
): Promise<Plan> | Plan {
  if (!destination.published || flags.job !== undefined) return plan;
  return chooseDefaultTags(plan, { registries: access.registries, registry: destination.registry });
}

interface MarkedBuild extends BuildRun {
  /** The plan to publish: fingerprints are checked again once all legs are built. */
  readonly confirm: (plan: Plan) => Promise<Plan>;
  readonly flags: BuildFlags;
}

/** Builds all legs first, then publishes every image of which all legs exist. */
async function buildAndPublish(build: MarkedBuild): Promise<RunResult> {
  const started = performance.now();
  const { destination, access, flags, invoked } = build;
  const { registries } = access;
  const { registry, published: pushed } = destination;
  const { signal } = invoked;
  const legs = await buildLegs(build);
  const plan = signal.aborted ? build.plan : await build.confirm(build.plan);
  const { images, warnings } = await withHistories(invoked, build.runContext, (histories) =>
    publishRun({ plan, registries, registry, histories, legs, signal, ...flags }),
  );
  for (const warning of warnings) invoked.output.warn(warning);
  const durationMs = Math.round(performance.now() - started);
  return { registry, pushed, images, legs, durationMs, warnings: [...plan.warnings, ...warnings] };
}

/** A single job that does everything also sets the outputs of `prepare`: later steps of a workflow may read them. */
function writePlanOutputs({ flags }: Invoked, plan: Plan, { settings, ci }: RunContext): void {
  if (textFlag(flags, 'plan') === undefined) writeOutputs(replanJobs(plan, settings), ci);
}

/** The plan of `--plan`, made by the same version, or a new plan. */
async function obtainPlan(invoked: Invoked): Promise<Pick<Prepared, 'plan' | 'runContext'>> {
  const givenPlan = textFlag(invoked.flags, 'plan') === undefined ? undefined : await readPlan(invoked);
  const obtained = givenPlan
    ? { plan: givenPlan, runContext: await loadRunContext(invoked) }
    : await prepare(invoked, { upstreams: 'required' });
  await requireCheckedOut(obtained.plan, obtained.runContext);
  return obtained;
}

/** A build uses the working tree: with a plan for another commit, the tags would name a commit that was not built. */
async function requireCheckedOut(plan: Plan, { repo, event, head }: RunContext): Promise<void> {
  if (repo.bare) {
    throw new HephyError('NOT_A_REPOSITORY', `${repo.root} is a bare repository: nothing is checked out`, {
      hint: 'Clone it, and build in the clone; `hephy plan` works here.',
    });
  }
  const checkedOut =
    event.sha === null ? head : await resolveHead(repo, { ...event, kind: 'push', sha: null });
  const { sha } = checkedOut;
  if (plan.run.sha === sha) return;
  throw new HephyError('GIT_REVISION', `the plan is for ${plan.run.sha}, but ${sha} is checked out`, {
    hint: `git checkout ${plan.run.sha}, and build again.`,
  });
}

/** `manual_images`: only joined and tagged, so there is no leg to build. */
function joinsExisting({ outputs }: Plan['images'][number]): boolean {
  return outputs.some(({ existing }) => existing !== undefined);
}

async function nothingToDo(
  { output, flags, redactor }: Invoked,
  { plan, ci }: Pick<RunContext, 'ci'> & Pick<Prepared, 'plan'>,
): Promise<number> {
  const run = { registry: '', pushed: false, images: [], legs: [], durationMs: 0, warnings: plan.warnings };
  if (isSet(flags, 'json')) output.data(JSON.stringify(run, null, 2));
  if (plan.skipped.length > 0) output.info(renderSkipped(plan.skipped));
  const platform = textFlag(flags, 'platform');
  const advice = '--all builds every image, --images a,b builds only these.';
  const lacksPlatform = plan.images.length > 0 && platform !== undefined;
  output.info(
    `Nothing to do. ${lacksPlatform ? `No image of this run is built for ${showControls(platform)}.` : advice}`,
  );
  await writeSummary(ci, { plan, run, step: 'all', redact: redactor.redact });
  return 0;
}

interface Announcement {
  readonly tasks: readonly LegTask[];
  readonly destination: Destination;
  readonly jobs: number;
}

function announce({ output }: Invoked, { tasks, destination, jobs }: Announcement): void {
  const view = viewOf(output.stderr);
  const { registry, startedHere } = destination;
  const images = [...new Set(tasks.map(({ image }) => image))];
  const sizes = { images: images.length, legs: tasks.length, jobs };
  output.info(`${renderHeader({ version: VERSION, registry, startedHere, ...sizes }, view)}\n`);
  output.info(`${renderPlannedImages(images, view)}\n`);
}

import { resolveHead } from '../changes/head.ts';
import type { Plan, PlanLeg } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import { renderHeader, renderPlannedImages } from '../report/results.ts';
import { renderSkipped } from '../report/explain.ts';
import { renderV1Plan, renderV1Tags } from '../report/v1-files.ts';
import { viewOf } from '../report/style.ts';
import { showControls } from '../system/text.ts';
import { VERSION } from '../version.ts';
import { buildAndPublish, type BuildRun } from './build/build-and-publish.ts';
import { readBuildFlags } from './build/build-flags.ts';
import { connect } from './build/connect.ts';
import { type Destination, openDestination } from './build/destination.ts';
import { finish } from './build/finish.ts';
import { requirePlaces } from './build/places.ts';
import { requireSecrets } from './build/require-secrets.ts';
import { listTasks, type LegTask } from './build/run-legs.ts';
import { readPlan } from './manifest.ts';
import { prepare, type Prepared } from './prepare/prepare.ts';
import { lookAround, type Surroundings } from './surroundings.ts';
import { confirmFingerprints } from './unchanged/fingerprint-all.ts';
import type { Evidence } from './unchanged/fingerprint-leg.ts';
import { gatherEvidence } from './unchanged/gather-evidence.ts';
import { markUnchanged } from './unchanged/mark-unchanged.ts';
import { writeV1Files } from './v1-files.ts';
import { type Invoked, isSet, textFlag } from './verb.ts';

/** Prepare, build and manifest on this machine. */
export async function build(invoked: Invoked): Promise<number> {
  const flags = readBuildFlags(invoked.flags);
  const { plan, surroundings } = await obtainPlan(invoked);
  const isWanted = ({ platform }: PlanLeg): boolean => (flags.platform ?? platform) === platform;
  const wanted = listTasks(plan.images, isWanted);
  for (const warning of plan.warnings) invoked.output.warn(warning);
  if (wanted.length === 0 && !plan.images.some(joinsExisting)) {
    await writeV1Files(renderV1Plan(plan), { ci: surroundings.ci, cwd: invoked.cwd });
    return nothingToDo(invoked, plan);
  }
  const images = [...new Set(wanted.map(({ image }) => image))];
  await requireSecrets(images, { env: invoked.env, root: surroundings.repo.root });
  await requirePlaces({ root: surroundings.repo.root, layoutDir: flags.layoutDir });
  const destination = await openDestination(invoked, surroundings, plan);
  try {
    const jobs = flags.jobs ?? surroundings.settings.jobs ?? flags.cores;
    const registries = connect(invoked, surroundings.settings);
    const { plan: marked, confirm } = await mark({
      invoked,
      surroundings,
      plan,
      destination,
      registries,
      flags,
    });
    const tasks = listTasks(marked.images, isWanted);
    announce(invoked, { plan: marked, tasks, destination, jobs });
    const work = {
      invoked,
      surroundings,
      plan: marked,
      confirm,
      tasks,
      registries,
      destination,
      jobs,
      flags,
    };
    const run = await buildAndPublish(work);
    const code = await finish(invoked, { plan: marked, run, ci: surroundings.ci });
    // Last: what lies in the checkout before could become part of an image.
    const v1 = { ...renderV1Plan(plan), ...renderV1Tags(run.legs) };
    await writeV1Files(v1, { ci: surroundings.ci, cwd: invoked.cwd });
    return code;
  } finally {
    await destination.release();
  }
}

type Marking = Omit<BuildRun, 'tasks' | 'jobs' | 'confirm'>;

/** What may not be published is built anew: it goes into a registry of its own, where nothing is. */
async function mark(marking: Marking): Promise<Pick<BuildRun, 'plan' | 'confirm'>> {
  const { invoked, surroundings, plan, destination, registries, flags } = marking;
  if (!destination.published) return { plan, confirm: async () => plan };
  const { registry } = destination;
  const always = surroundings.settings.rebuild === 'always' || plan.run.event === 'schedule';
  const evidence = gatherEvidence({ invoked, surroundings, plan, registry });
  const marked = await markUnchanged(plan, { evidence, registries, lookUp: !flags.rebuild && !always });
  const files = (): Evidence['files'] => gatherEvidence({ invoked, surroundings, plan, registry }).files;
  return { plan: marked, confirm: () => confirmFingerprints(marked, { ...evidence, files: files() }) };
}

/** Made here, or by another run of the same version. */
async function obtainPlan(invoked: Invoked): Promise<Pick<Prepared, 'plan' | 'surroundings'>> {
  const given = textFlag(invoked.flags, 'plan') === undefined ? undefined : await readPlan(invoked);
  const found = given
    ? { plan: given, surroundings: await lookAround(invoked) }
    : await prepare(invoked, { upstreams: 'required' });
  await requireCheckedOut(found.plan, found.surroundings);
  return found;
}

/** What is built is what lies in the working tree: a plan for another commit would put its name on the wrong source. */
async function requireCheckedOut(plan: Plan, { repo, event, head }: Surroundings): Promise<void> {
  if (repo.bare) {
    throw new HephyError('NOT_A_REPOSITORY', `${repo.root} is a bare repository: nothing is checked out`, {
      hint: 'Build in a clone of it; `hephy plan` works here.',
    });
  }
  const checkedOut =
    event.sha === null ? head : await resolveHead(repo, { ...event, kind: 'push', sha: null });
  const { sha } = checkedOut;
  if (plan.run.sha === sha) return;
  throw new HephyError('GIT_REVISION', `the plan is for ${plan.run.sha}, and ${sha} is checked out`, {
    hint: `git checkout ${plan.run.sha}, and build again.`,
  });
}

function joinsExisting({ outputs }: Plan['images'][number]): boolean {
  return outputs.some(({ existing }) => existing !== undefined);
}

function nothingToDo({ output, flags }: Invoked, plan: Plan): number {
  const run = { registry: '', pushed: false, images: [], legs: [], durationMs: 0, warnings: plan.warnings };
  if (isSet(flags, 'json')) output.data(JSON.stringify(run, null, 2));
  if (plan.skipped.length > 0) output.info(renderSkipped(plan.skipped));
  const platform = textFlag(flags, 'platform');
  const otherwise = '--all builds every image, --images a,b some of them.';
  const none = plan.images.length > 0 && platform !== undefined;
  output.info(
    `Nothing to do. ${none ? `No image of this run is built for ${showControls(platform)}.` : otherwise}`,
  );
  return 0;
}

interface Announcement {
  readonly plan: Plan;
  readonly tasks: readonly LegTask[];
  readonly destination: Destination;
  readonly jobs: number;
}

function announce({ output }: Invoked, { plan, tasks, destination, jobs }: Announcement): void {
  const view = viewOf(output.stderr);
  const { registry, startedHere } = destination;
  const sizes = { images: plan.images.length, legs: tasks.length, jobs };
  output.info(`${renderHeader({ version: VERSION, registry, startedHere, ...sizes }, view)}\n`);
  output.info(`${renderPlannedImages(plan.images, view)}\n`);
}

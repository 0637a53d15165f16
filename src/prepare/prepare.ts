import { decideAffected } from '../changes/affected.ts';
import { detectChanges } from '../changes/changes.ts';
import { readWeekly } from '../changes/weekly.ts';
import { tagVariables } from '../ci/tag-variables.ts';
import { loadConfigs } from '../config/load.ts';
import type { ChangeSet, Verdict } from '../domain/change.ts';
import type { Plan } from '../domain/plan.ts';
import { spreadToDependents } from '../plan/graph.ts';
import { makePlan } from '../plan/plan.ts';
import { indexPublished } from '../select/published-index.ts';
import type { Env } from '../system/env.ts';
import { requestedImages, runDate } from '../session/event-flags.ts';
import { loadRunContext, type RunContext } from '../session/run-context.ts';
import { type Invoked, textFlag } from '../session/invoked.ts';
import { chooseAll } from './choices.ts';
import { findDeleted } from './deleted.ts';
import { listAllInputs } from './image-inputs.ts';
import { nameImages } from './name-images.ts';
import { type Checked, requireNoProblems } from './problems.ts';
import { reconsider } from './upstream-files.ts';
import { resolveUpstreams } from './upstreams.ts';

export interface Prepared {
  readonly plan: Plan;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly runContext: RunContext;
}

export interface PrepareOptions {
  /** For `explain`: plans every image as if it were affected; `verdicts` say which images really are. */
  readonly planAll?: boolean;
  /** A plan that is built requires the commit of every upstream; for a plan that is only shown it is optional. */
  readonly upstreams: 'required' | 'optional';
}

/** From the event to the Plan: reads git, configs and settings once, and decides by pure functions. */
export async function prepare(invoked: Invoked, options: PrepareOptions): Promise<Prepared> {
  const runContext = await loadRunContext(invoked);
  const { repo, event } = runContext;
  const detecting = detectChanges({ repo, event, base: textFlag(invoked.flags, 'base') });
  // Configs are read while git compares. If a config ends the run, a failure of git must not be an unhandled rejection.
  detecting.catch(() => undefined);
  const checked = await checkConfigs(runContext, invoked);
  const changes = await detecting;
  const verdicts = await decideVerdicts(checked, changes, invoked);
  return planImages({ checked, changes, verdicts, options, invoked });
}

/** Loads all configs and chooses backends. Throws all problems at once, before anything that takes longer. */
export async function checkConfigs(runContext: RunContext, { env }: Invoked): Promise<Checked> {
  const { tree, settings, origin, ci, event, head } = runContext;
  const loaded = await loadConfigs({ tree, settings, repositoryName: origin.name, platformId: ci.id });
  const choices = await chooseAll({ images: loaded.images, tree, override: settings.backendOverride });
  const variables = { ...definedOnly(env), ...tagVariables({ event, head, env }) };
  const checked = { runContext, loaded, ...choices, variables };
  requireNoProblems(checked);
  return checked;
}

function definedOnly(env: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

interface Verdicts {
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly warnings: readonly string[];
}

async function decideVerdicts(
  { runContext, chosen, loaded }: Checked,
  changes: ChangeSet,
  { flags }: Invoked,
): Promise<Verdicts> {
  const { repo, tree, settings } = runContext;
  const names = chosen.map(({ configured: { name, dir } }) => ({ name, dir }));
  const toNames = (words: readonly string[]): readonly string[] => nameImages(words, names, loaded.skipped);
  const requested = resolveRequested(requestedImages(flags), toNames);
  const event = { ...runContext.event, images: toNames(runContext.event.images) };
  const weekly = event.kind === 'schedule' && requested === null ? await readWeekly(tree, names) : null;
  // If everything counts as changed, committed files need no check.
  const files =
    changes.everything === null ? changes.files : changes.files.filter(({ uncommitted }) => uncommitted);
  const images = await listAllInputs(chosen, { tree, repo, files });
  const own = decideAffected({ images, changes, event, requested, weekly: weekly?.names ?? null });
  const spreads = settings.rebuildDependents && event.images.length === 0;
  const dependencies = new Map(chosen.map(({ configured, dependencies: found }) => [configured.name, found]));
  return {
    verdicts: spreads ? spreadToDependents(own, dependencies) : own,
    warnings: weekly?.warnings ?? [],
  };
}

type Requested = ReturnType<typeof requestedImages>;

function resolveRequested(
  requested: Requested,
  toNames: (words: readonly string[]) => readonly string[],
): Requested {
  return requested === 'all' || requested === null ? requested : toNames(requested);
}

interface PlanInput {
  readonly checked: Checked;
  readonly changes: ChangeSet;
  readonly verdicts: Verdicts;
  readonly options: PrepareOptions;
  readonly invoked: Invoked;
}

async function planImages({
  checked,
  changes,
  verdicts: decided,
  options,
  invoked,
}: PlanInput): Promise<Prepared> {
  const { runContext, loaded, chosen, variables } = checked;
  const { repo, head, settings } = runContext;
  const verdicts = options.planAll ? markAll(decided.verdicts) : decided.verdicts;
  const built = chosen.filter(({ configured }) => verdicts.get(configured.name)?.affected);
  const required = options.upstreams === 'required';
  const upstreams = await resolveUpstreams(
    built.map(({ configured }) => configured),
    { repo, required },
  );
  const { commits } = upstreams;
  const override = settings.backendOverride;
  const published = indexPublished(chosen.map(({ configured }) => configured));
  const reconsidered = await reconsider(chosen, { repo, override, published, commits, required });
  const defaultBranch = runContext.event.defaultBranch ?? repo.defaultBranch;
  const plan = makePlan({
    ...{
      event: { ...runContext.event, ref: head.ref, defaultBranch },
      head,
      changes,
      settings,
      verdicts,
      variables,
    },
    images: reconsidered.images.map((image) => ({
      ...image,
      upstreamCommit: commits.get(image.configured.name) ?? null,
    })),
    date: runDate(invoked.flags, new Date()),
    gitTags: head.tagsAtHead,
    skipped: [
      ...loaded.skipped,
      ...findDeleted({
        files: changes.files,
        dirs: chosen.map(({ configured }) => configured.dir),
        ignore: settings.ignore,
      }),
    ],
    warnings: [...loaded.warnings, ...decided.warnings, ...upstreams.warnings, ...reconsidered.warnings],
  });
  return { plan, verdicts: decided.verdicts, runContext };
}

function markAll(verdicts: ReadonlyMap<string, Verdict>): ReadonlyMap<string, Verdict> {
  return new Map([...verdicts].map(([name, verdict]) => [name, { ...verdict, affected: true }]));
}

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
import { type Checked, requireSound } from './problems.ts';
import { reconsider } from './upstream-files.ts';
import { resolveUpstreams } from './upstreams.ts';

export interface Prepared {
  readonly plan: Plan;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly runContext: RunContext;
}

export interface PrepareOptions {
  /** `explain`: every image is planned, as if it were affected; `verdicts` say which of them are. */
  readonly planAll?: boolean;
  /** A plan that is built from must know the commit of every upstream; one that is only read may go without. */
  readonly upstreams: 'required' | 'optional';
}

/** From what happened to the Plan: reads the world once, and decides by pure functions. */
export async function prepare(invoked: Invoked, options: PrepareOptions): Promise<Prepared> {
  const runContext = await loadRunContext(invoked);
  const { repo, event } = runContext;
  const comparing = detectChanges({ repo, event, base: textFlag(invoked.flags, 'base') });
  // Configs are read while git compares; when they end the run, nobody waits for this answer.
  comparing.catch(() => undefined);
  const checked = await checkConfigs(runContext, invoked);
  const changes = await comparing;
  const verdicts = await judge(checked, changes, invoked);
  return decide({ checked, changes, verdicts, options, invoked });
}

/** All that can be wrong with the configs is wrong before anything else is asked. */
export async function checkConfigs(runContext: RunContext, { env }: Invoked): Promise<Checked> {
  const { tree, settings, origin, ci, event, head } = runContext;
  const loaded = await loadConfigs({ tree, settings, repositoryName: origin.name, platformId: ci.id });
  const found = await chooseAll({ images: loaded.images, tree, override: settings.backendOverride });
  const variables = { ...definedOnly(env), ...tagVariables({ event, head, env }) };
  const checked = { runContext, loaded, ...found, variables };
  requireSound(checked);
  return checked;
}

function definedOnly(env: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

interface Judged {
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly warnings: readonly string[];
}

async function judge(
  { runContext, chosen, loaded }: Checked,
  changes: ChangeSet,
  { flags }: Invoked,
): Promise<Judged> {
  const { repo, tree, settings } = runContext;
  const names = chosen.map(({ configured: { name, dir } }) => ({ name, dir }));
  const byName = (asked: readonly string[]): readonly string[] => nameImages(asked, names, loaded.skipped);
  const requested = translate(requestedImages(flags), byName);
  const event = { ...runContext.event, images: byName(runContext.event.images) };
  const weekly = event.kind === 'schedule' && requested === null ? await readWeekly(tree, names) : null;
  // Where everything counts, no file has to be looked at.
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

function translate(asked: Requested, byName: (asked: readonly string[]) => readonly string[]): Requested {
  return asked === 'all' || asked === null ? asked : byName(asked);
}

interface Decision {
  readonly checked: Checked;
  readonly changes: ChangeSet;
  readonly verdicts: Judged;
  readonly options: PrepareOptions;
  readonly invoked: Invoked;
}

async function decide({ checked, changes, verdicts: judged, options, invoked }: Decision): Promise<Prepared> {
  const { runContext, loaded, chosen, variables } = checked;
  const { repo, head, settings } = runContext;
  const verdicts = options.planAll ? markAll(judged.verdicts) : judged.verdicts;
  const built = chosen.filter(({ configured }) => verdicts.get(configured.name)?.affected);
  const required = options.upstreams === 'required';
  const upstreams = await resolveUpstreams(
    built.map(({ configured }) => configured),
    { repo, required },
  );
  const { commits } = upstreams;
  const override = settings.backendOverride;
  const published = indexPublished(chosen.map(({ configured }) => configured));
  const looked = await reconsider(chosen, { repo, override, published, commits, required });
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
    images: looked.images.map((image) => ({
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
    warnings: [...loaded.warnings, ...judged.warnings, ...upstreams.warnings, ...looked.warnings],
  });
  return { plan, verdicts: judged.verdicts, runContext };
}

function markAll(verdicts: ReadonlyMap<string, Verdict>): ReadonlyMap<string, Verdict> {
  return new Map([...verdicts].map(([name, verdict]) => [name, { ...verdict, affected: true }]));
}

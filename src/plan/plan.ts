import type { Settings } from '../config/settings.ts';
import type { EventKind } from '../domain/event.ts';
import { HephyErrors, type HephyError } from '../errors.ts';
import type { Verdict } from '../domain/change.ts';
import type { Plan, PlanImage, PlanLeg } from '../domain/plan.ts';
import { checkDependencies } from './checks.ts';
import { findClashes } from './clashes.ts';
import { checkTagFormat } from './default-tag.ts';
import { sortByDependency, spreadToDependents, type Dependencies } from './graph.ts';
import { describeImage, nameImage, type NamedImage } from './images.ts';
import type { ImageInput, PlanInput } from './input.ts';
import { planJobs } from './jobs.ts';
import { makeLegs } from './legs.ts';
import { warnOfFixedTags } from './fixed-tags.ts';
import { findVersions, relevantGitTags } from './version.ts';

export type { ImageInput, PlanInput };

const UNCHANGED: Verdict = { affected: false, why: 'no change', dirty: false };

/** The plan, or everything that stands against it, at once. */
export function makePlan(input: PlanInput): Plan {
  const { inOrder, problems } = nameAll(input);
  if (problems.length > 0) throw new HephyErrors(problems);
  return assemble(input, inOrder);
}

/** What stands against a plan, without making one: of a thousand images the names alone take a while. */
export function findPlanProblems(input: PlanInput): readonly HephyError[] {
  return nameAll(input).problems;
}

interface NamedImages {
  readonly inOrder: readonly NamedImage[];
  readonly problems: readonly HephyError[];
}

function nameAll(input: PlanInput): NamedImages {
  const problems: HephyError[] = [...checkTagFormat(input.settings.tagFormat, input.settings.layout)];
  const dependencies = new Map(input.images.map((image) => [image.configured.name, image.dependencies]));
  const { order, cycles } = sortByDependency(dependencies);
  problems.push(...cycles, ...checkDependencies(input.images));
  const verdicts = spreadVerdicts(input, dependencies);
  const versionOf = findVersions(relevantGitTags(input.event, input.gitTags));
  const named = new Map(
    input.images.map((image) => {
      const { name } = image.configured;
      const verdict = verdicts.get(name) ?? UNCHANGED;
      return [name, nameImage({ input, image, verdict, versionOf }, problems)];
    }),
  );
  problems.push(...findClashes([...named.values()].flatMap(({ claims }) => claims)));
  return { inOrder: order.flatMap((name) => named.get(name) ?? []), problems };
}

/** Images that were asked for by name are built alone: who names one does not mean all that stand on it. */
function spreadVerdicts(input: PlanInput, dependencies: Dependencies): ReadonlyMap<string, Verdict> {
  const spreads = input.settings.rebuildDependents && input.event.images.length === 0;
  return spreads ? spreadToDependents(input.verdicts, dependencies) : input.verdicts;
}

function assemble(input: PlanInput, inOrder: readonly NamedImage[]): Plan {
  const { settings, event, head, changes } = input;
  const { images, fallbacks } = buildImages(inOrder, settings.layout);
  const unaffected = inOrder.filter(({ verdict }) => !verdict.affected);
  return {
    version: 2,
    run: {
      event: event.kind,
      ref: event.ref,
      sha: head.sha,
      base: changes.base,
      basis: changes.basis,
      date: input.date,
      push: decidePush(event.kind, settings.push),
      ...(event.defaultBranch !== null && { defaultBranch: event.defaultBranch }),
      ...((settings.rebuild === 'always' || event.kind === 'schedule') && { rebuild: true }),
      commitTime: head.commitTime,
    },
    layout: settings.layout,
    images,
    jobs: planJobs(images, settings),
    skipped: [...input.skipped, ...unaffected.map(describeSkipped)],
    fallbacks,
    warnings: [...input.warnings, ...listLosses(inOrder), ...warnOfFixedTags(inOrder)],
  };
}

/** Of the images that are built now: the others are told about when it is their turn. */
function listLosses(inOrder: readonly NamedImage[]): readonly string[] {
  const built = inOrder.filter(({ verdict }) => verdict.affected);
  return built.flatMap(({ image }) => image.choice.warnings ?? []);
}

function buildImages(
  inOrder: readonly NamedImage[],
  layout: Plan['layout'],
): Pick<Plan, 'images' | 'fallbacks'> {
  const made = new Map<string, readonly PlanLeg[]>();
  const images: PlanImage[] = [];
  const fallbacks: Plan['fallbacks'] = [];
  for (const named of inOrder) {
    if (!named.verdict.affected) continue;
    const { configured, choice, dependencies } = named.image;
    const builds = configured.values.manual_build !== true;
    const legs = makeLegs({
      image: configured.name,
      choice,
      dependencies,
      layout,
      made,
      outputs: builds ? named.outputs : [],
    });
    for (const [output, ofOutput] of legs.byOutput) made.set(output, ofOutput);
    if (builds) fallbacks.push(...legs.fallbacks);
    images.push(describeImage(named, legs.byOutput));
  }
  return { images, fallbacks };
}

function describeSkipped({ image, verdict }: NamedImage): Plan['skipped'][number] {
  return { dir: image.configured.dir, name: image.configured.name, reason: verdict.why };
}

/** A merge request proves that its images build, and publishes nothing, unless the project wants that. */
export function decidePush(event: EventKind, setting: Settings['push']): boolean {
  return setting === 'auto' ? event !== 'merge_request' : setting === 'always';
}

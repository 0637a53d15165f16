import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkOut } from './check-out.ts';
import { comparable, undate } from './comparable.ts';
import { readContents } from './contents.ts';
import { DATE_BEFORE, publishBefore } from './publish-before.ts';
import type { Ending, Scenario, Story, Surface } from './scenario.ts';
import { ORIGIN, redirects } from './shop.ts';
import { action } from './surfaces/action.ts';
import { commandLine } from './surfaces/command-line.ts';
import { component } from './surfaces/component.ts';
import { include } from './surfaces/include.ts';
import { steps } from './surfaces/steps.ts';
import { workflow } from './surfaces/workflow.ts';
import { createWorld, type World } from './world.ts';

/** The first is what the others are compared with. */
const SURFACES: readonly Surface[] = [commandLine, steps, action, workflow, include, component];

export interface Terms {
  readonly surfaces?: readonly Surface[];
  /** False for what never makes the same bytes twice: then tags and platforms are compared. */
  readonly repeats?: boolean;
}

/** Every scenario on every surface: the same tags, the same contents, the same plan; and those that were expected. */
export function conform(
  scenarios: readonly Scenario[],
  { surfaces = SURFACES, repeats = true }: Terms = {},
): void {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.stop());
  describe.each(scenarios)('$name', (scenario) => {
    const stage = once(() => scenario.open(world));
    const reference = once(async () =>
      perform({ scenario, surface: commandLine, story: await stage(), world }),
    );
    test.each(surfaces)('$name', async (surface) => {
      const story = await stage();
      const first = await reference();
      const ending = surface === commandLine ? first : await perform({ scenario, surface, story, world });
      expect(ending.jobs).toEqual([...surface.expectedJobs(scenario.expected)].sort());
      expect(nameTags(ending, story)).toEqual([...scenario.expected.tags].sort());
      expect(misplaced(ending, story)).toEqual([]);
      expect(summarize(ending)).toEqual({ jobs: scenario.expected.jobs, built: scenario.expected.built });
      expect(undated(ending, repeats)).toEqual(undated(first, repeats));
      expect(comparable(ending.plan)).toEqual(comparable(first.plan));
    });
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

interface Show {
  readonly scenario: Scenario;
  readonly surface: Surface;
  readonly story: Story;
  readonly world: World;
}

let shows = 0;

/** Each surface has a copy of the repository and a place in the registry that nobody else has. */
async function perform({ scenario, surface, story, world }: Show): Promise<Ending> {
  const checkout = await checkOut(story);
  const path = `acme/shop${++shows}`;
  const registry = `${world.registry.host}/${path}`;
  const env = { ...world.env, ...redirects({ [ORIGIN]: story.origin }), ...story.env };
  const performance = { world, story, checkout, registry, env, inputs: scenario.inputs ?? {} };
  await publishBefore(performance);
  const { plan, jobs } = await surface.run(performance);
  return { plan, jobs: [...jobs].sort(), contents: await readContents(world.registry.host, path) };
}

function nameTags({ contents, plan }: Ending, { published, upstream }: Story): readonly string[] {
  const { date, sha } = plan.run;
  const stamps = [
    ['{stamp}', stampOf(date, sha)],
    ['{before}', stampOf(DATE_BEFORE, published?.revision)],
    ['{upstream}', stampOf(date, upstream)],
  ] as const;
  return Object.keys(contents)
    .map((tag) => stamps.reduce((text, [name, stamp]) => text.replace(stamp, name), tag))
    .sort();
}

/** Published images whose `-latest` is another image than the default tag that the story names. */
function misplaced({ contents, plan }: Ending, { published, latest }: Story): readonly string[] {
  if (published === undefined || latest === undefined) return [];
  const { date, sha } = plan.run;
  const stamp = latest === '{before}' ? stampOf(DATE_BEFORE, published.revision) : stampOf(date, sha);
  return published.images.filter((name) => contents[`${name}-latest`] !== contents[`${name}-${stamp}`]);
}

function stampOf(date: string, commit = 'none'): string {
  return `${date}-${commit.slice(0, 7)}`;
}

function summarize({ plan }: Ending): Pick<Scenario['expected'], 'jobs' | 'built'> {
  return {
    jobs: plan.jobs.map(({ id }) => id),
    built: plan.images.map(({ name, backend }) => `${name} ${backend}`),
  };
}

function undated({ contents, plan }: Ending, repeats: boolean): Readonly<Record<string, string>> {
  const compared = (content: string): string =>
    repeats ? content : content.replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:…');
  return Object.fromEntries(
    Object.entries(contents).map(([tag, content]) => [undate(tag, plan.run.date), compared(content)]),
  );
}

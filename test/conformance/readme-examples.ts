import { expect } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { runAct } from '../support/act.ts';
import { BUNDLE, hephy } from '../support/hephy.ts';
import { checkOut } from './check-out.ts';
import { readContents } from './contents.ts';
import { NOTHING_BEFORE, type Performance, type Story } from './scenario.ts';
import { tagsOf } from './scenarios/expected.ts';
import { createShop, goImage, ORIGIN, redirects } from './shop.ts';
import { describeForGithub } from './surfaces/github-events.ts';
import { CATALOG } from './surfaces/component.ts';
import { playPipeline, withoutRedirects } from './surfaces/pipeline.ts';
import type { World } from './world.ts';

const run = promisify(execFile);

export interface Example {
  readonly place: string;
  readonly title: string;
  readonly text: string;
}

/** Every block of code but those that are only looked at. */
export function findExamples(markdown: string): readonly Example[] {
  return [...markdown.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(({ index, 1: language, 2: text = '' }) => ({
    place: `README.md:${markdown.slice(0, index).split('\n').length + 1}`,
    title: `${language}, ${text.split('\n')[0]}`,
    text,
  }));
}

interface Player {
  readonly matches: RegExp;
  play(text: string, world: World): Promise<void>;
}

const CONFIG = 'services/api/build-config.yaml';

/** Each example as it stands; only the registry's name and the place of the include become those of this machine. */
export const PLAYERS: readonly Player[] = [
  {
    matches: /^# services\/api\/build-config\.yaml\n/,
    play: async (text, world) => {
      const place = await openReadmeShop(world, { [CONFIG]: text });
      await place.story.repo.git('tag', 'v1.4.2');
      const cwd = await checkOut(place.story);
      const args = ['build', '--event', 'tag', '--registry', place.registry];
      expect(await hephy(args, { cwd, env: place.env })).toMatchObject({ code: 0 });
      await expectTags(place, ['latest', '1.4.2', '1.4']);
    },
  },
  {
    matches: /^\$ hephy build\n/,
    play: async (text, world) => {
      const place = await openReadmeShop(world);
      const env = { ...place.env, HEPHY_REGISTRY: place.registry };
      const { stdout } = await hephy(['build'], { cwd: place.checkout, env });
      const [header, row] = text.split('\n').slice(1).map(splitColumns);
      const [said, built] = stdout.split('\n').map(splitColumns);
      expect(said).toEqual(header);
      const kept = (columns: readonly string[] = []) => [columns[0], columns[2], columns[4]];
      expect(kept(built)).toEqual(kept(row));
    },
  },
  { matches: /^script\/try .*\nscript\/test /, play: async () => undefined },
  {
    matches: /^echo .* > services\/api\/build-config\.yaml\n/,
    play: async (text, world) => {
      const place = await openReadmeShop(world);
      const env = { ...place.env, HEPHY_REGISTRY: place.registry };
      const alias = `hephy() { '${process.execPath}' '${BUNDLE}' "$@"; }\nset -e\n`;
      await run('sh', ['-c', alias + text], { cwd: place.checkout, env });
      const tags = Object.keys(await contentsOf(place));
      expect(tags).toEqual(expect.arrayContaining(['services-api-latest']));
    },
  },
  {
    matches: /uses: kingdon-ci\/hephy-builder\/\.github\/workflows\/build\.yml@v2\n/,
    play: (text, world) =>
      playWorkflow(text, world, ['build amd64-1', 'build arm64-1', 'hephy', 'manifest', 'prepare']),
  },
  {
    matches: /^- uses: kingdon-ci\/hephy-builder@v2\n/m,
    play: (text, world) => {
      const steps = text.replaceAll(/^/gm, '      ');
      const job = `on: push\njobs:\n  images:\n    runs-on: ubuntu-24.04\n    steps:\n${steps}`;
      return playWorkflow(job, world, ['images']);
    },
  },
  {
    matches: /^include:\n {2}- remote: /,
    play: (text, world) =>
      playGitlab(
        text.replace('https://raw.githubusercontent.com/kingdon-ci/hephy-builder/v2/', `${world.pages}/`),
        world,
      ),
  },
  { matches: /^include:\n {2}- component: /, play: playGitlab },
];

/** `services/api` is a Go program; the base that it is laid on is one of this machine. */
async function openReadmeShop(
  world: World,
  files: Readonly<Record<string, string>> = {},
): Promise<Performance> {
  const { 'api/build-config.yaml': config = '', ...program } = goImage(world, 'api');
  const moved = Object.entries(program).map(([path, text]) => [`services/${path}`, text] as const);
  const { repo, release } = await createShop(world, {
    ...Object.fromEntries(moved),
    [CONFIG]: 'name: api\nadditional_tags: [latest]\n',
    '.hephy/project.yaml': `defaults: { ko_config: { base_image: "${world.base}" } }\n`,
    ...files,
  });
  expect(config).toContain(world.base);
  const happening = { kind: 'push', branch: 'main', before: NOTHING_BEFORE } as const;
  const story: Story = { repo, happening, origin: await release() };
  const registry = `${world.registry.host}/readme/shop${++count}`;
  const env = { ...world.env, ...redirects({ [ORIGIN]: story.origin }) };
  return { world, story, registry, env, inputs: {}, checkout: await checkOut(story) };
}

let count = 0;

async function playWorkflow(text: string, world: World, jobs: readonly string[]): Promise<void> {
  const workflow = '.github/workflows/images.yml';
  const named = text.replace('ghcr.io/acme/shop', `${world.registry.host}/readme/shop${count + 1}`);
  const place = await openReadmeShop(world, { [workflow]: named });
  const { checkout: cwd, env, registry, story } = place;
  const { event, payload } = describeForGithub(place);
  const done = await runAct({
    ...{ cwd, workflow, event, payload, project: world.project },
    repositories: { 'acme/shop': story.origin },
    env: { ...env, HEPHY_REGISTRY: registry },
  });
  expect(done).toMatchObject({ code: 0 });
  expect(done.jobs).toEqual(jobs.map((id) => ({ id, result: 'success' })));
  await expectTags(place, ['latest']);
}

async function playGitlab(text: string, world: World): Promise<void> {
  const place = await openReadmeShop(world, { '.gitlab-ci.yml': text });
  const catalog = redirects(Object.fromEntries(CATALOG.map((url) => [url, world.project])));
  const { jobs } = await playPipeline(place, {
    file: '.gitlab-ci.yml',
    told: { HEPHY_REGISTRY: place.registry },
    fetching: { ...withoutRedirects(place.env), ...catalog },
  });
  expect([...jobs].sort()).toEqual(['amd64-1', 'arm64-1', 'hephy:build', 'hephy:prepare', 'manifest']);
  await expectTags(place, ['latest']);
}

async function expectTags(place: Performance, additional: readonly string[]): Promise<void> {
  const stamp = /^(api-)\d{8}-[0-9a-f]{7}(?=$|-)/;
  const tags = Object.keys(await contentsOf(place)).map((tag) => tag.replace(stamp, '$1{stamp}'));
  expect(tags.sort()).toEqual([...tagsOf('api', additional)].sort());
}

function contentsOf({ registry, world }: Performance): Promise<Record<string, string>> {
  const { host } = world.registry;
  return readContents(host, registry.slice(host.length + 1));
}

function splitColumns(line: string): readonly string[] {
  return line.split(/ {2,}/);
}

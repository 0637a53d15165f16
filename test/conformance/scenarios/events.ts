import { type Happening, NOTHING_BEFORE, type Scenario, type Story } from '../scenario.ts';
import { createShop, goImage, scratchImage, type Shop } from '../shop.ts';
import { BOTH, tagsOf } from './expected.ts';
import type { World } from '../world.ts';

const SEMVER = "additional_tags: [latest, '{version}', '{major}.{minor}', '{major}']\n";
const BEFORE = { stamp: '{before}' };
const GONE = 'deadbeef'.repeat(5);

/** `api` by ko, which follows git tags; `web` and `jobs` by BuildKit. */
function openShop(world: World): Promise<Shop> {
  return createShop(world, {
    ...goImage(world, 'api', SEMVER),
    ...scratchImage('web'),
    ...scratchImage('jobs'),
    'README.md': '# shop\n',
  });
}

const API = { tags: tagsOf('api', ['latest']), jobs: BOTH, built: ['api ko'] };
const WEB = { tags: tagsOf('web', ['latest']), jobs: BOTH, built: ['web buildkit'] };
const NOTHING = { tags: [], jobs: [], built: [] };

/** Each row of the table of events: what is built is what differs from what the event says. */
export const EVENTS: readonly Scenario[] = [
  {
    name: 'a push builds what it changed',
    open: (world) => pushed(world, { 'api/cmd/api/main.go': goMain(2) }),
    expected: API,
  },
  {
    name: 'a push to a shallow clone fetches the commit before it',
    open: async (world) => ({ ...(await pushed(world, { 'api/cmd/api/main.go': goMain(2) })), depth: 1 }),
    expected: API,
  },
  {
    name: 'a run for an older commit that ends later leaves latest where it is',
    open: async (world) => {
      const shop = await openShop(world);
      const before = await shop.repo.git('rev-parse', 'HEAD');
      await shop.repo.write({ 'web/content.txt': 'older\n' });
      const older = await shop.repo.commit();
      await shop.repo.write({ 'web/content.txt': 'newer\n' });
      const revision = await shop.repo.commit();
      const story = await tell(shop, { kind: 'push', branch: 'main', before });
      await shop.repo.git('reset', '-q', '--hard', older);
      return { ...story, published: { revision, images: ['web'] }, latest: '{before}' };
    },
    expected: { ...WEB, tags: [...tagsOf('web', ['latest'], BEFORE), ...tagsOf('web')] },
  },
  {
    name: 'a push of a README builds nothing',
    open: (world) => pushed(world, { 'README.md': 'x\n', 'web/README.md': 'x\n' }),
    expected: NOTHING,
  },
  {
    name: 'a first push builds everything',
    open: async (world) => {
      const shop = await openShop(world);
      return tell(shop, { kind: 'push', branch: 'main', before: NOTHING_BEFORE });
    },
    expected: {
      tags: ['api', 'jobs', 'web'].flatMap((name) => tagsOf(name, ['latest'])),
      jobs: ['amd64-1', 'amd64-2', 'amd64-3', 'arm64-1', 'arm64-2', 'arm64-3'],
      built: ['api ko', 'jobs buildkit', 'web buildkit'],
    },
  },
  {
    name: 'a new branch is compared with where it left the default branch',
    open: (world) => branchedOff(world, { kind: 'push', branch: 'feature/x', before: NOTHING_BEFORE }),
    expected: WEB,
  },
  {
    name: 'so is a branch whose last commit is gone after a forced push',
    open: (world) => branchedOff(world, { kind: 'push', branch: 'feature/x', before: GONE }),
    expected: WEB,
  },
  {
    name: 'a request of the same repository builds what it changed, and publishes nothing',
    open: (world) => branchedOff(world, { kind: 'merge_request', branch: 'feature/x', fromFork: false }),
    expected: { ...WEB, tags: [] },
  },
  {
    name: 'so does a request from a fork',
    open: (world) => branchedOff(world, { kind: 'merge_request', branch: 'feature/x', fromFork: true }),
    expected: { ...WEB, tags: [] },
  },
  {
    name: 'with push: always a request publishes',
    open: (world) => branchedOff(world, { kind: 'merge_request', branch: 'feature/x', fromFork: false }),
    inputs: { push: 'always' },
    expected: WEB,
  },
  {
    name: 'a tag builds what asks for its tags, and what the tagged commit changed',
    open: async (world) => {
      const shop = await openShop(world);
      await shop.repo.write({ 'web/content.txt': 'new\n' });
      await shop.repo.commit();
      await shop.repo.git('tag', 'v1.4.2');
      return tell(shop, { kind: 'tag', tag: 'v1.4.2' });
    },
    expected: {
      tags: [...tagsOf('api', ['latest', '1.4.2', '1.4', '1']), ...tagsOf('web', ['latest'])],
      jobs: ['amd64-1', 'amd64-2', 'arm64-1', 'arm64-2'],
      built: ['api ko', 'web buildkit'],
    },
  },
  {
    name: 'a schedule builds what rebuild-weekly.txt lists, though nothing changed',
    open: async (world) => {
      const shop = await openShop(world);
      await shop.repo.write({ 'rebuild-weekly.txt': '# each Monday\nweb # its base moves\ngone\n' });
      const revision = await shop.repo.commit();
      const story = await tell(shop, { kind: 'schedule' });
      return { ...story, published: { revision, images: ['web', 'api'] } };
    },
    expected: {
      ...WEB,
      tags: [...tagsOf('api', ['latest'], BEFORE), ...tagsOf('web', [], BEFORE), ...WEB.tags],
    },
  },
  {
    name: 'a manual run builds the images that it names',
    open: async (world) => tell(await openShop(world), { kind: 'manual', images: 'web, jobs' }),
    expected: {
      tags: [...tagsOf('web', ['latest']), ...tagsOf('jobs', ['latest'])],
      jobs: ['amd64-1', 'amd64-2', 'arm64-1', 'arm64-2'],
      built: ['jobs buildkit', 'web buildkit'],
    },
  },
  {
    name: 'a manual run that names none builds all; what the registry has already only gets its tags',
    open: async (world) => {
      const shop = await openShop(world);
      const revision = await shop.repo.git('rev-parse', 'HEAD');
      await shop.repo.write({ 'README.md': 'x\n', 'jobs/content.txt': 'new\n' });
      await shop.repo.commit();
      const story = await tell(shop, { kind: 'manual', images: '' });
      return { ...story, published: { revision, images: ['web', 'api'] } };
    },
    expected: {
      tags: [
        ...tagsOf('jobs', ['latest']),
        ...['api', 'web'].flatMap((name) => [`${name}-{stamp}`, ...tagsOf(name, ['latest'], BEFORE)]),
      ],
      jobs: BOTH,
      built: ['api ko', 'jobs buildkit', 'web buildkit'],
    },
  },
];

function goMain(number: number): string {
  return `package main\n\nfunc main() { println(${number}) }\n`;
}

async function tell({ repo, release }: Shop, happening: Happening): Promise<Story> {
  return { repo, happening, origin: await release() };
}

/** A second commit on the default branch. */
async function pushed(world: World, files: Readonly<Record<string, string>>): Promise<Story> {
  const shop = await openShop(world);
  const before = await shop.repo.git('rev-parse', 'HEAD');
  await shop.repo.write(files);
  await shop.repo.commit();
  return tell(shop, { kind: 'push', branch: 'main', before });
}

/** On a branch `web` was changed; meanwhile the default branch moved on, and changed `jobs`. */
async function branchedOff(world: World, happening: Happening): Promise<Story> {
  const shop = await openShop(world);
  const { repo } = shop;
  await repo.git('switch', '-q', '-c', 'feature/x');
  await repo.write({ 'web/content.txt': 'new\n' });
  await repo.commit();
  await repo.git('switch', '-q', 'main');
  await repo.write({ 'jobs/content.txt': 'new\n' });
  await repo.commit();
  const story = await tell(shop, happening);
  await repo.git('switch', '-q', 'feature/x');
  return story;
}

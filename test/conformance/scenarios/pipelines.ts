import { createGitRepo } from '../../support/git-repo.ts';
import { NOTHING_BEFORE, type Happening, type Scenario, type Story } from '../scenario.ts';
import { createShop, goImage, imageOn, scratchImage, type Shop, spinImage } from '../shop.ts';
import type { World } from '../world.ts';
import { BOTH, tagsOf } from './expected.ts';

const LATEST = ['latest'];
const BEFORE = { stamp: '{before}' };
const FIRST_PUSH: Happening = { kind: 'push', branch: 'main', before: NOTHING_BEFORE };

/** What repositories look like; the first four are those that the product was made for. */
export const PIPELINES: readonly Scenario[] = [
  {
    name: 'a local context, with its Dockerfile and a watched file outside the directory of its config',
    open: (world) => changedFrom(world, localContext(), { 'proto/api.proto': 'v2\n' }),
    expected: { tags: tagsOf('images-app', LATEST), jobs: BOTH, built: ['images-app buildkit'] },
  },
  {
    name: 'a chain of four images by two backends: its bottom changes',
    open: (world) => changedFrom(world, chain(world), { 'tools/cmd/tools/main.go': PROGRAM }),
    expected: {
      tags: ['tools', 'base', 'web', 'site'].flatMap((name) => tagsOf(name, LATEST)),
      jobs: BOTH,
      built: ['tools ko', 'base buildkit', 'web buildkit', 'site buildkit'],
    },
  },
  {
    name: 'the same chain: its middle changes, and stands on what the registry has',
    open: async (world) => {
      const story = await changedFrom(world, chain(world), { 'web/content.txt': 'new\n' });
      const revision = await story.repo.git('rev-parse', 'HEAD^');
      return { ...story, published: { revision, images: ['tools', 'base'] } };
    },
    expected: {
      tags: [
        ...['web', 'site'].flatMap((name) => tagsOf(name, LATEST)),
        ...['tools', 'base'].flatMap((name) => tagsOf(name, LATEST, BEFORE)),
      ],
      jobs: BOTH,
      built: ['web buildkit', 'site buildkit'],
    },
  },
  {
    name: 'only arm64 is needed: nothing is started for amd64',
    open: (world) => {
      const files = {
        ...scratchImage('pi', 'platforms: [linux/arm64]\nadditional_tags: [latest]\n'),
        ...scratchImage('web'),
      };
      return changedFrom(world, files, { 'pi/content.txt': 'new\n' });
    },
    expected: {
      tags: tagsOf('pi', LATEST, { architectures: ['arm64'] }),
      jobs: ['arm64-1'],
      built: ['pi buildkit'],
    },
  },
  {
    name: 'an upstream repository, two stages of it, at one commit',
    open: openUpstream,
    expected: {
      tags: ['tool-one', 'tool-two'].flatMap((name) => tagsOf(name, LATEST, { stamp: '{upstream}' })),
      jobs: BOTH,
      built: ['tool buildkit'],
    },
  },
  {
    name: 'a repository for each image',
    open: async (world) =>
      tell(await createShop(world, { ...goImage(world, 'api'), ...scratchImage('web') })),
    inputs: { layout: 'repository' },
    expected: {
      tags: ['api', 'web'].flatMap((name) =>
        ['{stamp}', '{stamp}-amd64', '{stamp}-arm64', 'latest'].map((tag) => `${name}:${tag}`),
      ),
      jobs: ['amd64-1', 'amd64-2', 'arm64-1', 'arm64-2'],
      built: ['api ko', 'web buildkit'],
    },
  },
  {
    name: 'WebAssembly beside an image for machines',
    open: async (world) => tell(await createShop(world, { ...spinImage('edge'), ...goImage(world, 'api') })),
    expected: {
      tags: [...tagsOf('api', LATEST), 'edge-{stamp}', 'edge-{stamp}-wasm', 'edge-latest'],
      jobs: ['amd64-1', 'arm64-1', 'wasm-1'],
      built: ['api ko', 'edge spin'],
    },
  },
];

const PROGRAM = 'package main\n\nfunc main() { println("new") }\n';

async function tell({ repo, release }: Shop, happening: Happening = FIRST_PUSH): Promise<Story> {
  return { repo, happening, origin: await release() };
}

type Files = Readonly<Record<string, string>>;

/** One commit, and a push of a second. */
async function changedFrom(world: World, files: Files, changed: Files): Promise<Story> {
  const shop = await createShop(world, files);
  const before = await shop.repo.git('rev-parse', 'HEAD');
  await shop.repo.write(changed);
  await shop.repo.commit();
  return tell(shop, { kind: 'push', branch: 'main', before });
}

function localContext(): Files {
  return {
    'images/app/build-config.yaml': `build_backend: buildkit
use_local_context: true
context_path: ../../src
dockerfile_path: docker/Dockerfile
watch: [proto/**/*.proto]
additional_tags: [latest]
`,
    'src/docker/Dockerfile': 'FROM scratch\nCOPY app.txt /\n',
    'src/app.txt': 'app\n',
    'proto/api.proto': 'v1\n',
    ...scratchImage('other'),
  };
}

/** `tools` by ko ← `base`, which copies its program ← `web` ← `site`. */
function chain(world: World): Files {
  const copy =
    'ARG HEPHY_REGISTRY\nARG TOOLS_TAG\nFROM ${HEPHY_REGISTRY}:${TOOLS_TAG} AS tools\nFROM scratch\n';
  return {
    ...goImage(world, 'tools'),
    ...scratchImage('base'),
    'base/Dockerfile': `${copy}COPY --from=tools /ko-app/tools /bin/tools\n`,
    ...imageOn('base', 'web'),
    ...imageOn('web', 'site'),
  };
}

/** Somebody else's repository, behind TLS; after the commit that its tag names it moved on. */
async function openUpstream(world: World): Promise<Story> {
  const upstream = await createGitRepo({
    'build/Dockerfile': 'FROM scratch AS one\nCOPY tool.txt /\nFROM one AS two\nCOPY tool.txt /again.txt\n',
    'tool.txt': 'tool\n',
  });
  const released = await upstream.git('rev-parse', 'HEAD');
  await upstream.git('tag', '-a', '-m', 'release', 'v1.0.0');
  await upstream.write({ 'tool.txt': 'later\n' });
  await upstream.commit();
  const shop = await createShop(world, {
    'tool/build-config.yaml': `build_backend: buildkit
upstream_repo: ${world.upstreams.url}${upstream.dir}
upstream_ref: v1.0.0
dockerfile_path: build/Dockerfile
targets: [one, two]
additional_tags: [latest]
`,
  });
  return { ...(await tell(shop)), upstream: released, env: { GIT_SSL_CAINFO: world.upstreamCertificate } };
}

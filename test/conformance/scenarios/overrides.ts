import { NOTHING_BEFORE, type Scenario, type Story } from '../scenario.ts';
import { createShop, goImage, scratchImage } from '../shop.ts';
import type { World } from '../world.ts';
import { tagsOf } from './expected.ts';

const FOUR = ['amd64-1', 'amd64-2', 'arm64-1', 'arm64-2'];
const TAGS = ['api', 'jobs'].flatMap((name) => tagsOf(name, ['latest']));

/** Two Go programs that have Dockerfiles as well, so that more than one backend can build them. */
async function openShop(world: World): Promise<Story> {
  const { repo, release } = await createShop(
    world,
    Object.assign(
      {},
      ...['api', 'jobs'].map((dir) => ({
        ...scratchImage(dir),
        ...goImage(world, dir),
        [`${dir}/build-config.yaml`]: `ko_config: {base_image: "${world.base}", sbom: none}\nadditional_tags: [latest]\n`,
      })),
    ),
  );
  return {
    repo,
    origin: await release(),
    happening: { kind: 'push', branch: 'main', before: NOTHING_BEFORE },
  };
}

function withVariable(value: string) {
  return async (world: World): Promise<Story> => ({
    ...(await openShop(world)),
    env: { HEPHY_BACKEND: value },
  });
}

/** Who has the last word on what builds an image. */
export const OVERRIDES: readonly Scenario[] = [
  {
    name: 'without an override, what is found decides',
    open: openShop,
    expected: { tags: TAGS, jobs: FOUR, built: ['api ko', 'jobs ko'] },
  },
  {
    name: 'HEPHY_BACKEND for all images',
    open: withVariable('buildkit'),
    expected: { tags: TAGS, jobs: FOUR, built: ['api buildkit', 'jobs buildkit'] },
  },
  {
    name: 'HEPHY_BACKEND for one image',
    open: withVariable('api=buildkit'),
    expected: { tags: TAGS, jobs: FOUR, built: ['api buildkit', 'jobs ko'] },
  },
  {
    name: 'the input backend for all images, over the variable',
    open: withVariable('ko'),
    inputs: { backend: 'buildkit' },
    expected: { tags: TAGS, jobs: FOUR, built: ['api buildkit', 'jobs buildkit'] },
  },
  {
    name: 'the input backend for each image',
    open: openShop,
    inputs: { backend: 'jobs=buildkit,api=ko' },
    expected: { tags: TAGS, jobs: FOUR, built: ['api ko', 'jobs buildkit'] },
  },
  {
    name: 'auto is no override',
    open: withVariable('auto'),
    expected: { tags: TAGS, jobs: FOUR, built: ['api ko', 'jobs ko'] },
  },
];

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGitRepo } from '../support/git-repo.ts';
import { crane, craneJson } from '../support/go-shop.ts';
import { hephy } from '../support/hephy.ts';
import { pushImage } from '../support/push-image.ts';
import { AMD64, ARM64, openClient } from '../support/registry-client.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

test('a bare name in manual_images is a tag in the registry of the project', async () => {
  const repository = openClient().registries.repository({ host: registry.host, path: 'shop' }, 'push');
  const platforms = { 'tool-1-amd64': AMD64, 'tool-1-arm64': ARM64 };
  for (const [tag, platform] of Object.entries(platforms)) {
    await pushImage(repository, [{ platform, layers: [] }], [tag]);
  }
  const { dir } = await createGitRepo({
    'tool/build-config.yaml':
      'manual_build: true\nmanual_images: {amd64: tool-1-amd64, arm64: tool-1-arm64}\nadditional_tags: [latest]\n',
  });
  const shop = `${registry.host}/shop`;
  const run = await hephy(['build', '--all', '--registry', shop], { cwd: dir });
  expect(run).toMatchObject({ code: 0 });
  const index = await craneJson<{ manifests: { digest: string }[] }>('manifest', `${shop}:tool-latest`);
  const tags = Object.keys(platforms).map((tag) => crane('digest', `${shop}:${tag}`));
  expect(index.manifests.map(({ digest }) => digest)).toEqual(await Promise.all(tags));
});

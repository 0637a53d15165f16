import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { joinImages, type Joined, type JoinRequest } from '../../src/registry/join.ts';
import type { TagKeeper } from '../../src/registry/move-tags.ts';
import type { Repository } from '../../src/registry/repository.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { AMD64, ARM64, openClient, pushLegs, type TestClient } from '../support/registry-client.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

/** What becomes of the tags of one image where the registry refuses one of them, or another run keeps it. */
let registry: TestRegistry;
let proxy: FaultProxy;
let client: TestClient;
let shop: Repository;
let before: string;
let count = 0;

beforeAll(async () => {
  registry = await startRegistry();
  proxy = await startFaultProxy(registry.host);
  client = openClient();
});
afterAll(async () => {
  client.http.close();
  await Promise.all([proxy.stop(), registry.stop()]);
});
beforeEach(async () => {
  proxy.clear();
  shop = client.registries.repository({ host: proxy.host, path: `tags${count++}` }, 'push');
  await pushLegs(shop, 'old');
  await pushLegs(shop, 'new');
  before = (await join('old', ['api-1', 'api-latest', 'api-stable'])).digest;
  proxy.clear();
});

function join(leg: string, tags: readonly string[], more: Partial<JoinRequest> = {}): Promise<Joined> {
  const children = [AMD64, ARM64].map((platform) => ({
    reference: { ...shop.name, tag: `${leg}-${platform.architecture}` },
    platform,
  }));
  return joinImages(client.registries, { repository: shop.name, tags, children, ...more });
}

function refuse(tag: string, status = 403): void {
  proxy.add({
    method: 'PUT',
    path: new RegExp(`manifests/${tag}$`),
    trouble: { kind: 'status', status },
    times: 1000,
  });
}

function places(...tags: string[]): Promise<(string | undefined)[]> {
  return Promise.all(tags.map((tag) => shop.findManifest(tag)));
}

test('one additional tag refused: those that were moved are put back, and the result says where each is', async () => {
  refuse('api-latest');
  const joined = await join('new', ['api-2', 'api-stable', 'api-latest', 'api-new']);
  expect(joined.problem).toMatchObject({ code: 'REGISTRY_AUTH' });
  expect(joined.tags).toEqual(['api-2', 'api-new']);
  expect(joined.unmoved.map(({ tag, reason, digest }) => [tag, reason, digest])).toEqual([
    ['api-latest', 'refused', before],
    ['api-stable', 'restored', before],
  ]);
  const { digest } = joined;
  expect(await places('api-2', 'api-stable', 'api-latest', 'api-new')).toEqual([
    digest,
    before,
    before,
    digest,
  ]);
});

test('where tags never move, the new ones stay and the others are named', async () => {
  proxy.refuseTags('ecr');
  const joined = await join('new', ['api-2', 'api-new', 'api-latest']);
  expect(joined.problem).toMatchObject({
    code: 'REGISTRY_IMMUTABLE',
    hint: expect.stringContaining('additional_tags'),
  });
  expect(joined.tags).toEqual(['api-2', 'api-new']);
  expect(joined.unmoved).toMatchObject([{ tag: 'api-latest', reason: 'refused', digest: before }]);
});

test('the default tag refused: no other one is touched', async () => {
  refuse('api-2');
  await expect(join('new', ['api-2', 'api-stable'])).rejects.toThrowWithCode('REGISTRY_AUTH');
  expect(await places('api-2', 'api-stable')).toEqual([undefined, before]);
});

test('a tag that is kept stays, and the others move', async () => {
  const keeper: TagKeeper = {
    reasonToKeep: async (tag, { digest }) =>
      tag === 'api-latest' && digest === before ? 'it is newer' : undefined,
  };
  const joined = await join('new', ['api-2', 'api-latest', 'api-stable'], { keeper });
  expect(joined).toMatchObject({ problem: undefined, tags: ['api-2', 'api-stable'] });
  expect(joined.unmoved).toEqual([{ tag: 'api-latest', digest: before, reason: 'kept', why: 'it is newer' }]);
  expect(await places('api-latest', 'api-stable')).toEqual([before, joined.digest]);
});

test('a run that was overtaken while it moved tags gives them to the newer one', async () => {
  const newer = (await join('old', ['api-3'], { annotations: { newer: 'yes' } })).digest;
  const keeper: TagKeeper = {
    reasonToKeep: async () => undefined,
    overtaken: async () => ({ digest: newer, why: 'api-3 was published meanwhile' }),
  };
  const joined = await join('new', ['api-2', 'api-latest', 'api-stable'], { keeper });
  expect(joined.tags).toEqual(['api-2']);
  expect(await places('api-latest', 'api-stable')).toEqual([newer, newer]);
});

test.each([
  ['refused', 403],
  ['gone', 404],
])('a tag that only finds the image again is %s: everything is published all the same', async (_, status) => {
  refuse('fp-.*', status);
  const request = {
    children: [
      {
        reference: { ...shop.name, tag: 'new-amd64' },
        platform: AMD64,
        aliasOf: () => 'fp-0123',
      },
    ],
  };
  const joined = await join('new', ['api-2', 'api-latest'], request);
  expect(joined).toMatchObject({ problem: undefined, tags: ['api-2', 'api-latest'] });
  expect(joined.lostAliases).toHaveLength(1);
});

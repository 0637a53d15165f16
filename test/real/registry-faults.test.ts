import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import { sha256 } from '../../src/registry/digest.ts';
import { joinImages, type JoinRequest } from '../../src/registry/join.ts';
import type { Repository } from '../../src/registry/repository.ts';
import { startFaultProxy, type Fault, type FaultProxy, type Trouble } from '../support/fault-proxy.ts';
import { AMD64, ARM64, openClient, pushLegs, type TestClient } from '../support/registry-client.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const OLD = 'a'.repeat(40);
const NEW = 'b'.repeat(40);
/** Short, so that what never ends does not hold up the suite. */
const timeouts = { totalMs: 400, idleMs: 200 };

let registry: TestRegistry;
let proxy: FaultProxy;
let client: TestClient;
let shop: Repository;
let good: string;
/** Makes each test's index one that the registry has never seen. */
let build = 0;

beforeAll(async () => {
  registry = await startRegistry({ auth: 'token' });
  proxy = await startFaultProxy(registry.host);
});
afterAll(async () => {
  await proxy.stop();
  await registry.stop();
});
beforeEach(async () => {
  build += 1;
  proxy.clear();
  const steady = openClient({ logins: [proxy.host] });
  const repository = steady.registries.repository({ host: proxy.host, path: 'shop' }, 'push');
  await pushLegs(repository, 'old', OLD);
  await pushLegs(repository, 'new', NEW);
  good = (await joinImages(steady.registries, describeJoin(repository, 'old', OLD))).digest;
  steady.http.close();
  client = openClient({ logins: [proxy.host], timeouts });
  shop = client.registries.repository({ host: proxy.host, path: 'shop' }, 'push');
  proxy.clear();
});

function describeJoin(repository: Repository, leg: string, revision: string): JoinRequest {
  const children = [AMD64, ARM64].map((platform) => ({
    reference: { ...repository.name, tag: `${leg}-${platform.architecture}` },
    platform,
    revision,
  }));
  const annotations = { build: `${build}` };
  return { repository: repository.name, tags: ['latest', 'stable'], children, annotations };
}

const PLACES: readonly (readonly [string, Pick<Fault, 'method' | 'path'>])[] = [
  ['the version check', { method: 'GET', path: /^\/v2\/$/ }],
  ['an architecture image', { method: 'GET', path: /manifests\/new-arm64/ }],
  ['a config', { method: 'GET', path: /blobs\/sha256/ }],
  ['the index that is pushed', { method: 'PUT', path: /manifests\/sha256/ }],
  ['a tag that is pushed', { method: 'PUT', path: /manifests\/latest/ }],
];

const TROUBLES: readonly (readonly [string, Trouble])[] = [
  ['429 with Retry-After', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }],
  ['429 without Retry-After', { kind: 'status', status: 429 }],
  ['500', { kind: 'status', status: 500 }],
  ['503 with a page of HTML', { kind: 'status', status: 503, body: '<html>down</html>' }],
  ['a reset', { kind: 'reset' }],
];

const BAD_BODIES: readonly (readonly [string, Trouble, ErrorCode])[] = [
  ['a reset in the middle', { kind: 'cut' }, 'REGISTRY_UNAVAILABLE'],
  ['too short a body', { kind: 'short' }, 'REGISTRY_DIGEST'],
  ['another body than its digest', { kind: 'corrupt' }, 'REGISTRY_DIGEST'],
  ['a byte at a time', { kind: 'slow' }, 'REGISTRY_UNAVAILABLE'],
  ['silence', { kind: 'silent' }, 'REGISTRY_UNAVAILABLE'],
];

async function expectPublished(): Promise<void> {
  const { digest } = await joinImages(client.registries, describeJoin(shop, 'new', NEW));
  expect(digest).not.toBe(good);
  proxy.clear();
  expect([await shop.findManifest('latest'), await shop.findManifest('stable')]).toEqual([digest, digest]);
}

async function expectUntouched(code: ErrorCode): Promise<void> {
  await expect(joinImages(client.registries, describeJoin(shop, 'new', NEW))).rejects.toThrowWithCode(code);
  proxy.clear();
  const observer = openClient({ logins: [proxy.host] });
  const repository = observer.registries.repository(shop.name);
  expect([await repository.findManifest('latest'), await repository.findManifest('stable')]).toEqual([
    good,
    good,
  ]);
  observer.http.close();
}

describe.each(PLACES)('trouble with %s', (_, place) => {
  test.each(TROUBLES)('%s, for a while: the image is published', async (__, trouble) => {
    proxy.add({ ...place, trouble, times: 2 });
    await expectPublished();
    expect(client.pauses).toHaveLength(2);
  });

  test.each(TROUBLES)('%s, for good: one clear error, and the good tags stay', async (__, trouble) => {
    proxy.add({ ...place, trouble, times: 1000 });
    await expectUntouched('REGISTRY_UNAVAILABLE');
    client.http.close();
  });
});

describe.each(PLACES.slice(1, 3))('a bad answer for %s', (_, place) => {
  test.each(BAD_BODIES)('%s, once: the image is published', async (__, trouble) => {
    proxy.add({ ...place, trouble });
    await expectPublished();
    expect(client.pauses).toHaveLength(1);
  });

  test.each(BAD_BODIES)(
    '%s, for good: one clear error, and the good tags stay',
    async (__, trouble, code) => {
      proxy.add({ ...place, trouble, times: 1000 });
      await expectUntouched(code);
    },
  );
});

test('the pause that the registry asks for is kept', async () => {
  const trouble: Trouble = { kind: 'status', status: 429, headers: { 'retry-after': '7' } };
  proxy.add({ method: 'GET', path: /manifests\/new-amd64/, trouble });
  await expectPublished();
  expect(client.pauses).toEqual([7000]);
});

test('an answer that was lost after the registry had acted does no harm', async () => {
  proxy.add({ method: 'PUT', path: /manifests\/(latest|sha256)/, trouble: { kind: 'cut' }, times: 2 });
  await expectPublished();
});

test('a digest that the registry refuses leaves all tags alone', async () => {
  const body = JSON.stringify({ errors: [{ code: 'MANIFEST_INVALID', message: 'no\u001b[31m\nthanks' }] });
  proxy.add({
    method: 'PUT',
    path: /manifests\/sha256/,
    trouble: { kind: 'status', status: 400, body },
    times: 1000,
  });
  const joining = joinImages(client.registries, describeJoin(shop, 'new', NEW));
  await expect(joining).rejects.toThrow('400 MANIFEST_INVALID no [31m thanks');
  await expectUntouched('REGISTRY_REJECTED');
});

test('the first tag refused: the others are not moved', async () => {
  proxy.add({
    method: 'PUT',
    path: /manifests\/latest/,
    trouble: { kind: 'status', status: 403 },
    times: 1000,
  });
  await expectUntouched('REGISTRY_AUTH');
});

test('tokens that expire in the middle of a run are fetched anew', async () => {
  const before = registry.tokens?.asked.length ?? 0;
  await shop.findManifest('latest');
  proxy.expireTokens();
  await expectPublished();
  expect(client.pauses).toEqual([]);
  expect((registry.tokens?.asked.length ?? 0) - before).toBe(2);
});

test('a registry that never takes a token is REGISTRY_AUTH, not a loop', async () => {
  proxy.add({ method: 'GET', path: /manifests\/new/, trouble: { kind: 'status', status: 401 }, times: 1000 });
  await expectUntouched('REGISTRY_AUTH');
  expect(client.pauses).toEqual([]);
});

test('an interruption ends a run at once, with nothing published', async () => {
  const controller = new AbortController();
  const stopped = openClient({ logins: [proxy.host], signal: controller.signal });
  proxy.add({ method: 'GET', path: /manifests\/new-arm64/, trouble: { kind: 'silent' } });
  const joining = joinImages(stopped.registries, describeJoin(shop, 'new', NEW));
  setTimeout(() => controller.abort(), 50);
  await expect(joining).rejects.toThrowWithCode('CANCELLED');
  stopped.http.close();
  expect(await shop.findManifest('latest')).toBe(good);
});

test('an upload that breaks begins again from its start', async () => {
  const bytes = Buffer.alloc(200_000, 'x');
  const blob = { digest: sha256(bytes), size: bytes.length };
  proxy.add({ method: 'PUT', path: /blobs\/uploads/, trouble: { kind: 'reset' }, times: 2 });
  await shop.putBlob(blob, bytes);
  expect(proxy.requests.filter((line) => line.startsWith('POST'))).toHaveLength(3);
  expect((await shop.readBlob(blob)).equals(bytes)).toBe(true);
});

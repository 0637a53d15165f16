import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sha256 } from '../../src/registry/digest.ts';
import { buildIndex } from '../../src/registry/image-index.ts';
import { joinAll, joinImages, type JoinRequest } from '../../src/registry/join.ts';
import { pushImage } from '../support/push-image.ts';
import type { Repository } from '../../src/registry/repository.ts';
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../src/registry/schema.ts';
import { crane, startCraneRegistry } from '../support/crane-registry.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import {
  AMD64,
  ARM64,
  describeImage,
  openClient,
  pushLegs,
  type TestClient,
} from '../support/registry-client.ts';
import { startRegistry } from '../support/registry.ts';
import type { RunningServer } from '../support/server-process.ts';

const run = promisify(execFile);
const REVISION = 'a'.repeat(40);

let registry: RunningServer;
let other: RunningServer;
let proxy: FaultProxy;
let client: TestClient;
let shop: Repository;

beforeAll(async () => {
  registry = await startRegistry();
  other = await startCraneRegistry();
  proxy = await startFaultProxy(registry.host);
  client = openClient();
  shop = client.registries.repository({ host: proxy.host, path: 'shop' }, 'push');
});
beforeEach(() => proxy.clear());
afterAll(async () => {
  client.http.close();
  await Promise.all([proxy.stop(), registry.stop(), other.stop()]);
});

function describeJoin(tag: string, legs: readonly string[], more: Partial<JoinRequest> = {}): JoinRequest {
  const platforms = [AMD64, ARM64];
  return {
    repository: shop.name,
    tags: [tag],
    children: legs.flatMap((leg, index) => {
      const platform = platforms[index];
      return platform ? [{ reference: { ...shop.name, tag: leg }, platform, revision: REVISION }] : [];
    }),
    ...more,
  };
}

test('two architectures become one index under every tag, and another client reads it', async () => {
  const legs = await pushLegs(shop, 'api');
  const annotations = { 'org.opencontainers.image.title': 'api' };
  const joined = await joinImages(client.registries, {
    ...describeJoin('api', legs),
    tags: ['api', 'api-1.0', 'api-latest'],
    annotations,
  });
  expect(joined).toMatchObject({ mediaType: OCI_INDEX, tags: ['api', 'api-1.0', 'api-latest'] });
  expect(joined.platforms.map(({ platform }) => platform)).toEqual([AMD64, ARM64]);
  expect(joined.platforms.every(({ size }) => size > 100)).toBe(true);
  for (const tag of joined.tags) {
    const reference = `${registry.host}/shop:${tag}`;
    expect((await run(crane(), ['digest', reference])).stdout.trim()).toBe(joined.digest);
    await run(crane(), ['validate', '--remote', reference]);
  }
  const stored = await shop.getManifest('api');
  expect(stored.body.annotations).toEqual(annotations);
});

test('it takes as few requests as it can', async () => {
  const legs = await pushLegs(shop, 'few');
  proxy.clear();
  const request = { ...describeJoin('few', legs), tags: ['few', 'few-1', 'few-2'] };
  const { digest } = await joinImages(client.registries, request);
  const count = (start: string): number => proxy.requests.filter((line) => line.startsWith(start)).length;
  // Two images, and what the two additional tags name before they are moved.
  expect([count('GET /v2/shop/manifests/'), count('GET /v2/shop/blobs/')]).toEqual([4, 2]);
  expect(proxy.requests.filter((line) => /^(HEAD|PUT)/.test(line))).toEqual([
    `HEAD /v2/shop/manifests/${digest}`,
    `PUT /v2/shop/manifests/${digest}`,
    'PUT /v2/shop/manifests/few',
    'PUT /v2/shop/manifests/few-1',
    'PUT /v2/shop/manifests/few-2',
  ]);
  expect(proxy.requests).toHaveLength(11);
});

test('a second run pushes nothing', async () => {
  const legs = await pushLegs(shop, 'again');
  const request = { ...describeJoin('again', legs), tags: ['again', 'again-latest'] };
  const first = await joinImages(client.registries, request);
  proxy.clear();
  const second = await joinImages(client.registries, request);
  expect(second).toEqual(first);
  expect(proxy.requests.filter((line) => /^(PUT|POST)/.test(line))).toEqual([]);
});

test('a missing architecture publishes nothing and leaves the good tag alone', async () => {
  const [amd64 = ''] = await pushLegs(shop, 'good');
  const good = await joinImages(client.registries, describeJoin('good', ['good-amd64', 'good-arm64']));
  proxy.clear();
  const joining = joinImages(client.registries, describeJoin('good', [amd64, 'nowhere-arm64']));
  await expect(joining).rejects.toThrowWithCode('MANIFEST_MISSING_LEG');
  const both = joinImages(client.registries, describeJoin('good', ['nowhere-amd64', 'nowhere-arm64']));
  await expect(both).rejects.toThrow(/nowhere-amd64.*nowhere-arm64/);
  expect(proxy.requests.filter((line) => /^(PUT|POST)/.test(line))).toEqual([]);
  expect(await shop.findManifest('good')).toBe(good.digest);
});

test('an image for another machine, or of another commit, publishes nothing', async () => {
  const legs = await pushLegs(shop, 'wrong', 'b'.repeat(40));
  await expect(joinImages(client.registries, describeJoin('wrong', legs))).rejects.toThrowWithCode(
    'MANIFEST_MISMATCH',
  );
  const swapped = describeJoin('wrong', [...legs].reverse());
  await expect(joinImages(client.registries, swapped)).rejects.toThrow(
    'is for linux/arm64, but linux/amd64 is expected',
  );
  const plain = await pushImage(shop, [{ platform: AMD64, layers: [] }], ['unlabelled']);
  expect(plain.kind).toBe('image');
  await expect(joinImages(client.registries, describeJoin('wrong', ['unlabelled']))).rejects.toThrow(
    'does not say which commit it was built from',
  );
  expect(await shop.findManifest('wrong')).toBe(undefined);
});

test('the commit may stand in an annotation, where a builder cannot set labels', async () => {
  const annotations = { 'org.opencontainers.image.revision': REVISION };
  await pushImage(shop, [{ platform: AMD64, layers: [], annotations }], ['annotated']);
  await expect(joinImages(client.registries, describeJoin('joined', ['annotated']))).resolves.toMatchObject({
    mediaType: OCI_INDEX,
  });
});

test('one platform alone may keep its own manifest', async () => {
  const [leg = ''] = await pushLegs(shop, 'lambda');
  const single = await joinImages(client.registries, describeJoin('lambda', [leg], { single: true }));
  expect(single).toMatchObject({ mediaType: OCI_MANIFEST, digest: single.platforms[0]?.digest });
  expect(await shop.findManifest('lambda')).toBe(single.digest);
  const indexed = await joinImages(client.registries, describeJoin('lambda-index', [leg]));
  expect(indexed.mediaType).toBe(OCI_INDEX);
});

/** What BuildKit pushes for one architecture: an index of the image and what it attests. */
async function pushWithAttestation(tag: string): Promise<{ image: string; attestation: string }> {
  const image = await pushImage(shop, [describeImage(AMD64, tag)], []);
  const attested = await pushImage(
    shop,
    [{ platform: { os: 'unknown', architecture: 'unknown' }, layers: [] }],
    [],
  );
  const annotations = {
    'vnd.docker.reference.type': 'attestation-manifest',
    'vnd.docker.reference.digest': image.digest,
  };
  const index = buildIndex([
    { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length, platform: AMD64 },
    {
      mediaType: attested.mediaType,
      digest: attested.digest,
      size: attested.bytes.length,
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations,
    },
  ]);
  await shop.putManifest(tag, index);
  return { image: image.digest, attestation: attested.digest };
}

test('an index of one image and its provenance is looked into; provenance goes along only when asked for', async () => {
  const { image, attestation } = await pushWithAttestation('nested-amd64');
  const plain = await joinImages(client.registries, describeJoin('nested', ['nested-amd64']));
  expect(plain.platforms).toMatchObject([{ digest: image }]);
  expect(await entriesOf('nested')).toEqual([image]);
  await joinImages(
    client.registries,
    describeJoin('nested', ['nested-amd64'], { keepAttestations: true, single: true }),
  );
  expect(await entriesOf('nested')).toEqual([image, attestation]);
});

async function entriesOf(tag: string): Promise<string[]> {
  const manifest = await shop.getManifest(tag);
  return manifest.kind === 'index' ? manifest.body.manifests.map(({ digest }) => digest) : [];
}

test('an index without the platform is a mismatch that says what it has', async () => {
  await pushWithAttestation('only-amd64');
  const request = describeJoin('x', ['nothing', 'only-amd64']);
  const joining = joinImages(client.registries, { ...request, children: request.children.slice(1) });
  await expect(joining).rejects.toThrow('is an index of linux/amd64, but linux/arm64 is expected');
});

test('a Docker schema 2 image joins like any other', async () => {
  const image = await pushImage(shop, [describeImage(AMD64, 'docker')], []);
  const body: unknown = JSON.parse(Buffer.from(image.bytes).toString('utf8'));
  const bytes = Buffer.from(
    JSON.stringify({ ...(body as object), mediaType: DOCKER_MANIFEST }).replaceAll(
      'application/vnd.oci.image.config.v1+json',
      'application/vnd.docker.container.image.v1+json',
    ),
  );
  await shop.putManifest('docker-amd64', { mediaType: DOCKER_MANIFEST, bytes });
  const joined = await joinImages(client.registries, describeJoin('docker', ['docker-amd64']));
  expect(joined.platforms).toMatchObject([{ digest: sha256(bytes) }]);
  await run(crane(), ['validate', '--remote', `${registry.host}/shop:docker`]);
});

test('images of another repository are mounted, those of another registry are copied', async () => {
  const near = client.registries.repository({ host: proxy.host, path: 'upstream/tool' }, 'push');
  const far = client.registries.repository({ host: other.host, path: 'elsewhere/tool' }, 'push');
  await pushImage(near, [describeImage(AMD64, 'near')], ['v1']);
  await pushImage(far, [describeImage(AMD64, 'far'), describeImage(ARM64, 'far')], ['v1']);
  proxy.clear();
  const joined = await joinImages(client.registries, {
    repository: shop.name,
    tags: ['manual'],
    children: [
      { reference: { ...near.name, tag: 'v1' }, platform: AMD64 },
      { reference: { ...far.name, tag: 'v1' }, platform: ARM64 },
    ],
  });
  expect(joined.platforms).toHaveLength(2);
  expect(proxy.requests.filter((line) => line.startsWith('GET /v2/upstream/tool/blobs/'))).toHaveLength(1);
  expect(proxy.requests.filter((line) => line.includes('mount='))).toHaveLength(2);
  await run(crane(), ['validate', '--remote', `${registry.host}/shop:manual`]);
});

test.each(['ecr', 'harbor'] as const)(
  'tags that cannot move (%s): the same image is fine, another is not',
  async (like) => {
    const legs = await pushLegs(shop, `fixed-${like}`);
    const request = describeJoin(`fixed-${like}`, legs);
    const first = await joinImages(client.registries, request);
    proxy.refuseTags(like);
    await expect(joinImages(client.registries, request)).resolves.toEqual(first);
    const changed = joinImages(client.registries, { ...request, annotations: { changed: 'yes' } });
    await expect(changed).rejects.toThrowWithCode('REGISTRY_IMMUTABLE');
    await expect(changed).rejects.toThrow(first.digest);
    expect(await shop.findManifest(`fixed-${like}`)).toBe(first.digest);
  },
);

test('many at once: one that fails keeps no other from being published', async () => {
  const legs = await pushLegs(shop, 'many');
  const requests = ['m0', 'm1', 'm2', 'm3'].map((tag, index) =>
    describeJoin(tag, index === 1 ? ['nowhere'] : legs),
  );
  const settled = await joinAll(client.registries, requests, 2);
  expect(settled.map((outcome) => 'value' in outcome)).toEqual([true, false, true, true]);
  const [, failed] = settled;
  expect(failed && 'error' in failed && failed.error).toThrowWithCode('MANIFEST_MISSING_LEG');
  expect(await shop.findManifest('m3')).toBeDefined();
});

test('nothing to join is nothing to publish, and a tag must be one', async () => {
  await expect(joinImages(client.registries, describeJoin('none', []))).rejects.toThrowWithCode(
    'MANIFEST_MISSING_LEG',
  );
  await expect(joinImages(client.registries, describeJoin('a b/../c', ['x']))).rejects.toThrowWithCode(
    'REGISTRY_REFERENCE',
  );
  expect(proxy.requests).toEqual([]);
});

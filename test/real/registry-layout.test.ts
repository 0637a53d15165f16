import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { writeLayout } from '../../src/registry/layout.ts';
import { pushImage } from '../support/push-image.ts';
import type { Repository } from '../../src/registry/repository.ts';
import { crane } from '../support/crane-registry.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { AMD64, ARM64, describeImage, openClient, type TestClient } from '../support/registry-client.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const run = promisify(execFile);

let registry: TestRegistry;
let proxy: FaultProxy;
let client: TestClient;
let shop: Repository;
let directory: string;

beforeAll(async () => {
  registry = await startRegistry();
  proxy = await startFaultProxy(registry.host);
  client = openClient();
  shop = client.registries.repository({ host: proxy.host, path: 'shop' }, 'push');
  for (const name of ['api', 'web']) {
    await pushImage(
      shop,
      [AMD64, ARM64].map((platform) => describeImage(platform, name)),
      [name],
    );
  }
  await pushImage(shop, [describeImage(AMD64, 'new api')], ['api-2']);
});
beforeEach(async () => {
  proxy.clear();
  directory = await mkdtemp(join(tmpdir(), 'hephy-layout-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));
afterAll(async () => {
  client.http.close();
  await proxy.stop();
  await registry.stop();
});

async function readNames(): Promise<unknown[]> {
  const index = JSON.parse(await readFile(join(directory, 'index.json'), 'utf8')) as {
    manifests: { annotations: Record<string, string> }[];
  };
  return index.manifests.map(({ annotations }) => annotations['org.opencontainers.image.ref.name']);
}

async function expectWholeBlobs(): Promise<number> {
  const blobs = join(directory, 'blobs/sha256');
  const names = await readdir(blobs).catch(() => []);
  for (const name of names) {
    expect(
      createHash('sha256')
        .update(await readFile(join(blobs, name)))
        .digest('hex'),
    ).toBe(name);
  }
  return names.length;
}

test('several images share one layout, and another client can push it', async () => {
  await writeLayout(directory, [
    { repository: shop, target: 'api', name: 'api' },
    { repository: shop, target: 'web', name: 'web' },
  ]);
  expect(await readNames()).toEqual(['api', 'web']);
  expect(await expectWholeBlobs()).toBe(14);
  expect(JSON.parse(await readFile(join(directory, 'oci-layout'), 'utf8'))).toEqual({
    imageLayoutVersion: '1.0.0',
  });
  await run(crane(), ['push', directory, `${registry.host}/back:all`, '--index']);
  await run(crane(), ['validate', '--remote', `${registry.host}/back:all`]);
});

test('a second run replaces its own names, keeps the others, and fetches no blob again', async () => {
  const images = [{ repository: shop, target: 'api', name: 'api' }];
  await writeLayout(directory, [...images, { repository: shop, target: 'web', name: 'web' }]);
  proxy.clear();
  await writeLayout(directory, images);
  expect(proxy.requests.filter((line) => line.includes('/blobs/'))).toEqual([]);
  await writeLayout(directory, [{ repository: shop, target: 'api-2', name: 'api' }]);
  expect(await readNames()).toEqual(['web', 'api']);
});

test('a registry that breaks off leaves no broken blob and no index', async () => {
  proxy.add({ method: 'GET', path: /blobs/, trouble: { kind: 'cut' }, after: 2, times: 1000 });
  const writing = writeLayout(directory, [{ repository: shop, target: 'api', name: 'api' }]);
  await expect(writing).rejects.toThrowWithCode('REGISTRY_UNAVAILABLE');
  await expectWholeBlobs();
  await expect(readNames()).rejects.toThrow('ENOENT');
});

test('what is in the way is LAYOUT_WRITE', async () => {
  const file = join(directory, 'file');
  await writeFile(file, 'in the way');
  const images = [{ repository: shop, target: 'api', name: 'api' }];
  await expect(writeLayout(file, images)).rejects.toThrowWithCode('LAYOUT_WRITE');
  await writeFile(join(directory, 'index.json'), 'not an index');
  await expect(writeLayout(directory, images)).rejects.toThrowWithCode('LAYOUT_WRITE');
  expect(await readFile(join(directory, 'index.json'), 'utf8')).toBe('not an index');
});

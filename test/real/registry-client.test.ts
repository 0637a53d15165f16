import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sha256 } from '../../src/registry/digest.ts';
import { pushImage } from '../support/push-image.ts';
import type { Repository } from '../../src/registry/repository.ts';
import { OCI_MANIFEST } from '../../src/registry/schema.ts';
import { startCraneRegistry, crane } from '../support/crane-registry.ts';
import { AMD64, ARM64, describeImage, openClient, type TestClient } from '../support/registry-client.ts';
import { startRegistry, type TestRegistryOptions } from '../support/registry.ts';
import type { RunningServer } from '../support/server-process.ts';

const run = promisify(execFile);

const KINDS: readonly (readonly [string, () => Promise<RunningServer>])[] = [
  ['Distribution', () => startRegistry()],
  ['Distribution with basic login', () => startRegistry({ auth: 'basic' })],
  ['Distribution with token login', () => startRegistry({ auth: 'token' })],
  ["crane's registry", () => startCraneRegistry()],
];

describe.each(KINDS)('%s', (_, start) => {
  let server: RunningServer;
  let client: TestClient;
  let repository: Repository;
  let directory: string;

  beforeAll(async () => {
    server = await start();
    client = openClient({ logins: [server.host] });
    repository = client.registries.repository({ host: server.host, path: 'shop/api' }, 'push');
    directory = await mkdtemp(join(tmpdir(), 'hephy-client-'));
  });
  afterAll(async () => {
    client.http.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('what was pushed is found by tag and by digest, the same both times', async () => {
    const pushed = await pushImage(
      repository,
      [AMD64, ARM64].map((platform) => describeImage(platform, 'one')),
      ['v1'],
    );
    const byTag = await repository.getManifest('v1');
    const byDigest = await repository.getManifest(pushed.digest);
    expect(byTag).toMatchObject({ kind: 'index', digest: pushed.digest });
    expect(Buffer.from(byDigest.bytes)).toEqual(Buffer.from(byTag.bytes));
    expect(await repository.findManifest('v1')).toBe(pushed.digest);
    expect(await repository.findManifest('v2')).toBe(undefined);
  });

  test('the same image is the same digest', async () => {
    const [first, second] = [
      await pushImage(repository, [describeImage(AMD64, 'same')], ['s1']),
      await pushImage(repository, [describeImage(AMD64, 'same')], ['s2']),
    ];
    expect(second.digest).toBe(first.digest);
  });

  test('blobs go up from memory and from a file, and come down to memory and to a file', async () => {
    const bytes = Buffer.alloc(3_000_000, 'hephy');
    const blob = { digest: sha256(bytes), size: bytes.length };
    expect(await repository.hasBlob(blob.digest)).toBe(false);
    await repository.putBlob(blob, bytes);
    expect(await repository.hasBlob(blob.digest)).toBe(true);
    expect((await repository.readBlob(blob)).equals(bytes)).toBe(true);
    const file = join(directory, 'blob');
    await repository.saveBlob(blob, file);
    expect((await readFile(file)).equals(bytes)).toBe(true);
    const other = client.registries.repository({ host: server.host, path: 'shop/from-file' }, 'push');
    await other.putBlob(blob, file);
    expect((await other.readBlob(blob)).equals(bytes)).toBe(true);
  });

  test('what is not there is REGISTRY_NOT_FOUND', async () => {
    const nothing = sha256(Buffer.from('nothing'));
    await expect(repository.getManifest('nowhere')).rejects.toThrowWithCode('REGISTRY_NOT_FOUND');
    await expect(repository.getManifest(nothing)).rejects.toThrowWithCode('REGISTRY_NOT_FOUND');
    await expect(repository.readBlob({ digest: nothing, size: 7 })).rejects.toThrowWithCode(
      'REGISTRY_NOT_FOUND',
    );
  });

  test('tags are listed', async () => {
    const tags = await repository.listTags();
    expect([...tags].filter((tag) => /^(v1|s1|s2)$/.test(tag)).sort()).toEqual(['s1', 's2', 'v1']);
  });
});

const LOGINS: readonly (readonly [string, TestRegistryOptions])[] = [
  ['basic', { auth: 'basic' }],
  ['token', { auth: 'token' }],
];

describe.each(LOGINS)('%s login', (_, options) => {
  let server: Awaited<ReturnType<typeof startRegistry>>;
  beforeAll(async () => void (server = await startRegistry(options)));
  afterAll(() => server.stop());

  test('without a login the answer is REGISTRY_AUTH', async () => {
    const { registries, pauses, http } = openClient();
    const repository = registries.repository({ host: server.host, path: 'shop' }, 'push');
    await expect(repository.getManifest('v1')).rejects.toThrowWithCode('REGISTRY_AUTH');
    await expect(
      repository.putBlob({ digest: sha256(Buffer.from('x')), size: 1 }, Buffer.from('x')),
    ).rejects.toThrowWithCode('REGISTRY_AUTH');
    expect(pauses).toEqual([]);
    http.close();
  });
});

describe('token login', () => {
  test('anonymous clients pull what is public, and may not push', async () => {
    const server = await startRegistry({ auth: 'token', anonymousPull: true });
    const owner = openClient({ logins: [server.host] });
    const guest = openClient();
    try {
      const name = { host: server.host, path: 'public/tool' };
      const { digest } = await pushImage(
        owner.registries.repository(name, 'push'),
        [describeImage(AMD64, 'x')],
        ['v1'],
      );
      expect(await guest.registries.repository(name).findManifest('v1')).toBe(digest);
      const pushing = pushImage(
        guest.registries.repository(name, 'push'),
        [describeImage(AMD64, 'y')],
        ['v1'],
      );
      await expect(pushing).rejects.toThrowWithCode('REGISTRY_AUTH');
    } finally {
      owner.http.close();
      guest.http.close();
      await server.stop();
    }
  });

  test('one token serves many requests, however many come at once', async () => {
    const server = await startRegistry({ auth: 'token' });
    const { registries, http } = openClient({ logins: [server.host] });
    try {
      const repository = registries.repository({ host: server.host, path: 'shop' }, 'push');
      await Promise.all(Array.from({ length: 20 }, (_, index) => repository.findManifest(`t${index}`)));
      await pushImage(repository, [describeImage(AMD64, 'x')], ['v1']);
      expect(server.tokens?.asked).toEqual(['repository:shop:pull,push']);
    } finally {
      http.close();
      await server.stop();
    }
  });
});

test('tags come in pages, and all of them arrive', async () => {
  const server = await startRegistry();
  const { registries, http } = openClient();
  try {
    const repository = registries.repository({ host: server.host, path: 'many' }, 'push');
    const manifest = await pushImage(repository, [describeImage(AMD64, 'x')], ['first']);
    const tags = Array.from({ length: 1005 }, (_, index) => `t${String(index).padStart(4, '0')}`);
    for (let at = 0; at < tags.length; at += 20) {
      await Promise.all(tags.slice(at, at + 20).map((tag) => repository.putManifest(tag, manifest)));
    }
    expect([...(await repository.listTags())].sort()).toEqual(['first', ...tags]);
  } finally {
    http.close();
    await server.stop();
  }
});

test('a manifest of blobs that are not there is refused, in the words of the registry', async () => {
  const server = await startRegistry();
  const { registries, http, pauses } = openClient();
  try {
    const repository = registries.repository({ host: server.host, path: 'shop' }, 'push');
    const digest = `sha256:${'0'.repeat(64)}`;
    const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 2 };
    const bytes = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [] }),
    );
    const pushing = repository.putManifest('broken', { mediaType: OCI_MANIFEST, bytes });
    await expect(pushing).rejects.toThrowWithCode('REGISTRY_REJECTED');
    await expect(pushing).rejects.toThrow('MANIFEST_BLOB_UNKNOWN');
    expect(pauses).toEqual([]);
  } finally {
    http.close();
    await server.stop();
  }
});

test('another client agrees about what was pushed', async () => {
  const server = await startRegistry();
  const { registries, http } = openClient();
  try {
    const repository = registries.repository({ host: server.host, path: 'shop' }, 'push');
    const images = [AMD64, ARM64].map((platform) => describeImage(platform, 'x'));
    const { digest } = await pushImage(repository, images, ['v1']);
    const reference = `${server.host}/shop:v1`;
    expect((await run(crane(), ['digest', reference])).stdout.trim()).toBe(digest);
    await run(crane(), ['validate', '--remote', reference]);
    const exported = await run(crane(), ['export', '--platform', 'linux/arm64', reference, '-']);
    expect(exported.stdout).toContain('x arm64');
  } finally {
    http.close();
    await server.stop();
  }
});

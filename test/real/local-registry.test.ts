import { mkdtemp, readdir, readFile, rm, stat, symlink, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startLocalRegistry, stopLocalRegistry } from '../../src/system/services/local-registry.ts';
import { pinOf, toolMarker, toolPath } from '../../src/system/tools/tool-pins.ts';

let home: string;
const env = () => ({ HOME: home, PATH: '/usr/bin:/bin' });

/** A cache of its own with the real registry in it, so that the user's registry is left alone. */
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hephy-home-'));
  const pin = pinOf('registry');
  if (!pin) throw new Error('registry is not pinned');
  const real = toolPath('registry', pin, { ...process.env, HOME: homedir() });
  const path = toolPath('registry', pin, env());
  await stat(real);
  await mkdir(dirname(path), { recursive: true });
  await symlink(real, path);
  await writeFile(toolMarker('registry', pin, env()), '');
});
afterEach(async () => {
  await stopLocalRegistry(env());
  await rm(home, { recursive: true });
});

async function answers(host: string): Promise<boolean> {
  try {
    return (await fetch(`http://${host}/v2/`)).status === 200;
  } catch {
    return false;
  }
}

test('the first run starts it, later runs find it, and it is there after they end', async () => {
  const first = await startLocalRegistry({ env: env() });
  expect(first).toMatchObject({ startedHere: true, host: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
  await first.release();
  const second = await startLocalRegistry({ env: env() });
  expect(second).toMatchObject({ startedHere: false, host: first.host });
  expect(await answers(first.host)).toBe(true);
  expect(await stopLocalRegistry(env())).toBe(first.host);
  expect(await answers(first.host)).toBe(false);
  expect(await stopLocalRegistry(env())).toBeUndefined();
});

test('runs that start at the same time share one', async () => {
  const all = await Promise.all([1, 2, 3, 4].map(() => startLocalRegistry({ env: env() })));
  expect(new Set(all.map((registry) => registry.host)).size).toBe(1);
  expect(all.filter((registry) => registry.startedHere)).toHaveLength(1);
});

test('what it holds is there after a stop and a start', async () => {
  const { host } = await startLocalRegistry({ env: env() });
  const upload = await fetch(`http://${host}/v2/shop/blobs/uploads/`, { method: 'POST' });
  const digest = 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
  const put = await fetch(`${upload.headers.get('location')}&digest=${digest}`, {
    method: 'PUT',
    body: 'hello',
  });
  expect(put.status).toBe(201);
  await stopLocalRegistry(env());
  const again = await startLocalRegistry({ env: env() });
  const blob = `http://${again.host}/v2/shop/blobs/${digest}`;
  expect(await (await fetch(blob)).text()).toBe('hello');
  expect((await fetch(blob, { method: 'DELETE' })).status).toBe(202);
});

test('an ephemeral one is gone with all it held when it is released', async () => {
  const temporary = join(home, 'tmp');
  await mkdir(temporary);
  const options = { env: { ...env(), TMPDIR: temporary }, ephemeral: true };
  const all = await Promise.all([1, 2, 3].map(() => startLocalRegistry(options)));
  expect(new Set(all.map((registry) => registry.host)).size).toBe(3);
  for (const { host, release } of all) {
    expect(await answers(host)).toBe(true);
    await release();
    await release();
    expect(await answers(host)).toBe(false);
  }
  expect(await readdir(temporary)).toEqual([]);
  await expect(stat(join(home, '.cache/hephy-builder/registry'))).rejects.toThrow();
});

test('a stranger on the port that a state file names is neither used nor ended', async () => {
  const stranger = await listen(createServer((_, response) => response.end('{}')));
  const state = join(home, '.cache/hephy-builder/registry/state.json');
  await mkdir(dirname(state), { recursive: true });
  const address = stranger.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await writeFile(state, JSON.stringify({ host: `127.0.0.1:${port}`, id: 'x', pid: process.pid }));
  try {
    const registry = await startLocalRegistry({ env: env() });
    expect(registry.startedHere).toBe(true);
    expect(registry.host).not.toBe(`127.0.0.1:${port}`);
  } finally {
    await new Promise((resolve) => stranger.close(resolve));
  }
});

test.each([
  '',
  'not json',
  '[]',
  '{"host":"evil.example.com:80","id":"x","pid":1}',
  '{"host":"127.0.0.1:1","id":1}',
])('a state file that says %j is passed over', async (content) => {
  const state = join(home, '.cache/hephy-builder/registry/state.json');
  await mkdir(dirname(state), { recursive: true });
  await writeFile(state, content);
  expect((await startLocalRegistry({ env: env() })).startedHere).toBe(true);
  expect(JSON.parse(await readFile(state, 'utf8'))).toHaveProperty('pid');
  expect((await stat(state)).mode & 0o077).toBe(0);
});

test('a registry that ends at once is an error with the end of its log', async () => {
  const bin = join(home, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'registry'), '#!/bin/sh\necho "disk is full" >&2\nexit 7\n', { mode: 0o755 });
  for (const ephemeral of [true, false]) {
    const start = startLocalRegistry({ env: { ...env(), PATH: `${bin}:/usr/bin:/bin` }, ephemeral });
    await expect(start).rejects.toThrowWithCode('LOCAL_REGISTRY');
    await expect(start).rejects.toThrow(/status 7[^]*disk is full/);
  }
});

function listen(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import type { GitRepo } from '../support/git-repo.ts';
import { createGitRepo } from '../support/git-repo.ts';
import { goImage, onBase } from '../support/go-shop.ts';
import { hephy } from '../support/hephy.ts';
import { pushBase } from '../support/ko-builds.ts';
import { AMD64 } from '../support/registry-client.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

/** A registry that fails in the middle of a tool's push, behind a proxy that can do that. */
let registry: TestRegistry;
let proxy: FaultProxy;
let repo: GitRepo;
let count = 0;

beforeAll(async () => {
  registry = await startRegistry();
  proxy = await startFaultProxy(registry.host);
  await pushBase(`${registry.host}/base`, [AMD64]);
  const config = `platforms: [linux/amd64]\n${onBase(registry.host)}`;
  repo = await createGitRepo(goImage('api', config));
});
afterAll(async () => void (await Promise.all([proxy.stop(), registry.stop()])));
beforeEach(() => proxy.clear());

function build(): ReturnType<typeof hephy> {
  const shop = `${proxy.host}/again${count++}`;
  return hephy(['build', '--all', '--registry', shop], { cwd: repo.dir });
}

/** ko pushes by the tag; hephy-builder's own pushes are by digest first. */
const LEG = { method: 'PUT', path: /manifests\/api-\d{8}-[0-9a-f]{7}-amd64$/ };
const trouble = { kind: 'status', status: 503 } as const;

test('a push that fails for a while is tried again', async () => {
  proxy.add({ ...LEG, trouble, times: 6 });
  const said = await build();
  expect(said).toMatchObject({ code: 0, stderr: expect.stringContaining('pushing again') });
});

test('a push that always fails ends with the status of the registry', async () => {
  proxy.add({ ...LEG, trouble, times: 1000 });
  const said = await build();
  expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('REGISTRY_UNAVAILABLE') });
  expect(said.stderr).toContain('503');
});

test('a registry that explains itself without its status is tried again as well', async () => {
  const body = JSON.stringify({ errors: [{ code: 'UNAVAILABLE', message: 'service not available' }] });
  proxy.add({ ...LEG, trouble: { ...trouble, body }, times: 4 });
  expect(await build()).toMatchObject({ code: 0 });
});

test('a push that is refused is not tried again', async () => {
  proxy.add({ ...LEG, trouble: { kind: 'status', status: 400 }, times: 1000 });
  const said = await build();
  expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('REGISTRY_REJECTED') });
  expect(proxy.requests.filter((line) => /^PUT .*-amd64$/.test(line))).toHaveLength(1);
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActResult } from '../support/act.ts';
import { exportProject } from '../support/export-project.ts';
import { fakeTool } from '../support/fake-tool.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { createTempDir } from '../support/git-repo.ts';
import { AGAIN, createGithubShop, type GithubShop, RUNNER } from '../support/github-shop.ts';
import { crane, goImage, onBase } from '../support/go-shop.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { KO } from '../support/tool-cache.ts';

let registry: TestRegistry;
let proxy: FaultProxy;
let project: string;
let shop: GithubShop;

beforeAll(async () => {
  [registry, project] = await Promise.all([startRegistry(), exportProject()]);
  proxy = await startFaultProxy(registry.host);
});
afterAll(() => Promise.all([proxy.stop(), registry.stop()]));
beforeEach(async () => {
  proxy.clear();
  shop = await createGithubShop(proxy.host, project);
});

async function tags(): Promise<readonly string[]> {
  const listed = await crane('ls', '--omit-digest-tags', shop.registry).catch(() => '');
  return listed.split('\n').filter((tag) => tag !== '' && !tag.startsWith('fp-'));
}

function resultsOf({ jobs }: ActResult): Record<string, string> {
  return Object.fromEntries(jobs.map(({ id, result }) => [id, result]));
}

/** What GitHub shows on top of a run's page. */
function annotationsOf({ records }: ActResult): string {
  return records.flatMap(({ command, msg }) => (command === 'error' ? [msg] : [])).join('');
}

function countAnnotations(done: ActResult): number {
  return annotationsOf(done).split('::error ').length - 1;
}

/** ko, but what is built for arm64 fails as long as this file is there. */
async function breakArm64(): Promise<{ readonly path: string; readonly mend: () => Promise<void> }> {
  const broken = join(await createTempDir(), 'broken');
  await writeFile(broken, '');
  const path = await fakeTool(
    'ko',
    `case " $* " in *arm64*) [ ! -e ${broken} ] || { echo 'Error: the disk is full' >&2; exit 1; } ;; esac\nexec ${KO} "$@"`,
  );
  return { path: `${path}:${RUNNER.PATH}`, mend: () => rm(broken) };
}

describe('a leg that fails', () => {
  test('leaves the others alone, publishes what is whole, and running it again finishes the rest', async () => {
    await shop.repo.write({ ...goImage('lone', onBase(proxy.host)), '.github/workflows/again.yml': AGAIN });
    await shop.repo.write({ 'lone/build-config.yaml': await oneArchitecture() });
    await shop.repo.commit();
    const ko = await breakArm64();
    const done = await shop.play({ env: { PATH: ko.path } });
    expect(resultsOf(done)).toEqual({
      'build amd64-1': 'success',
      'build amd64-2': 'success',
      'build arm64-1': 'failure',
      hephy: 'failure',
      manifest: 'failure',
      prepare: 'success',
    });
    expect(done.code).not.toBe(0);
    expect(done.log).toContain('the disk is full');
    expect(done.log).toMatch(/api was not published[^]*-arm64 is not in the registry[^]*arm64-1/);
    expect(done.summary).toContain('### ✗ api/linux-arm64 failed');
    expect(annotationsOf(done)).toMatch(
      /::error title=BUILD_FAILED::api\/linux-arm64 failed: .*the disk is full/,
    );
    expect(countAnnotations(done)).toBe(1);
    expect(done.summary).not.toContain('.hephy/logs');
    expect(await tags()).toContain('lone-latest');
    expect((await tags()).filter((tag) => /^(api|check)-latest/.test(tag))).toEqual([]);

    // GitHub keeps the outputs of prepare, and tags that exist may be set in stone.
    proxy.refuseTags('ecr');
    await ko.mend();
    const vars = { PLAN: done.output('plan') ?? '', JOB: 'arm64-1', REGISTRY: shop.registry };
    const again = await shop.play({ workflow: '.github/workflows/again.yml', vars, env: { PATH: ko.path } });
    expect(again).toMatchObject({ code: 0 });
    expect(await tags()).toEqual(expect.arrayContaining(['api-latest', 'check-latest', 'lone-latest']));
  });

  async function oneArchitecture(): Promise<string> {
    const config = await readFile(join(shop.repo.dir, 'lone/build-config.yaml'), 'utf8');
    return `${config}platforms: [linux/amd64]\n`;
  }
});

test('a source that does not compile is annotated once, on its line, with the cause', async () => {
  await shop.repo.write({ 'api/cmd/api/broken.go': 'package main\n\nvar x = missing\n' });
  await shop.repo.commit();
  const done = await shop.play();
  expect(resultsOf(done)).toMatchObject({
    'build amd64-1': 'failure',
    'build arm64-1': 'failure',
    hephy: 'failure',
  });
  expect(annotationsOf(done)).toMatch(
    /::error title=BUILD_FAILED,file=api\/cmd\/api\/broken\.go,line=3,col=9::api\/linux-amd64 failed: undefined: missing/,
  );
  expect(countAnnotations(done)).toBe(1);
  expect(done.log).not.toMatch(/0 legs|stands above|\.hephy\/logs/);
  expect(done.summary).toMatch(/0 images published \(\d failed\), joined from 0 platform images/);
});

test('an error in a config ends the run before it costs a machine, on the line where it stands', async () => {
  await shop.repo.write({ 'api/build-config.yaml': 'name: api\nplatfroms: [linux/amd64]\n' });
  await shop.repo.commit();
  const done = await shop.play();
  expect(resultsOf(done)).toEqual({ hephy: 'failure', prepare: 'failure' });
  expect(annotationsOf(done)).toContain(
    '::error title=CONFIG_UNKNOWN_KEY,file=api/build-config.yaml,line=2,col=1::unknown key "platfroms", did you mean "platforms"?',
  );
  expect(await tags()).toEqual([]);
});

test('a machine without a container engine says so, and what needs none is published', async () => {
  await shop.repo.write({
    'site/build-config.yaml': 'name: site\nplatforms: [linux/amd64]\n',
    'site/Dockerfile': 'FROM scratch\nCOPY . /\n',
  });
  await shop.repo.commit();
  const done = await shop.play({ env: { DOCKER_HOST: 'unix:///nonexistent.sock' } });
  expect(resultsOf(done)).toEqual({
    'build amd64-1': 'success',
    'build amd64-2': 'failure',
    'build arm64-1': 'success',
    hephy: 'failure',
    manifest: 'failure',
    prepare: 'success',
  });
  expect(annotationsOf(done)).toContain(
    'title=BACKEND_MISSING::kaniko runs in a container, and no container engine',
  );
  expect(await tags()).toContain('check-latest');
});

test('a registry that is down when all is joined leaves every tag as it was, and says which one it is', async () => {
  proxy.add({
    method: 'PUT',
    path: /\/manifests\/(api|check)-\d{8}-[0-9a-f]{7}$|\/manifests\/sha256:/,
    trouble: { kind: 'status', status: 503 },
    times: 1000,
  });
  const done = await shop.play();
  expect(resultsOf(done)).toEqual({
    'build amd64-1': 'success',
    'build arm64-1': 'success',
    hephy: 'failure',
    manifest: 'failure',
    prepare: 'success',
  });
  expect(annotationsOf(done)).toMatch(new RegExp(`title=REGISTRY_UNAVAILABLE::[^]*${proxy.host}[^]*503`));
  expect((await tags()).filter((tag) => tag.endsWith('-latest'))).toEqual([]);
});

test('a pull request from a fork builds all, pushes nothing, and is green', async () => {
  await shop.repo.git('push', '-q', 'server', 'HEAD:main');
  await shop.repo.git('switch', '-q', '-c', 'feature');
  await shop.repo.write({ 'api/cmd/api/more.go': 'package main\n' });
  await shop.repo.commit();
  await shop.repo.git('switch', '-q', '--detach', 'main');
  await shop.repo.git('merge', '-q', '--no-ff', '-m', 'merge', 'feature');
  const done = await shop.playPullRequest('eve/shop');
  expect(done).toMatchObject({ code: 0 });
  expect(resultsOf(done)).toEqual({
    'build amd64-1': 'success',
    'build arm64-1': 'success',
    hephy: 'success',
    prepare: 'success',
  });
  expect(await tags()).toEqual([]);
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ActResult } from '../support/act.ts';
import { exportProject } from '../support/export-project.ts';
import { createGithubShop, type GithubShop } from '../support/github-shop.ts';
import { crane, goImage, onBase } from '../support/go-shop.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

let registry: TestRegistry;
let project: string;
let shop: GithubShop;

beforeAll(async () => {
  [registry, project] = await Promise.all([startRegistry(), exportProject()]);
});
afterAll(() => registry.stop());
beforeEach(async () => {
  shop = await createGithubShop(registry.host, project);
});

async function tags(): Promise<readonly string[]> {
  const listed = await crane('ls', '--omit-digest-tags', shop.registry).catch(() => '');
  return listed.split('\n').filter((tag) => tag !== '' && !tag.startsWith('fp-'));
}

function jobs({ jobs }: ActResult): Record<string, string> {
  return Object.fromEntries(jobs.map(({ id, result }) => [id, result]));
}

/** What GitHub shows on top of a run's page. */
function annotations({ records }: ActResult): readonly string[] {
  return records.filter(({ command }) => command === 'error').map(({ msg }) => msg.replace(/^\S+\s+/, ''));
}

/** Compiles for one architecture and not for the other. */
const ONLY_AMD64 = '//go:build arm64\n\npackage main\n\nfunc init() { missing() }\n';

describe('a leg that fails', () => {
  test('leaves the others alone, publishes what is whole, and names itself', async () => {
    await shop.repo.write({
      ...goImage('lone', onBase(registry.host)),
      'api/cmd/api/arm64.go': ONLY_AMD64,
    });
    await shop.repo.commit();
    const done = await shop.play();
    console.log(done.log, annotations(done), done.summary);
    expect(jobs(done)).toEqual({
      'build amd64-1': 'success',
      'build arm64-1': 'failure',
      hephy: 'failure',
      manifest: 'failure',
      prepare: 'success',
    });
    expect(await tags()).toContain('lone-latest');
    expect(await tags()).not.toContain('api-latest');
  });
});

test('a config error', async () => {
  await shop.repo.write({ 'api/build-config.yaml': 'name: api\nplatfroms: [linux/amd64]\n' });
  await shop.repo.commit();
  const done = await shop.play();
  console.log(done.log, annotations(done), done.summary);
  expect(jobs(done)).toEqual({ hephy: 'failure', prepare: 'failure' });
});

test('no docker', async () => {
  await shop.repo.write({ 'site/build-config.yaml': 'name: site\n', 'site/Dockerfile': 'FROM scratch\nCOPY . /\n' });
  await shop.repo.commit();
  const done = await shop.play({ env: { DOCKER_HOST: 'unix:///nonexistent.sock' } });
  console.log(done.log, annotations(done), done.summary);
  expect(jobs(done)).toEqual({ hephy: 'failure', prepare: 'success', 'build amd64-1': 'failure', 'build arm64-1': 'failure', manifest: 'failure' });
});

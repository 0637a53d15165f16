import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exportProject } from '../support/export-project.ts';
import { createGithubShop, type GithubShop } from '../support/github-shop.ts';
import { crane, craneJson, goProgram } from '../support/go-shop.ts';
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

const platforms = async (tag: string): Promise<readonly string[]> => {
  const { manifests } = await craneJson<{ manifests: { platform: { architecture: string } }[] }>(
    'manifest',
    `${shop.registry}:${tag}`,
  );
  return manifests.map(({ platform }) => platform.architecture);
};

describe('a push', () => {
  test('builds on a machine for each architecture, joins, and the one check is green', async () => {
    const done = await shop.play();
    expect(done).toMatchObject({ code: 0 });
    expect(done.jobs).toEqual([
      { id: 'build amd64-1', result: 'success' },
      { id: 'build arm64-1', result: 'success' },
      { id: 'hephy', result: 'success' },
      { id: 'manifest', result: 'success' },
      { id: 'prepare', result: 'success' },
    ]);
    expect(await platforms('check-latest')).toEqual(['amd64', 'arm64']);
    expect(done.summary).toContain('check-latest');
  });

  test('that changes nothing to build starts no machine to build on, and is green', async () => {
    const before = await shop.repo.git('rev-parse', 'HEAD');
    await shop.repo.write({ 'README.md': 'words' });
    await shop.repo.commit();
    const done = await shop.play({ payload: { before } });
    expect(done).toMatchObject({ code: 0 });
    expect(done.jobs).toEqual([
      { id: 'hephy', result: 'success' },
      { id: 'prepare', result: 'success' },
    ]);
    expect(done.output('build')).toBe('false');
  });

  test('of one image fetches the commit before it, and builds that image and what is built on it', async () => {
    const before = await shop.repo.git('rev-parse', 'HEAD');
    await shop.repo.write({ 'check/cmd/check/main.go': goProgram('fmt.Println("more")') });
    await shop.repo.commit();
    await crane('copy', `${registry.host}/base:latest`, `${shop.registry}:api-latest`);
    const done = await shop.play({ payload: { before } });
    expect(done).toMatchObject({ code: 0 });
    expect(done.output('images')).toBe('["check"]');
    expect(await platforms('check-latest')).toEqual(['amd64', 'arm64']);
  });

  test('of what the registry has already joins it again on no machine but that of manifest', async () => {
    expect(await shop.play()).toMatchObject({ code: 0 });
    await shop.repo.commit('nothing but a commit');
    const done = await shop.play();
    expect(done).toMatchObject({ code: 0 });
    expect(done.jobs.map(({ id }) => id)).toEqual(['hephy', 'manifest', 'prepare']);
    const sha = (await shop.repo.git('rev-parse', 'HEAD')).slice(0, 7);
    expect(await crane('ls', shop.registry)).toContain(`-${sha}\n`);
  });
});

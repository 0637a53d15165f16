import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGitRepo, type GitRepo } from '../support/git-repo.ts';
import { crane, goImage, goProgram, onBase } from '../support/go-shop.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { pushBase } from '../support/ko-builds.ts';
import { AMD64 } from '../support/registry-client.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

/** No run moves a tag backwards: each test publishes commits in an order in which they were not made. */
let registry: TestRegistry;
let shop: string;
let count = 0;

beforeAll(async () => {
  registry = await startRegistry();
  await pushBase(`${registry.host}/base`, [AMD64]);
});
afterAll(() => registry.stop());

const PROGRAM = 'api/cmd/api/main.go';

async function open(): Promise<{ repo: GitRepo; first: string }> {
  shop = `${registry.host}/older${count++}`;
  const config = `platforms: [linux/amd64]\n${onBase(registry.host)}`;
  const files = goImage('api', config);
  const tags = "additional_tags: [latest, '{major}', '${BRANCH_NAME}']";
  const key = 'api/build-config.yaml';
  const repo = await createGitRepo({
    ...files,
    [key]: (files[key] ?? '').replace('additional_tags: [latest]', tags),
  });
  return { repo, first: await repo.git('rev-parse', 'HEAD') };
}

async function commit(repo: GitRepo, number: number): Promise<string> {
  await repo.write({ [PROGRAM]: goProgram(`fmt.Println(${number})`) });
  return repo.commit();
}

interface Published {
  readonly images: readonly { readonly tags: string[]; readonly unmoved: { tag: string }[] }[];
}

async function publish(repo: GitRepo, ...flags: string[]): Promise<{ tags: string[]; kept: string[] }> {
  const said: Said = await hephy(['build', '--all', '--registry', shop, '--json', ...flags], {
    cwd: repo.dir,
  });
  if (said.code !== 0) throw new Error(said.stderr);
  const { images }: Published = JSON.parse(said.stdout);
  const kept = images.flatMap(({ unmoved }) => unmoved.map(({ tag }) => tag));
  for (const tag of kept) expect(said.stderr).toContain(`${tag} stays`);
  return { tags: images.flatMap(({ tags }) => tags.slice(1)).sort(), kept: kept.sort() };
}

function latest(tag = 'api-latest'): Promise<string> {
  return crane('digest', `${shop}:${tag}`);
}

test('a run for an older commit leaves the tags where they are; --force moves them', async () => {
  const { repo, first } = await open();
  expect((await publish(repo)).tags).toEqual(['api-latest', 'api-main']);
  await commit(repo, 2);
  expect((await publish(repo)).tags).toEqual(['api-latest', 'api-main']);
  const newest = await latest();
  await repo.git('checkout', '-q', '-B', 'late', first);
  expect(await publish(repo)).toEqual({ tags: ['api-late'], kept: ['api-latest'] });
  expect(await latest()).toBe(newest);
  expect((await publish(repo, '--force')).kept).toEqual([]);
  expect(await latest()).not.toBe(newest);
});

test('a branch takes nothing that the default branch keeps, and the default branch takes it after a forced push', async () => {
  const { repo, first } = await open();
  await publish(repo);
  await repo.git('switch', '-qc', 'feature/x');
  await commit(repo, 2);
  expect(await publish(repo)).toEqual({ tags: ['api-feature-x'], kept: ['api-latest'] });
  await repo.git('switch', '-q', 'main');
  await commit(repo, 3);
  await publish(repo);
  await repo.git('reset', '-q', '--hard', first);
  await commit(repo, 4);
  expect(await publish(repo)).toEqual({ tags: ['api-latest', 'api-main'], kept: [] });
});

test('a release of an older line leaves what a higher one has', async () => {
  const { repo, first } = await open();
  await commit(repo, 2);
  await repo.git('tag', 'v1.5.0');
  expect((await publish(repo, '--event', 'tag')).tags).toContain('api-1');
  await repo.git('switch', '-qc', 'release/1.4', first);
  await commit(repo, 3);
  await repo.git('tag', 'v1.4.1');
  expect(await publish(repo, '--event', 'tag')).toEqual({
    tags: ['api-v1.4.1'],
    kept: ['api-1', 'api-latest'],
  });
});

test('a run that is repeated after its change was taken back does not bring the change back', async () => {
  const { repo } = await open();
  await publish(repo);
  const change = await commit(repo, 2);
  await publish(repo);
  await repo.write({ [PROGRAM]: goProgram() });
  await repo.commit();
  await publish(repo);
  const reverted = await latest();
  const clone = await createGitRepo();
  await clone.git('fetch', '-q', repo.dir, '+refs/heads/main:refs/remotes/origin/main');
  await clone.git('remote', 'add', 'origin', `file://${repo.dir}`);
  await clone.git('checkout', '-q', '-B', 'main', change);
  expect(await publish(clone)).toEqual({ tags: [], kept: ['api-latest', 'api-main'] });
  expect(await latest()).toBe(reverted);
});

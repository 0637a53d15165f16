import { afterEach, describe, expect, test } from '@jest/globals';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { configured } from '../../test/support/configured.ts';
import { createGitRepo, createTempDir, TEST_GIT_ENV } from '../../test/support/git-repo.ts';
import { image, input } from '../../test/support/plan-input.ts';
import type { Source } from '../domain/image.ts';
import type { Plan, PlanImage } from '../domain/plan.ts';
import { makePlan } from '../plan/plan.ts';
import { openSources, type Sources } from '../sources/sources.ts';

const opened: Sources[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((sources) => sources.release()));
});

interface Shop {
  readonly sources: Sources;
  readonly lines: string[];
}

async function open(root: string, more: { signal?: AbortSignal; file?: boolean } = {}): Promise<Shop> {
  const lines: string[] = [];
  const env = { ...TEST_GIT_ENV, HEPHY_ALLOW_FILE_UPSTREAMS: String(more.file ?? true) };
  const signal = more.signal ?? new AbortController().signal;
  const sources = openSources({ plan: PLAN, root, env, signal, onProgress: (line) => lines.push(line) });
  opened.push(sources);
  return { sources, lines };
}

const PLAN: Plan = makePlan(input([image(configured('app'))]));

function imageFrom(source: Source, name = 'app'): PlanImage {
  const [first] = PLAN.images;
  if (first === undefined) throw new Error('the plan has no image');
  return { ...first, name, source };
}

function local(context: string, dockerfile: string | null = null): PlanImage {
  return imageFrom({ kind: 'local', context, dockerfile });
}

async function upstream(): Promise<Source & { kind: 'upstream' }> {
  const repo = await createGitRepo({ 'deploy/Dockerfile': 'FROM scratch\n' });
  await repo.link('out', '/etc');
  const commit = await repo.commit();
  return {
    ...{ kind: 'upstream', repo: `file://${repo.dir}`, ref: 'main', commit },
    ...{ context: '.', dockerfile: 'deploy/Dockerfile' },
  };
}

test('a checkout is used as it is', async () => {
  const root = await createTempDir();
  const { sources, lines } = await open(root);
  expect(await sources.find(local('.'))).toEqual({ root, commitTime: PLAN.run.commitTime });
  expect(lines).toEqual([]);
});

test('what a sparse checkout leaves out is an error that names the way out', async () => {
  const repo = await createGitRepo({ 'in/x': '1', 'out/Dockerfile': 'FROM scratch\n', "it's/x": '1' });
  await repo.git('sparse-checkout', 'set', 'in');
  const { sources } = await open(repo.dir);
  expect(await sources.find(local('in'))).toMatchObject({ root: repo.dir });
  for (const [context, dockerfile, add] of [
    ['out', null, 'out'],
    ['in', 'out/Dockerfile', 'out'],
    ["it's", 'out/Dockerfile', `'it'\\''s' out`],
  ] as const) {
    const error: unknown = await sources.find(local(context, dockerfile)).catch((reason: unknown) => reason);
    const hint = expect.stringContaining(`git sparse-checkout add ${add}\``);
    expect(error).toMatchObject({ code: 'CONFIG_PATH', hint });
  }
  const absent: unknown = await sources.find(local('absent')).catch((reason: unknown) => reason);
  expect(absent).toMatchObject({ code: 'CONFIG_PATH', hint: expect.not.stringContaining('sparse') });
  await repo.git('sparse-checkout', 'add', 'out');
  expect(await sources.find(local('out', 'out/Dockerfile'))).toMatchObject({ root: repo.dir });
});

describe('an upstream', () => {
  test('is fetched once for every leg that is built from the same commit, and is gone in the end', async () => {
    const source = await upstream();
    const { sources, lines } = await open(await createTempDir());
    const found = await Promise.all(['a', 'b', 'c'].map((name) => sources.find(imageFrom(source, name))));
    expect(new Set(found.map(({ root }) => root)).size).toBe(1);
    expect(lines).toEqual([`fetching ${source.repo} at ${source.commit?.slice(0, 7) ?? ''}`]);
    const root = found[0]?.root ?? '';
    expect(found[0]?.commitTime).toBe(1795176060);
    expect(await readFile(join(root, 'deploy/Dockerfile'), 'utf8')).toBe('FROM scratch\n');
    await sources.release();
    await expect(stat(join(root, '..'))).rejects.toThrow('ENOENT');
  });

  test('with its submodules is another clone than without', async () => {
    const source = await upstream();
    const { sources } = await open(await createTempDir());
    const bare = await sources.find(imageFrom(source));
    expect((await sources.find(imageFrom({ ...source, submodules: true }))).root).not.toBe(bare.root);
  });

  test('that is interrupted leaves nothing', async () => {
    const { sources } = await open(await createTempDir(), { signal: AbortSignal.abort() });
    await expect(sources.find(imageFrom(await upstream()))).rejects.toThrowWithCode('CANCELLED');
    await sources.release();
  });

  test('needs its commit, and an address that is allowed', async () => {
    const source = await upstream();
    const { sources } = await open(await createTempDir(), { file: false });
    await expect(sources.find(imageFrom({ ...source, commit: null }))).rejects.toThrowWithCode(
      'PLAN_INVALID',
    );
    await expect(sources.find(imageFrom(source))).rejects.toThrowWithCode('UPSTREAM_URL');
  });

  test('must hold its context', async () => {
    const { sources } = await open(await createTempDir());
    for (const context of ['missing', 'deploy/Dockerfile']) {
      const found = sources.find(imageFrom({ ...(await upstream()), context }));
      await expect(found).rejects.toThrowWithCode('CONFIG_PATH');
    }
  });

  test('cannot lead out of its clone', async () => {
    const { sources } = await open(await createTempDir());
    const found = sources.find(imageFrom({ ...(await upstream()), context: 'out' }));
    await expect(found).rejects.toThrowWithCode('CONFIG_PATH');
    await expect(found).rejects.toThrow('the link out leads out of the repository');
  });
});

test('a link in the checkout cannot lead out of it either', async () => {
  const repo = await createGitRepo({ 'web/index.html': '' });
  await repo.link('web/Dockerfile', '../../Dockerfile');
  await repo.link('web/above', '..');
  const { sources } = await open(repo.dir);
  expect(await readdir(join(repo.dir, 'web'))).toContain('above');
  await sources.find(local('web/above'));
  const outside = await createGitRepo({ Dockerfile: 'FROM scratch' });
  await repo.link('web/Elsewhere', join(outside.dir, 'Dockerfile'));
  for (const dockerfile of ['web/Elsewhere', 'web/above/web/Elsewhere']) {
    await expect(sources.find(local('web', dockerfile))).rejects.toThrowWithCode('CONFIG_PATH');
  }
});

test('nor can a path of a backend of its own', async () => {
  const repo = await createGitRepo({ 'api/main.go': '' });
  await repo.link('api/out', '/etc');
  const { sources } = await open(repo.dir);
  for (const options of [{ working_dir: 'out' }, { manifest_path: 'out/passwd' }]) {
    await expect(sources.find({ ...local('api'), options })).rejects.toThrowWithCode('CONFIG_PATH');
  }
  await sources.find({ ...local('api'), options: { working_dir: '.', manifest_path: 'main.go' } });
});

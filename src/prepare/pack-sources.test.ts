import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { configured } from '../../test/support/configured.ts';
import { createGitRepo, createTempDir, TEST_GIT_ENV } from '../../test/support/git-repo.ts';
import { image, input } from '../../test/support/plan-input.ts';
import type { Source } from '../domain/image.ts';
import type { Plan, PlanImage } from '../domain/plan.ts';
import { makePlan } from '../plan/plan.ts';
import { packSources } from './pack-sources.ts';

const PLAN: Plan = makePlan(input([image(configured('app'))]));

function imageOf(source: Source, more: Partial<PlanImage> = {}): PlanImage {
  const [first] = PLAN.images;
  if (first === undefined) throw new Error('the plan has no image');
  return { ...first, source, ...more };
}

async function pack(
  images: readonly PlanImage[],
): Promise<{ into: string; names: readonly string[]; lines: string[] }> {
  const into = join(await createTempDir(), 'run/sources');
  const lines: string[] = [];
  const env = { ...TEST_GIT_ENV, HEPHY_ALLOW_FILE_UPSTREAMS: 'true' };
  const { signal } = new AbortController();
  const place = { root: await createTempDir(), env, signal, onProgress: (line: string) => lines.push(line) };
  const names = await packSources({ ...place, plan: { ...PLAN, images: [...images] } }, into);
  return { into, names, lines };
}

async function upstream(): Promise<Extract<Source, { kind: 'upstream' }>> {
  const repo = await createGitRepo({ 'deploy/Dockerfile': 'FROM scratch\n', 'a.txt': 'a' });
  const commit = await repo.git('rev-parse', 'HEAD');
  return {
    ...{ kind: 'upstream', repo: `file://${repo.dir}`, ref: 'main', commit },
    ...{ context: '.', dockerfile: 'deploy/Dockerfile' },
  };
}

test('a commit is fetched and packed once, for kaniko alone, and only where something is built of it', async () => {
  const source = await upstream();
  const [leg] = PLAN.images[0]?.legs ?? [];
  if (leg === undefined) throw new Error('the plan has no leg');
  const unchanged = { ...leg, unchanged: { digest: 'sha256:0', revision: null } };
  const { into, names, lines } = await pack([
    imageOf(source),
    imageOf({ ...source, context: 'deploy' }),
    imageOf({ ...source, lfs: false, submodules: true }),
    imageOf(await upstream(), { backend: 'buildkit' }),
    imageOf(await upstream(), { legs: [unchanged] }),
    imageOf({ kind: 'local', context: '.', dockerfile: null }),
  ]);
  const name = `${source.commit}.tar`;
  expect(names).toEqual([`${source.commit}-submodules.tar`, name]);
  expect(await readdir(into)).toEqual(names);
  expect(lines).toHaveLength(2);
  const { stdout } = await promisify(execFile)('tar', ['-tf', join(into, name)]);
  expect(stdout).toBe('a.txt\ndeploy/\ndeploy/Dockerfile\n');
});

test('nothing to pack makes no directory', async () => {
  const { into, names } = await pack([imageOf({ kind: 'local', context: '.', dockerfile: null })]);
  expect(names).toEqual([]);
  await expect(readdir(into)).rejects.toThrow('ENOENT');
});

test('every image of a commit is checked: one whose context is not there is told of', async () => {
  const source = await upstream();
  const wrong = { ...source, context: 'missing' };
  await expect(pack([imageOf(source), imageOf(wrong)])).rejects.toThrowWithCode('CONFIG_PATH');
});

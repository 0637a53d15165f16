import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type GitRepo } from '../support/git-repo.ts';
import { crane, craneJson, createGoShop, goImage, onBase } from '../support/go-shop.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { pushBase } from '../support/ko-builds.ts';
import { AMD64, ARM64 } from '../support/registry-client.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

/** What becomes of a default tag where the same commit is built once more on the same day, and differs. */
const DAY = '20261120';
let registry: TestRegistry;
let repo: GitRepo;
let shop: string;
let sha: string;
let count = 0;
let env: Record<string, string> = {};

beforeAll(async () => void (registry = await startRegistry()));
afterAll(() => registry.stop());
beforeEach(async () => {
  env = {};
  repo = await createGoShop(registry.host);
  shop = `${registry.host}/dated${count++}`;
  sha = await repo.git('rev-parse', '--short=7', 'HEAD');
});

interface Run {
  readonly images: readonly {
    readonly name: string;
    readonly state: string;
    readonly tags: readonly string[];
  }[];
}

function call(command: string, flags: readonly string[] = []): Promise<Said> {
  const which = flags.includes('--images') ? [] : ['--all'];
  const given = [...which, '--json', '--date', DAY, '--registry', shop, ...flags];
  return hephy([command, ...given], { cwd: repo.dir, env });
}

/** The default tag and the state of each image. */
async function build(flags: readonly string[] = []): Promise<Record<string, readonly string[]>> {
  const said = await call('build', flags);
  if (said.code !== 0) throw new Error(`${said.stderr}${said.stdout}`);
  const run: Run = JSON.parse(said.stdout);
  return Object.fromEntries(run.images.map(({ name, state, tags }) => [name, [state, tags[0] ?? '']]));
}

async function moveBase(): Promise<void> {
  await pushBase(`${registry.host}/base`, [AMD64, ARM64], { user: `user${count++}` });
}

/** Of every tag but those of fingerprints and `latest`. */
async function datedTags(): Promise<Record<string, string>> {
  const tags = (await crane('ls', shop)).split('\n').filter((tag) => /^(api|check)-2026/.test(tag));
  const entries = tags.map(async (tag) => [tag, await crane('digest', `${shop}:${tag}`)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** An index, and the tags of its architectures, must name the same images. */
async function expectOneImage(tag: string): Promise<void> {
  const index = await craneJson<{ manifests: { digest: string; platform: { architecture: string } }[] }>(
    'manifest',
    `${shop}:${tag}`,
  );
  for (const { digest, platform } of index.manifests) {
    expect([tag, await crane('digest', `${shop}:${tag}-${platform.architecture}`)]).toEqual([tag, digest]);
  }
}

async function layersOf(tag: string): Promise<readonly string[]> {
  const place = ['--platform', 'linux/amd64', `${shop}:${tag}`];
  return (await craneJson<{ rootfs: { diff_ids: string[] } }>('config', ...place)).rootfs.diff_ids;
}

describe('the same commit on the same day', () => {
  test('a base that moved: new images under a number, with their architectures and what is built on them', async () => {
    const [api, check] = [`api-${DAY}-${sha}`, `check-${DAY}-${sha}`];
    expect(await build()).toEqual({ api: ['built', api], check: ['built', check] });
    const before = await datedTags();
    await moveBase();
    expect(await build()).toEqual({ api: ['built', `${api}-2`], check: ['built', `${check}-2`] });
    expect(await datedTags()).toMatchObject(before);
    for (const tag of [api, `${api}-2`, check, `${check}-2`]) await expectOneImage(tag);
    const below = await layersOf(`${api}-2`);
    expect((await layersOf(`${check}-2`)).slice(0, below.length)).toEqual(below);
    expect(await crane('digest', `${shop}:api-latest`)).toBe(await crane('digest', `${shop}:${api}-2`));
  });

  test('what is unchanged keeps the tag that names it, and what comes after it gets the next number', async () => {
    const api = `api-${DAY}-${sha}`;
    await build();
    await moveBase();
    await build();
    const before = await datedTags();
    expect(await build()).toMatchObject({ api: ['unchanged', `${api}-2`] });
    expect(await datedTags()).toEqual(before);
    await moveBase();
    expect(await build(['--event', 'schedule'])).toMatchObject({ api: ['built', `${api}-3`] });
    expect(await datedTags()).toMatchObject(before);
    await expectOneImage(`${api}-3`);
  });

  test('one platform alone does not change what the published index has', async () => {
    await build();
    const before = await datedTags();
    await moveBase();
    await build(['--rebuild', '--platform', 'linux/amd64']);
    expect(await datedTags()).toMatchObject(before);
    await expectOneImage(`api-${DAY}-${sha}`);
  });

  test('a registry that never moves tags takes it too', async () => {
    const proxy = await startFaultProxy(registry.host);
    try {
      const files = goImage('api', onBase(registry.host));
      const config = (files['api/build-config.yaml'] ?? '').replace('additional_tags: [latest]\n', '');
      await repo.write({ 'api/build-config.yaml': config });
      await repo.commit();
      sha = await repo.git('rev-parse', '--short=7', 'HEAD');
      shop = shop.replace(registry.host, proxy.host);
      await build(['--images', 'api']);
      proxy.refuseTags('ecr');
      await moveBase();
      expect(await build(['--images', 'api', '--rebuild'])).toEqual({
        api: ['built', `api-${DAY}-${sha}-2`],
      });
      await expectOneImage(`api-${DAY}-${sha}-2`);
    } finally {
      await proxy.stop();
    }
  });

  test('a tag of the day moves with the next commit, and not with the same one', async () => {
    env = { HEPHY_TAG_FORMAT: '{name}-{date}' };
    await build();
    const first = await crane('digest', `${shop}:api-${DAY}`);
    await moveBase();
    await repo.write({ 'other.txt': 'x' });
    await repo.commit();
    expect(await build()).toMatchObject({ api: ['built', `api-${DAY}`] });
    const second = await crane('digest', `${shop}:api-${DAY}`);
    expect(second).not.toBe(first);
    await expectOneImage(`api-${DAY}`);
    await moveBase();
    expect(await build()).toMatchObject({ api: ['built', `api-${DAY}-2`] });
    expect(await crane('digest', `${shop}:api-${DAY}`)).toBe(second);
    await expectOneImage(`api-${DAY}-2`);
  });

  test('a job that is repeated after its images were published: `manifest` leaves these where they are', async () => {
    const file = join(await createTempDir(), 'plan.json');
    const planned = await call('prepare');
    await writeFile(file, planned.stdout);
    const jobs: readonly { id: string }[] = JSON.parse(planned.stdout).jobs;
    const settled = ['--json', '--plan', file, '--registry', shop];
    const runJobs = async (): Promise<void> => {
      for (const { id } of jobs) {
        const said = await hephy(['build', '--rebuild', '--job', id, ...settled], { cwd: repo.dir });
        expect(said).toMatchObject({ code: 0 });
      }
      expect(await hephy(['manifest', ...settled], { cwd: repo.dir })).toMatchObject({ code: 0 });
    };
    await runJobs();
    const before = await datedTags();
    await moveBase();
    await runJobs();
    expect(await datedTags()).toMatchObject(before);
    for (const tag of [`api-${DAY}-${sha}`, `api-${DAY}-${sha}-2`]) await expectOneImage(tag);
  });
});

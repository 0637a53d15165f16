import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTempDir, type GitRepo } from '../support/git-repo.ts';
import { crane, craneJson, createGoShop, goImage, goProgram, onBase } from '../support/go-shop.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

interface Index {
  readonly manifests: readonly {
    readonly digest: string;
    readonly platform: { readonly os: string; readonly architecture: string };
  }[];
  readonly annotations?: Record<string, string>;
}
interface Config {
  readonly architecture: string;
  readonly config: { readonly Labels: Record<string, string> };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

let registry: TestRegistry;
let repo: GitRepo;
let shop: string;
let count = 0;

beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());
beforeEach(async () => {
  repo = await createGoShop(registry.host);
  // A place of its own for each test: tags of one are not those of another.
  shop = `${registry.host}/shop${count++}`;
});

function build(...flags: string[]): Promise<Said> {
  return hephy(['build', '--registry', shop, '--date', '20261120', ...flags], { cwd: repo.dir });
}

/** Without those by which an unchanged leg is found. */
async function tags(): Promise<readonly string[]> {
  const listed = (await crane('ls', '--omit-digest-tags', shop).catch(() => '')).split('\n');
  return listed.filter((tag) => tag !== '' && !tag.startsWith('fp-')).sort();
}

async function configOf(tag: string): Promise<Config> {
  return craneJson<Config>('config', `${shop}:${tag}`);
}

test('two images for two architectures, one built on the other, and again without a change', async () => {
  const sha = await repo.git('rev-parse', 'HEAD');
  const first = await build();
  expect(first).toMatchObject({ code: 0 });
  const stamp = `20261120-${sha.slice(0, 7)}`;
  const all = ['api', 'check'].flatMap((name) => [
    `${name}-${stamp}`,
    `${name}-${stamp}-amd64`,
    `${name}-${stamp}-arm64`,
    `${name}-latest`,
  ]);
  expect(await tags()).toEqual(all.sort());
  const index = await craneJson<Index>('manifest', `${shop}:api-latest`);
  expect(index.manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`)).toEqual([
    'linux/amd64',
    'linux/arm64',
  ]);
  expect(index.annotations).toMatchObject({ 'org.opencontainers.image.revision': sha });
  expect(await crane('digest', `${shop}:api-${stamp}`)).toBe(await crane('digest', `${shop}:api-latest`));
  for (const arch of ['amd64', 'arm64']) {
    const [api, check] = await Promise.all([
      configOf(`api-${stamp}-${arch}`),
      configOf(`check-${stamp}-${arch}`),
    ]);
    expect(api).toMatchObject({ architecture: arch });
    expect(api.config.Labels).toMatchObject({
      'org.opencontainers.image.revision': sha,
      'dev.hephy.config': 'api/build-config.yaml',
    });
    expect(check.rootfs.diff_ids.slice(0, api.rootfs.diff_ids.length)).toEqual(api.rootfs.diff_ids);
  }
  expect(first.stdout).toMatch(/^image\s+tags\s+platforms\s+size\s+built by\s+time\s+digest\n/);
  expect(first.stdout).toMatch(
    new RegExp(`^api +api-${stamp}, api-latest +amd64 arm64 +[\\d.]+/[\\d.]+ MB +ko`, 'm'),
  );
  const digests = await Promise.all([
    crane('digest', `${shop}:api-latest`),
    crane('digest', `${shop}:check-latest`),
  ]);
  const second = await build();
  expect(second).toMatchObject({ code: 0 });
  expect(
    await Promise.all([crane('digest', `${shop}:api-latest`), crane('digest', `${shop}:check-latest`)]),
  ).toEqual(digests);
  expect(await repo.git('status', '--porcelain')).toBe('');
});

describe('a leg that fails', () => {
  test('stops only what depends on it, and the old tag of its image stays', async () => {
    await repo.write({ ...goImage('lone', onBase(registry.host)) });
    await repo.commit();
    expect(await build()).toMatchObject({ code: 0 });
    const before = await Promise.all([
      crane('digest', `${shop}:api-latest`),
      crane('digest', `${shop}:check-latest`),
    ]);
    await repo.write({
      'api/cmd/api/main.go': goProgram('missing()'),
      'lone/cmd/lone/main.go': goProgram('fmt.Println("x")'),
    });
    await repo.commit();
    const lone = await crane('digest', `${shop}:lone-latest`);
    const failed = await build();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('api/linux-amd64, api/linux-arm64 failed after');
    expect(failed.stderr).toContain('undefined: missing');
    expect(failed.stderr).toContain('Therefore not built: check.');
    expect(failed.stderr).toContain('Published anyway: lone.');
    expect(failed.stderr).not.toMatch(/^ +at /m);
    expect(
      await Promise.all([crane('digest', `${shop}:api-latest`), crane('digest', `${shop}:check-latest`)]),
    ).toEqual(before);
    expect(await crane('digest', `${shop}:lone-latest`)).not.toBe(lone);
    const log = await readFile(join(repo.dir, '.hephy/logs/api-linux-amd64.log'), 'utf8');
    expect(log).toContain('undefined: missing');
  });

  test('is told as data with --json', async () => {
    await repo.write({ 'api/cmd/api/main.go': goProgram('missing()') });
    await repo.commit();
    const failed = await build('--json');
    expect(failed.code).toBe(1);
    const run: { images: { name: string; state: string }[]; legs: { state: string }[] } = JSON.parse(
      failed.stdout,
    );
    expect(run.images.map(({ name, state }) => [name, state])).toEqual([
      ['api', 'failed'],
      ['check', 'skipped'],
    ]);
    expect(await tags()).toEqual([]);
  });
});

test('--output leaves a layout that holds what was published', async () => {
  const out = join(await createTempDir(), 'a b');
  expect(await build('--output', `oci:${out}`, '--images', 'api')).toMatchObject({ code: 0 });
  expect((await readdir(out)).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
  const layout: Index = JSON.parse(await readFile(join(out, 'index.json'), 'utf8'));
  const digest = await crane('digest', `${shop}:api-latest`);
  expect(new Set(layout.manifests.map((entry) => entry.digest))).toEqual(new Set([digest]));
  // crane reads every blob and checks each against its digest.
  await crane('push', '--index', out, `${registry.host}/copied:all`);
  expect(
    (await craneJson<Index>('manifest', `${registry.host}/copied:all`)).manifests.length,
  ).toBeGreaterThan(0);
});

test('--no-push builds all and leaves nothing', async () => {
  const out = join(await createTempDir(), 'out');
  const done = await build('--no-push', '--output', `oci:${out}`);
  expect(done).toMatchObject({ code: 0 });
  expect(done.stderr).toContain('Nothing was pushed.');
  expect(await tags()).toEqual([]);
  expect(await readdir(out)).toContain('index.json');
});

test('--platform builds one architecture, and moves no tag that an index has', async () => {
  expect(await build('--platform', 'linux/arm64', '--images', 'api')).toMatchObject({ code: 0 });
  expect(await tags()).toEqual([expect.stringMatching(/^api-20261120-[0-9a-f]{7}-arm64$/)]);
});

test('--jobs 1 runs one leg at a time', async () => {
  const { code, stderr } = await build('--jobs', '1', '--images', 'api');
  expect(code).toBe(0);
  const steps = stderr
    .split('\n')
    .flatMap((line) => /^\[(api\/\S+)\] (started|✓)/.exec(line)?.slice(1) ?? []);
  expect(steps).toEqual([
    'api/linux-amd64',
    'started',
    'api/linux-amd64',
    '✓',
    'api/linux-arm64',
    'started',
    'api/linux-arm64',
    '✓',
  ]);
});

test('nothing to do is green, and says how to do something', async () => {
  await repo.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  await repo.git('switch', '-q', '-c', 'feature');
  await repo.write({ 'README.md': 'x' });
  await repo.commit();
  expect(await build()).toMatchObject({ code: 0, stderr: expect.stringContaining('Nothing to do.') });
  const json = await build('--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ images: [], legs: [] });
});

test('a plan of another step is obeyed, and joined by manifest alone', async () => {
  const planned = await hephy(['plan', '--json', '--date', '20261120', '--images', 'api'], { cwd: repo.dir });
  const input = planned.stdout;
  const place = { cwd: repo.dir, input };
  for (const platform of ['linux/amd64', 'linux/arm64']) {
    const leg = await hephy(['build', '--plan', '-', '--platform', platform, '--registry', shop], place);
    expect(leg).toMatchObject({ code: 0 });
    expect((await tags()).filter((tag) => tag.endsWith('latest'))).toEqual([]);
    if (platform === 'linux/arm64') break;
    const early = await hephy(['manifest', '--plan', '-', '--registry', shop], place);
    expect(early.code).toBe(1);
    expect(early.stderr).toContain('MANIFEST_MISSING_LEG');
    expect((await tags()).filter((tag) => tag.endsWith('latest'))).toEqual([]);
  }
  const joined = await hephy(['manifest', '--plan', '-', '--registry', shop], place);
  expect(joined).toMatchObject({ code: 0 });
  expect((await craneJson<Index>('manifest', `${shop}:api-latest`)).manifests).toHaveLength(2);
});

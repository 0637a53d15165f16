import { chmod, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cloneShallow, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { crane, craneJson, createGoShop, goProgram } from '../support/go-shop.ts';
import { hephy, type Said, TOOL_PATH } from '../support/hephy.ts';
import { pushBase } from '../support/ko-builds.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { AMD64, ARM64 } from '../support/registry-client.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

interface Run {
  readonly images: readonly { readonly name: string; readonly state: string; readonly digest: string }[];
  readonly legs: readonly { readonly id: string; readonly state: string; readonly tag: string }[];
}

let registry: TestRegistry;
let repo: GitRepo;
let shop: string;
let brokenKo: string;
let count = 0;

beforeAll(async () => {
  registry = await startRegistry();
  brokenKo = join(await createTempDir(), 'bin');
  await mkdir(brokenKo);
  const says = 'case "$1" in version) echo 0.19.1;; *) echo must not run >&2; exit 1;; esac';
  await writeFile(join(brokenKo, 'ko'), `#!/bin/sh\n${says}\n`, { mode: 0o755 });
});
afterAll(() => registry.stop());
beforeEach(async () => {
  repo = await createGoShop(registry.host);
  shop = `${registry.host}/unchanged${count++}`;
});

interface Place {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function build(flags: readonly string[] = [], { cwd = repo.dir, env = {} }: Place = {}): Promise<Said> {
  return hephy(['build', '--all', '--json', '--registry', shop, ...flags], { cwd, env });
}

/** With a ko that fails as soon as it is to build. */
function withoutKo(): Place {
  return { env: { PATH: `${brokenKo}:${TOOL_PATH}` } };
}

async function statesAfter(said: Promise<Said>): Promise<Record<string, string>> {
  const { stdout, stderr } = await said;
  if (stdout === '') throw new Error(stderr);
  const run: Run = JSON.parse(stdout);
  return Object.fromEntries(run.legs.map(({ id, state }) => [id.replace('/linux-', ' '), state]));
}

/** Of every tag. */
async function digests(): Promise<Record<string, string>> {
  const tags = (await crane('ls', shop)).split('\n');
  const entries = tags.map(async (tag) => [tag, await crane('digest', `${shop}:${tag}`)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

const ALL_UNCHANGED = {
  'api amd64': 'unchanged',
  'api arm64': 'unchanged',
  'check amd64': 'unchanged',
  'check arm64': 'unchanged',
};
const ALL_BUILT = Object.fromEntries(Object.keys(ALL_UNCHANGED).map((id) => [id, 'built']));

describe('nothing changed', () => {
  test('the second run starts no ko, moves the tags, and says since when', async () => {
    expect(await statesAfter(build())).toEqual(ALL_BUILT);
    const revision = await repo.git('rev-parse', '--short=7', 'HEAD');
    const before = await crane('digest', `${shop}:api-latest`);
    await repo.write({ 'README.md': 'another commit' });
    await repo.commit();
    const second = await build([], withoutKo());
    expect(second).toMatchObject({ code: 0 });
    expect(await statesAfter(Promise.resolve(second))).toEqual(ALL_UNCHANGED);
    expect(second.stderr).toMatch(new RegExp(`^ +api +ko +.* unchanged since ${revision}`, 'm'));
    const head = await repo.git('rev-parse', '--short=7', 'HEAD');
    const tags = (await crane('ls', shop)).split('\n');
    const tag = tags.find((each) => each.startsWith('api-') && each.endsWith(head));
    expect(await crane('digest', `${shop}:${tag}`)).toBe(before);
    expect(await crane('digest', `${shop}:api-latest`)).toBe(before);
    const table = await hephy(['build', '--all', '--registry', shop], { cwd: repo.dir, ...withoutKo() });
    expect(table.stdout).toMatch(/^api .* amd64 arm64 .* unchanged /m);
    expect(table.stderr).toContain('2 images, 4 legs (4 unchanged)');
  });

  test('in another clone, with other times, after other commits', async () => {
    await statesAfter(build());
    await repo.write({ 'docs.txt': 'x' });
    await repo.commit();
    const clone = await cloneShallow(repo.dir);
    await utimes(join(clone.dir, 'api/cmd/api/main.go'), 1, 1);
    await chmod(join(clone.dir, 'api/cmd/api/main.go'), 0o664);
    expect(await statesAfter(build([], { ...withoutKo(), cwd: clone.dir }))).toEqual(ALL_UNCHANGED);
  });

  test('an image that is built alone, without what it is built on', async () => {
    await statesAfter(build());
    const before = await digests();
    const alone = await hephy(['build', '--images', 'check', '--json', '--registry', shop], {
      cwd: repo.dir,
      ...withoutKo(),
    });
    expect(await statesAfter(Promise.resolve(alone))).toEqual({
      'check amd64': 'unchanged',
      'check arm64': 'unchanged',
    });
    expect(await digests()).toEqual(before);
    expect(await statesAfter(build([], withoutKo()))).toEqual(ALL_UNCHANGED);
  });

  test('an image that was built alone is the same in a run of all', async () => {
    await statesAfter(build());
    await repo.write({ 'check/cmd/check/main.go': goProgram('fmt.Println(1)') });
    await repo.commit();
    const alone = ['build', '--images', 'check', '--json', '--registry', shop];
    expect(await statesAfter(hephy(alone, { cwd: repo.dir }))).toEqual({
      'check amd64': 'built',
      'check arm64': 'built',
    });
    const check = await crane('digest', `${shop}:check-latest`);
    expect(await statesAfter(build([], withoutKo()))).toEqual(ALL_UNCHANGED);
    expect(await crane('digest', `${shop}:check-latest`)).toBe(check);
  });

  test('a registry with immutable tags takes the same run again', async () => {
    const proxy = await startFaultProxy(registry.host);
    try {
      shop = shop.replace(registry.host, proxy.host);
      expect(await statesAfter(build(['--date', '20261120']))).toEqual(ALL_BUILT);
      proxy.refuseTags('ecr');
      const again = await build(['--date', '20261120'], withoutKo());
      expect(again).toMatchObject({ code: 0 });
      expect(await statesAfter(Promise.resolve(again))).toEqual(ALL_UNCHANGED);
    } finally {
      await proxy.stop();
    }
  });

  test('hephy explain --fingerprint says so, and names what changed', async () => {
    await statesAfter(build());
    const explain = async () =>
      (await hephy(['explain', '--fingerprint', 'api', '--registry', shop], { cwd: repo.dir })).stdout;
    expect(await explain()).toContain(`api/linux-amd64  the same as ${shop}:api-latest`);
    await repo.write({ 'api/cmd/api/main.go': goProgram('fmt.Println(3)') });
    const told = await explain();
    expect(told).toContain(`api/linux-arm64  different from ${shop}:api-latest`);
    expect(told.match(/^ +\w+(?= .* changed, was )/gm)?.map((name) => name.trim())).toEqual([
      'files',
      'files',
    ]);
  });

  test('--rebuild builds all the same', async () => {
    await statesAfter(build());
    expect(await statesAfter(build(['--rebuild']))).toEqual(ALL_BUILT);
  });

  test('so does a project that says rebuild: always, and a schedule', async () => {
    await repo.write({ 'rebuild-weekly.txt': 'api\ncheck\n' });
    await repo.commit();
    await statesAfter(build());
    expect(await statesAfter(build(['--event', 'schedule']))).toEqual(ALL_BUILT);
    await repo.write({ '.hephy/project.yaml': 'rebuild: always\n' });
    await repo.commit();
    expect(await statesAfter(build())).toEqual(ALL_BUILT);
  });
});

describe('something changed', () => {
  test('what depends on it is built, and on the image that was found where only itself changed', async () => {
    await statesAfter(build());
    const api = await crane('digest', `${shop}:api-latest`);
    await repo.write({ 'check/cmd/check/main.go': goProgram('fmt.Println(1)') });
    await repo.commit();
    expect(await statesAfter(build())).toEqual({
      ...ALL_UNCHANGED,
      'check amd64': 'built',
      'check arm64': 'built',
    });
    expect(await crane('digest', `${shop}:api-latest`)).toBe(api);
    const below = await craneJson<{ rootfs: { diff_ids: string[] } }>(
      'config',
      '--platform',
      'linux/amd64',
      `${shop}:api-latest`,
    );
    const above = await craneJson<{ rootfs: { diff_ids: string[] } }>(
      'config',
      '--platform',
      'linux/amd64',
      `${shop}:check-latest`,
    );
    expect(above.rootfs.diff_ids.slice(0, below.rootfs.diff_ids.length)).toEqual(below.rootfs.diff_ids);
    await repo.write({ 'api/cmd/api/main.go': goProgram('fmt.Println(2)') });
    expect(await statesAfter(build())).toEqual(ALL_BUILT);
  });

  test('a base that moved under its tag, in every image that stands on it', async () => {
    await statesAfter(build());
    await pushBase(`${registry.host}/base`, [AMD64, { ...ARM64, variant: 'v8' }]);
    expect(await statesAfter(build())).toEqual(ALL_BUILT);
  });

  test('an image under the fingerprint that does not say so itself is not believed', async () => {
    await statesAfter(build());
    const tags = (await crane('ls', shop)).split('\n').filter((tag) => tag.startsWith('fp-'));
    for (const tag of tags) await crane('copy', `${registry.host}/base:latest`, `${shop}:${tag}`);
    expect(await statesAfter(build())).toEqual(ALL_BUILT);
  });
});

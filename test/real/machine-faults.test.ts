import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fakeTool } from '../support/fake-tool.ts';
import { createTempDir, type GitRepo } from '../support/git-repo.ts';
import { crane, createGoShop } from '../support/go-shop.ts';
import { hephy, startHephy, type Said } from '../support/hephy.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

/** What a machine can do to a run: a full or read-only disk, limits, a kill, a second run. */
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
  shop = `${registry.host}/faults${count++}`;
});

function build(more: readonly string[] = []): readonly string[] {
  return ['build', '--images', 'api', '--platform', 'linux/amd64', '--registry', shop, ...more];
}

/** In a mount namespace of its own, where these lines of shell came first. */
function after(script: string): readonly string[] {
  return ['unshare', '--map-root-user', '--mount', 'sh', '-ec', `${script}\nexec "$@"`, 'sh'];
}

function expectFault(said: Said, codes: readonly string[]): void {
  const text = said.stdout + said.stderr;
  expect(text).not.toMatch(/INTERNAL|node:internal|^ +at .*:\d+/m);
  expect([said.code, codes.filter((code) => text.includes(code)).length > 0, text]).toEqual([1, true, text]);
}

const VERBS = [
  ['plan', '--all'],
  ['explain', '--all'],
  ['validate'],
  ['prepare', '--all', '--registry', '127.0.0.1:1/x'],
  ['build', '--all', '--registry', '127.0.0.1:1/x'],
];

describe('the directory for temporary files', () => {
  test.each([
    ['is full', 'mount -t tmpfs -o size=16k none "$TMPDIR"; cat /dev/zero >"$TMPDIR/fill" 2>&- || :'],
    ['has no room for another file', 'mount -t tmpfs -o nr_inodes=2 none "$TMPDIR"; : >"$TMPDIR/fill" || :'],
    ['is read-only', 'mount -t tmpfs -o ro none "$TMPDIR"'],
  ])('%s', async (_, script) => {
    const TMPDIR = await createTempDir();
    for (const verb of VERBS) {
      const said = await hephy(verb, { cwd: repo.dir, env: { TMPDIR }, under: after(script) });
      if (said.code !== 0) expectFault(said, ['WORK_DIRECTORY', 'SYSTEM_ERROR', 'REGISTRY_UNAVAILABLE']);
      expect(said.stderr + said.stdout).not.toContain('INTERNAL');
    }
    const said = await hephy(build(), { cwd: repo.dir, env: { TMPDIR }, under: after(script) });
    expectFault(said, ['WORK_DIRECTORY', 'SYSTEM_ERROR']);
    expect(said.stderr).not.toContain('.hephy/logs/api');
  });

  test('is full once the leg begins: no log is named that was not written', async () => {
    const TMPDIR = await createTempDir();
    const ko = 'cat /dev/zero >"$TMPDIR/fill" 2>/dev/null; echo "no space left on device" >&2; exit 1';
    const PATH = await fakeTool('ko', ko);
    const script = 'mount -t tmpfs -o size=256k none "$TMPDIR"';
    const said = await hephy(build(), { cwd: repo.dir, env: { TMPDIR, PATH }, under: after(script) });
    expect(said.code).toBe(1);
    expect(said.stderr + said.stdout).not.toContain('INTERNAL');
    const named = /Full log: (\S+)/.exec(said.stderr)?.[1];
    if (named !== undefined) expect((await readFile(join(repo.dir, named))).length).toBeGreaterThan(0);
  });
});

describe('the checkout and the cache', () => {
  test('a read-only checkout is planned, and cannot be built in', async () => {
    const script = `mount --bind '${repo.dir}' '${repo.dir}'; mount -o remount,ro,bind '${repo.dir}'`;
    const planned = await hephy(['plan', '--all'], { cwd: repo.dir, under: after(script) });
    expect(planned.code).toBe(0);
    expectFault(await hephy(build(), { cwd: repo.dir, under: after(script) }), ['WORK_DIRECTORY']);
  });

  test('a full cache is an error of the machine', async () => {
    const XDG_CACHE_HOME = await createTempDir();
    const script = `mount -t tmpfs -o size=4k none '${XDG_CACHE_HOME}'; cat /dev/zero >'${XDG_CACHE_HOME}/fill' 2>&- || :`;
    const PATH = await fakeTool('ko', 'exit 1');
    const env = { XDG_CACHE_HOME, PATH, HEPHY_TOOL_MIRROR: 'off' };
    const said = await hephy(['build', '--all'], { cwd: repo.dir, env, under: after(script) });
    expectFault(said, ['SYSTEM_ERROR', 'WORK_DIRECTORY', 'LOCAL_REGISTRY']);
  });
});

describe('limits', () => {
  test.each([
    ['open files', 'ulimit -n 24'],
    ['the size of files', 'trap "" XFSZ; ulimit -f 0'],
  ])('of %s', async (_, limit) => {
    const said = await hephy(build(), { cwd: repo.dir, under: ['sh', '-c', `${limit}; exec "$@"`, 'sh'] });
    expect(said.stderr + said.stdout).not.toMatch(/INTERNAL|node:internal/);
    expect(said.code).not.toBe(0);
  });

  test('arguments that are too long together are no missing tool', async () => {
    await repo.write({
      'api/build-config.yaml': `name: api\nko_config: {ldflags: [${'x'.repeat(3_000_000)}]}\n`,
    });
    await repo.commit();
    const said = await hephy(build(), { cwd: repo.dir });
    expect(said.stderr + said.stdout).not.toMatch(/INTERNAL|TOOL_MISSING/);
    expect(said.code).not.toBe(0);
  });
});

describe('a run that was killed', () => {
  test('leaves nothing for longer than until the next run', async () => {
    const TMPDIR = await createTempDir();
    const PATH = await fakeTool('ko', 'echo begun >&2; exec sleep 60');
    const password = 'a-password-of-the-registry';
    const env = { PATH, TMPDIR, HEPHY_REGISTRY_USERNAME: 'ada', HEPHY_REGISTRY_PASSWORD: password };
    const running = startHephy(build(), { cwd: repo.dir, env });
    await running.heard('begun');
    running.child.kill('SIGKILL');
    await running.said;
    const left = await readdir(TMPDIR, { recursive: true });
    expect(left.some((path) => path.endsWith('config.json'))).toBe(true);
    const planned = await hephy(['plan', '--all'], { cwd: repo.dir, env: { TMPDIR } });
    expect([planned.code, await readdir(TMPDIR)]).toEqual([0, []]);
  });

  test('a live run keeps its files while another begins and ends', async () => {
    const TMPDIR = await createTempDir();
    const go = join(await createTempDir(), 'go');
    const PATH = await fakeTool('ko', `echo begun >&2; until test -e '${go}'; do sleep 0.05; done; exit 1`);
    const running = startHephy(build(), { cwd: repo.dir, env: { PATH, TMPDIR } });
    await running.heard('begun');
    const before = (await readdir(TMPDIR)).length;
    expect((await hephy(['plan', '--all'], { cwd: repo.dir, env: { TMPDIR } })).code).toBe(0);
    expect((await readdir(TMPDIR)).length).toBe(before);
    await writeFile(go, '');
    await running.said;
    expect(await readdir(TMPDIR)).toEqual([]);
  });
});

test('two builds in one checkout: the second waits, and both publish', async () => {
  const places = [`${shop}a`, `${shop}b`];
  const runs = places.map((to) =>
    hephy(['build', '--images', 'api', '--platform', 'linux/amd64', '--registry', to], { cwd: repo.dir }),
  );
  const said = await Promise.all(runs);
  expect(said.map(({ code, stderr }) => [code, stderr])).toEqual(said.map(({ stderr }) => [0, stderr]));
  expect(said.filter(({ stderr }) => /waiting until it ends/.test(stderr)).length).toBe(1);
  for (const to of places) expect(await crane('ls', to)).toContain('-amd64');
  expect(await readdir(join(repo.dir, '.hephy/logs'))).toContain('api-linux-amd64.log');
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTempDir, type GitRepo } from '../support/git-repo.ts';
import { crane, createGoShop, goProgram } from '../support/go-shop.ts';
import { BUNDLE, hephy, type Said, TOOL_PATH } from '../support/hephy.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

/** One run as CI plays it: a job that plans, jobs that build, and one that joins, each a process of its own. */
let registry: TestRegistry;
let repo: GitRepo;
let shop: string;
let plan: string;
let count = 0;

beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());
beforeEach(async () => {
  repo = await createGoShop(registry.host);
  shop = `${registry.host}/machines${count++}`;
  plan = join(await createTempDir(), 'plan.json');
});

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
  return hephy([...args, '--registry', shop], { cwd: repo.dir, env });
}

async function prepare(...flags: string[]): Promise<Said> {
  const all = flags.includes('--images') ? [] : ['--all'];
  const said = await run(['prepare', ...all, '--json', ...flags]);
  await writeFile(plan, said.stdout);
  return said;
}

async function jobs(): Promise<readonly string[]> {
  const { jobs: listed }: { jobs: { id: string; legs: string[] }[] } = JSON.parse(
    await readFile(plan, 'utf8'),
  );
  return listed.map(({ id, legs }) => `${id}: ${legs.join(' ')}`);
}

function buildJob(id: string, env: Readonly<Record<string, string>> = {}): Promise<Said> {
  return run(['build', '--plan', plan, '--job', id, '--json'], env);
}

async function states(said: Promise<Said>): Promise<readonly string[]> {
  const { legs }: { legs: { id: string; state: string }[] } = JSON.parse((await said).stdout);
  return legs.map(({ id, state }) => `${id} ${state}`);
}

async function tags(): Promise<readonly string[]> {
  const listed = (await crane('ls', '--omit-digest-tags', shop).catch(() => '')).split('\n');
  return listed.filter((tag) => tag !== '');
}

describe('a job', () => {
  test('builds its own legs, publishes nothing, and manifest joins what all of them pushed', async () => {
    await prepare('--images', 'api');
    expect(await jobs()).toEqual(['amd64-1: api/linux-amd64', 'arm64-1: api/linux-arm64']);
    expect(await states(buildJob('amd64-1'))).toEqual(['api/linux-amd64 built']);
    const early = await run(['manifest', '--plan', plan]);
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('MANIFEST_MISSING_LEG') });
    expect(early.stderr).toContain('the log of arm64-1,');
    expect(await states(buildJob('arm64-1'))).toEqual(['api/linux-arm64 built']);
    expect((await tags()).filter((tag) => !/-(amd64|arm64)$/.test(tag))).toEqual([]);
    expect(await run(['manifest', '--plan', plan])).toMatchObject({ code: 0 });
    expect(await tags()).toContain('api-latest');
    expect((await tags()).filter((tag) => tag.startsWith('fp-'))).toHaveLength(2);
  });

  test('that runs again builds nothing that it had pushed before', async () => {
    await prepare();
    const [first = ''] = (await jobs()).map((job) => job.split(':')[0] ?? '');
    const built = await states(buildJob(first));
    expect(built.every((leg) => leg.endsWith(' built'))).toBe(true);
    const again = await states(buildJob(first, { PATH: `${await brokenKo()}:${TOOL_PATH}` }));
    expect(again).toEqual(built.map((leg) => leg.replace('built', 'unchanged')));
  });

  test.each([
    [['--job', 'amd64-1'], 'requires --plan'],
    [['--plan', 'PLAN', '--job', 'amd64-9'], 'Jobs of the plan: '],
  ])('%j is told what is wrong', async (flags, said) => {
    await prepare();
    const args = ['build', ...flags.map((word) => (word === 'PLAN' ? plan : word))];
    expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
  });

  test('of a run that pushes must be told where', async () => {
    await prepare();
    const place = { cwd: repo.dir };
    const said = await hephy(['build', '--plan', plan, '--job', 'amd64-1'], place);
    expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining('USAGE') });
  });
});

describe('a plan that asked the registry', () => {
  test('has no job for what is there already, and its images get their new tags', async () => {
    await prepare();
    for (const job of await jobs()) await buildJob(job.split(':')[0] ?? '');
    expect(await run(['manifest', '--plan', plan])).toMatchObject({ code: 0 });
    await repo.write({ 'check/cmd/check/main.go': goProgram('fmt.Println(1)') });
    const head = await repo.commit();
    await prepare();
    expect((await jobs()).join(' ')).not.toContain('api/');
    for (const job of await jobs()) await buildJob(job.split(':')[0] ?? '');
    expect(await run(['manifest', '--plan', plan])).toMatchObject({ code: 0 });
    expect((await tags()).some((tag) => tag.startsWith('api-') && tag.endsWith(head.slice(0, 7)))).toBe(true);
  });

  test('of a pull request builds into a registry that goes with the job, and publishes nothing', async () => {
    await prepare('--event', 'merge_request', '--base', 'HEAD');
    const [first = ''] = (await jobs()).map((job) => job.split(':')[0] ?? '');
    expect((await buildJob(first)).code).toBe(0);
    expect(await run(['manifest', '--plan', plan])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('publishes nothing'),
    });
    expect(await tags()).toEqual([]);
  });
});

test('on GitHub one job that does all tells the same as the first of several', async () => {
  const outputs = join(await createTempDir(), 'outputs');
  const sha = await repo.git('rev-parse', 'HEAD');
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'workflow_dispatch',
    GITHUB_REF: 'refs/heads/main',
  };
  const place = { cwd: repo.dir, env: { ...env, GITHUB_SHA: sha, GITHUB_OUTPUT: outputs } };
  for (const verb of ['prepare', 'build']) {
    await writeFile(outputs, '');
    expect(await hephy([verb, '--all', '--registry', shop], place)).toMatchObject({ code: 0 });
    const told = (await readFile(outputs, 'utf8')).matchAll(/^(\w+)<<(\S+)\n(.*)\n\2$/gm);
    const values = Object.fromEntries([...told].map(([, name = '', , value = '']) => [name, value]));
    expect(values).toMatchObject({ build: 'true', publish: 'true', images: '["api","check"]' });
    expect(JSON.parse(values['matrix'] ?? '').include[1]).toEqual({
      id: 'arm64-1',
      platform: 'linux/arm64',
      arch: 'arm64',
      runner: ['ubuntu-24.04-arm'],
      title: 'api, check',
    });
    expect(JSON.parse(values['plan'] ?? '').jobs).toHaveLength(2);
  }
});

test('what GitLab’s jobs need lies in a directory that git ignores, made anew each time', async () => {
  await repo.write({ '.hephy/run/old': 'x' });
  expect(await run(['prepare', '--all', '--child-pipeline'])).toMatchObject({ code: 0 });
  expect(await repo.git('status', '--porcelain')).toBe('');
  const [job = ''] = Object.values(
    JSON.parse(await readFile(join(repo.dir, '.hephy/run/plan.json'), 'utf8')).jobs,
  );
  expect(job).toMatchObject({ id: 'amd64-1' });
  const [program, ours] = await Promise.all(
    [join(repo.dir, '.hephy/run/hephy.mjs'), BUNDLE].map((path) => readFile(path)),
  );
  expect(program?.equals(ours ?? Buffer.from(''))).toBe(true);
  await expect(readFile(join(repo.dir, '.hephy/run/old'))).rejects.toThrow('ENOENT');
});

/** Answers who it is, and fails as soon as it is to build. */
async function brokenKo(): Promise<string> {
  const dir = await createTempDir();
  const says = 'case "$1" in version) echo 0.19.1;; *) echo must not run >&2; exit 1;; esac';
  await writeFile(join(dir, 'ko'), `#!/bin/sh\n${says}\n`, { mode: 0o755 });
  return dir;
}

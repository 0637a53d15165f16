import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runAct } from '../support/act.ts';
import { exportProject } from '../support/export-project.ts';
import { fakeTool } from '../support/fake-tool.ts';
import { createGitRepo, createTempDir } from '../support/git-repo.ts';
import { RUNNER } from '../support/github-shop.ts';
import { crane, createGoShop } from '../support/go-shop.ts';
import { hephy, startHephy } from '../support/hephy.ts';
import { startRegistry, TEST_PASSWORD, TEST_USER, type TestRegistry } from '../support/registry.ts';
import { KO } from '../support/tool-cache.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

/** As the runner starts it: https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax */
async function createRunner(workspace: string, inputs: Readonly<Record<string, string>>) {
  const temp = await createTempDir();
  const files = { GITHUB_STATE: 'state', GITHUB_OUTPUT: 'output', GITHUB_STEP_SUMMARY: 'summary' };
  const paths = Object.entries(files).map(([name, file]) => [name, join(temp, file)] as const);
  for (const [, path] of paths) await writeFile(path, '');
  await mkdir(join(temp, 'temp'));
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const env = {
    ...RUNNER,
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'acme/shop',
    RUNNER_TEMP: join(temp, 'temp'),
    ...Object.fromEntries(paths),
    ...Object.fromEntries(given),
  };
  const state = async (): Promise<Record<string, string>> => {
    const saved = [
      ...(await readFile(env['GITHUB_STATE'], 'utf8')).matchAll(/^(\w+)<<(\S+)\n([^]*?)\n\2\n/gm),
    ];
    return Object.fromEntries(saved.map(([, name, , value]) => [`STATE_${name}`, value ?? '']));
  };
  return { env, state, left: () => readdir(env.RUNNER_TEMP) };
}

/** ko, which is asked for its version before it has to build. */
const SLOW = `case "$1" in build) echo working; exec sleep 60 ;; esac\nexec ${KO} "$@"`;

describe('a step', () => {
  let repo: Awaited<ReturnType<typeof createGoShop>>;
  beforeEach(async () => {
    repo = await createGoShop(registry.host);
  });

  test('that is cancelled publishes nothing, and its post part leaves no login and no file', async () => {
    const shop = `${registry.host}/cancelled`;
    const ko = await fakeTool('ko', SLOW);
    const runner = await createRunner(repo.dir, {
      step: 'all',
      registry: shop,
      'registry-username': 'ada',
      'registry-password': 'open-sesame',
    });
    const env = { ...runner.env, PATH: `${ko}:${RUNNER.PATH}` };
    const running = startHephy([], { cwd: repo.dir, env });
    await running.heard('working');
    expect(await runner.left()).toHaveLength(1);
    running.child.kill('SIGINT');
    const { code, stderr } = await running.said;
    expect(code).toBe(1);
    expect(stderr).toContain('Interrupted');
    expect(await hephy([], { cwd: repo.dir, env: { ...env, ...(await runner.state()) } })).toMatchObject({
      code: 0,
    });
    expect(await runner.left()).toEqual([]);
    await expect(crane('ls', shop)).rejects.toThrow('NAME_UNKNOWN');
  });

  test('that was killed leaves its files to the post part', async () => {
    const ko = await fakeTool('ko', SLOW);
    const runner = await createRunner(repo.dir, { step: 'all', push: 'never' });
    const env = { ...runner.env, PATH: `${ko}:${RUNNER.PATH}` };
    const running = startHephy([], { cwd: repo.dir, env });
    await running.heard('working');
    running.child.kill('SIGKILL');
    await running.said;
    expect(await runner.left()).toHaveLength(1);
    await hephy([], { cwd: repo.dir, env: { ...env, ...(await runner.state()) } });
    expect(await runner.left()).toEqual([]);
  });

  test('whose login is refused says at which registry, and what to look at', async () => {
    const locked = await startRegistry({ auth: 'basic' });
    try {
      const login = { 'registry-username': TEST_USER, 'registry-password': `${TEST_PASSWORD}-expired` };
      const runner = await createRunner(repo.dir, { step: 'all', registry: `${locked.host}/shop`, ...login });
      const { code, stderr } = await hephy([], { cwd: repo.dir, env: runner.env });
      expect(code).toBe(1);
      expect(stderr).toContain('REGISTRY_AUTH');
      expect(stderr).toMatch(new RegExp(`${locked.host}.*401`));
      expect(stderr.replace('::add-mask::open-sesame-expired', '')).not.toContain(TEST_PASSWORD);
    } finally {
      await locked.stop();
    }
  });
});

const LARGE = `on: push
jobs:
  large:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - id: prepare
        uses: kingdon-ci/hephy-builder@v2
        with: { step: prepare, registry: '\${{ vars.REGISTRY }}' }
      - uses: kingdon-ci/hephy-builder@v2
        with: { step: build, plan: '\${{ steps.prepare.outputs.plan }}', job: none }
`;

test('a plan of 300 images gets from one step to the next', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `service-${index}`);
  const repo = await createGitRepo({
    '.github/workflows/large.yml': LARGE,
    ...Object.fromEntries(
      names.flatMap((name) => [
        [`services/${name}/build-config.yaml`, `name: ${name}\nadditional_tags: [latest, stable]\n`],
        [`services/${name}/Dockerfile`, `FROM scratch\nCOPY . /${name}\n`],
      ]),
    ),
  });
  await repo.git('remote', 'add', 'origin', 'https://github.com/acme/shop.git');
  const done = await runAct({
    cwd: repo.dir,
    event: 'push',
    project: await exportProject(),
    vars: { REGISTRY: `${registry.host}/large` },
    env: RUNNER,
  });
  expect(JSON.parse(done.output('images') ?? '')).toHaveLength(300);
  expect(Buffer.byteLength(done.output('plan') ?? '')).toBeLessThan(128 * 1024);
  expect(done.log).toContain('the plan has no such job');
  expect(done.log).toContain('amd64-4');
});

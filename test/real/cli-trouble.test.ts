import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findTool } from '../../src/system/tools/tools.ts';
import { fakeTool, onlyTools } from '../support/fake-tool.ts';
import { createTempDir, type GitRepo } from '../support/git-repo.ts';
import { crane, createGoShop } from '../support/go-shop.ts';
import { hephy, startHephy, TOOL_PATH, type Said } from '../support/hephy.ts';
import { startAnyRegistry } from '../support/any-registry.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

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
  shop = `${registry.host}/trouble${count++}`;
});

interface Trouble {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly to?: string;
}

async function build({ flags = [], env = {}, to = shop }: Trouble = {}): Promise<Said> {
  const said = await hephy(['build', '--images', 'api', '--registry', to, ...flags], { cwd: repo.dir, env });
  expect(said.stdout + said.stderr).not.toMatch(/^ +at .*:\d+|INTERNAL|node:internal/m);
  return said;
}

async function tags(): Promise<string> {
  return crane('ls', shop).catch(() => '');
}

async function readLog(): Promise<string> {
  return readFile(join(repo.dir, '.hephy/logs/api-linux-amd64.log'), 'utf8');
}

describe('a registry', () => {
  test('that does not answer is told of once, and nothing is built for it', async () => {
    const said = await build({ to: '127.0.0.1:1/shop' });
    expect(said.code).toBe(1);
    expect(said.stderr.match(/REGISTRY_UNAVAILABLE/g)).toHaveLength(1);
    expect(said.stderr).toContain('Nothing listens at this address');
    expect(said.stderr).not.toContain('started');
  });

  test('that does not answer ends prepare, and manifest, which says what to do next', async () => {
    const place = { cwd: repo.dir };
    const to = ['--registry', '127.0.0.1:1/shop'];
    const prepared = await hephy(['prepare', '--all', ...to], place);
    expect(prepared).toMatchObject({ code: 1, stderr: expect.stringContaining('REGISTRY_UNAVAILABLE') });
    const { stdout: input } = await hephy(['plan', '--all', '--json'], place);
    const said = await hephy(['manifest', '--plan', '-', ...to], { ...place, input });
    expect(said.code).toBe(1);
    expect(said.stderr.match(/REGISTRY_UNAVAILABLE/g)).toHaveLength(1);
    expect(said.stderr).toContain('Nothing was published');
    expect(said.stderr).toContain('run this step again');
  });

  test('that wants another login', async () => {
    const guarded = await startRegistry({ auth: 'basic' });
    try {
      const config = await createTempDir();
      const auth = Buffer.from('hephy:wrong-word').toString('base64');
      await writeFile(join(config, 'config.json'), JSON.stringify({ auths: { [guarded.host]: { auth } } }));
      for (const env of [{ DOCKER_CONFIG: config }, { DOCKER_CONFIG: await createTempDir() }]) {
        const said = await build({ to: `${guarded.host}/shop`, env });
        expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('REGISTRY_AUTH') });
        expect(said.stderr).toContain('docker login');
        expect(said.stderr).not.toContain('wrong-word');
      }
    } finally {
      await guarded.stop();
    }
  });

  test('that is gone when the images are joined', async () => {
    const passing = await startRegistry();
    const to = `${passing.host}/shop`;
    const plan = await hephy(['plan', '--json', '--images', 'api'], { cwd: repo.dir });
    expect(await build({ to, flags: ['--platform', 'linux/amd64'] })).toMatchObject({ code: 0 });
    await passing.stop();
    const said = await hephy(['manifest', '--plan', '-', '--registry', to], {
      cwd: repo.dir,
      input: plan.stdout,
    });
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('REGISTRY_UNAVAILABLE') });
    expect(said.stderr).not.toMatch(/^ +at /m);
  });

  test('whose name tells an account number, which nobody is told', async () => {
    const PATH = await fakeTool('ko', 'echo "pushing to $KO_DOCKER_REPO"; exit 1');
    const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
    const to = `${host}/shop`;
    const anything = await startAnyRegistry();
    const env = { PATH, ...anything.envFor(host) };
    for (const flags of [[], ['--json']]) {
      const said = await build({ to, env, flags });
      expect(said.code).toBe(1);
      expect(said.stderr).toContain('pushing to <ECR-REGISTRY>/shop');
      expect(said.stdout + said.stderr + (await readLog())).not.toContain('123456789012');
    }
    await anything.stop();
  });
});

describe('Ctrl-C', () => {
  test('ends what runs and what that started, and publishes nothing', async () => {
    const TMPDIR = await createTempDir();
    const pids = join(await createTempDir(), 'pids');
    const PATH = await fakeTool(
      'ko',
      `sleep 1000 & echo $! >>${pids}; echo $$ >>${pids}; echo waiting; wait`,
    );
    const running = startHephy(['build', '--registry', shop], { cwd: repo.dir, env: { PATH, TMPDIR } });
    await running.heard('[api/linux-amd64] waiting');
    running.child.kill('SIGINT');
    const said = await running.said;
    expect(said.code).toBe(1);
    expect(said.stderr).toContain('Interrupted: nothing was published.');
    expect(said.stderr).not.toMatch(/ at .*:\d+/);
    const started = (await readFile(pids, 'utf8')).trim().split('\n').map(Number);
    expect(started.length).toBeGreaterThan(1);
    expect(await Promise.all(started.map(isAlive))).not.toContain(true);
    expect(await readdir(TMPDIR)).toEqual([]);
    expect(await tags()).toBe('');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('in a real build, by %s', async (signal) => {
    const TMPDIR = await createTempDir();
    const running = startHephy(['build', '--registry', shop], { cwd: repo.dir, env: { TMPDIR } });
    await running.heard('Building example.com/api');
    running.child.kill(signal);
    const said = await running.said;
    expect(said).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Interrupted: nothing was published.'),
    });
    expect(await readdir(TMPDIR)).toEqual([]);
    expect(await tags()).not.toContain('latest');
  });
});

/** Who has ended and was not yet collected is not alive. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

describe('places that cannot be written to', () => {
  test('a file where the logs should be', async () => {
    await repo.write({ '.hephy/logs': '' });
    expect(await build()).toMatchObject({ code: 1, stderr: expect.stringContaining('WORK_DIRECTORY') });
  });

  test('what lies where a log should be is replaced, as an old log is', async () => {
    const path = join(repo.dir, '.hephy/logs/api-linux-amd64.log');
    await mkdir(path, { recursive: true });
    const outside = join(await createTempDir(), 'log');
    await writeFile(outside, 'precious');
    await repo.link('.hephy/logs/api-linux-arm64.log', outside);
    expect(await build()).toMatchObject({ code: 0 });
    expect(await readFile(path, 'utf8')).toContain('Published');
    expect(await readFile(outside, 'utf8')).toBe('precious');
  });

  test('no directory for temporary files', async () => {
    const env = { TMPDIR: join(repo.dir, 'not/there') };
    const said = await build({ env });
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('WORK_DIRECTORY') });
    expect(said.stderr).toContain('Set TMPDIR');
  });

  test('a file where the layout should be: before anything is built', async () => {
    const said = await build({ flags: ['--output', `oci:${join(repo.dir, 'api/go.mod')}`] });
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('LAYOUT_WRITE') });
    expect(await tags()).toBe('');
  });

  test.each([
    ['.hephy', { code: 2, stderr: expect.stringMatching(/symbolic link \.hephy -> .* CONFIG_PATH$/m) }],
    ['.hephy/logs', { code: 1, stderr: expect.stringMatching(/is a symbolic link {2}WORK_DIRECTORY$/m) }],
  ])('%s as a link out of the repository is not written through', async (link, expected) => {
    const outside = await createTempDir();
    await writeFile(join(outside, 'log'), 'precious');
    await repo.link(link, outside);
    expect(await build()).toMatchObject(expected);
    expect(await readdir(outside)).toEqual(['log']);
    expect(await readFile(join(outside, 'log'), 'utf8')).toBe('precious');
  });
});

describe('tools that are missing', () => {
  test('ko, with nobody to download it from and no Go to build it', async () => {
    const env = {
      PATH: await onlyTools(['git']),
      HOME: await createTempDir(),
      HEPHY_TOOL_MIRROR: 'http://127.0.0.1:1',
    };
    const said = await build({ env });
    expect(said).toMatchObject({ code: 1, stderr: expect.stringMatching(/TOOL_(MISSING|DOWNLOAD)/) });
    expect(said.stderr).toMatch(/Put go on PATH/);
  });

  test('all that a run needs, before anything is begun', async () => {
    await repo.write({
      'web/build-config.yaml': 'build_backend: buildkit\nplatforms: [linux/amd64]\n',
      'web/Dockerfile': 'FROM scratch\n',
      'old/build-config.yaml': 'build_backend: kaniko\nplatforms: [linux/amd64]\n',
      'old/Dockerfile': 'FROM scratch\n',
    });
    await repo.commit();
    const HOME = await createTempDir();
    const env = { PATH: await onlyTools(['git']), HOME, HEPHY_TOOL_MIRROR: 'off' };
    const flags = ['--images', 'api,web,old', '--registry', shop];
    const said = await hephy(['build', ...flags], { cwd: repo.dir, env });
    expect(said.code).toBe(1);
    for (const name of ['ko', 'go', 'docker'])
      expect(said.stderr).toMatch(new RegExp(`^${name} was not found +TOOL_MISSING$`, 'm'));
    expect(said.stderr).toContain('BuildKit is not available: BUILDKIT_HOST is not set');
    expect(said.stderr).not.toContain('started');
  });

  test('Go, where ko is there', async () => {
    const { path: ko } = await findTool('ko', { env: { PATH: TOOL_PATH, HOME: homedir() } });
    const PATH = `${await onlyTools(['git'])}:${dirname(ko)}`;
    const said = await build({ env: { PATH, HOME: await createTempDir(), HEPHY_TOOL_MIRROR: 'off' } });
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('TOOL_MISSING') });
    expect(said.stderr).toContain('go.dev');
  });

  test('git', async () => {
    const said = await build({ env: { PATH: await createTempDir() } });
    expect(said).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/git was not found {2}TOOL_MISSING\n.*Install git/),
    });
  });
});

test('secrets of the environment reach neither the tools nor any output', async () => {
  const dump = join(await createTempDir(), 'env');
  const secrets = {
    GITHUB_TOKEN: 'ghs_abcdefgh12345678',
    DB_PASSWORD: 'correct-horse-9',
    CI_JOB_TOKEN: 'glcbt-64_abcdef',
  };
  const script = `env >>${dump}; echo ${Object.values(secrets).join(' ')} | tee /dev/stderr; exit 1`;
  const env = { ...secrets, UNRELATED: 'of-no-use-to-ko', PATH: await fakeTool('ko', script) };
  for (const flags of [[], ['--json']]) {
    const said = await build({ env, flags });
    expect(said.code).toBe(1);
    expect(said.stderr).toContain('*** *** ***');
    const everything = said.stdout + said.stderr + (await readLog());
    for (const value of Object.values(secrets)) expect(everything).not.toContain(value);
  }
  const seen = await readFile(dump, 'utf8');
  for (const name of [...Object.keys(secrets), 'UNRELATED']) expect(seen).not.toContain(name);
  expect(seen).toContain('KO_DOCKER_REPO=');
});

test('a base image that nobody has, and one that others of the run should have built', async () => {
  await repo.write({
    'api/build-config.yaml': `name: api\nko_config: {base_image: "${registry.host}/nothing:here"}\n`,
  });
  await repo.commit();
  expect(await build()).toMatchObject({ code: 1, stderr: expect.stringContaining('REGISTRY_NOT_FOUND') });
  const said = await hephy(['build', '--images', 'check', '--registry', shop], { cwd: repo.dir });
  expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('DEPENDENCY_MISSING') });
  expect(said.stderr).toContain('--images api,check');
});

test('a commit that is not checked out is not built under its name', async () => {
  await repo.write({ 'api/more.go': 'package api\n' });
  await repo.commit();
  const said = await build({ flags: ['--head', 'HEAD~1'] });
  expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining('is checked out') });
});

test('on a CI platform the files of the first version are written', async () => {
  const sha = await repo.git('rev-parse', 'HEAD');
  const env = {
    GITLAB_CI: 'true',
    CI_PIPELINE_SOURCE: 'push',
    CI_COMMIT_SHA: sha,
    CI_COMMIT_REF_NAME: 'main',
  };
  expect(await hephy(['prepare'], { cwd: repo.dir, env })).toMatchObject({ code: 0 });
  const read = (name: string): Promise<string> => readFile(join(repo.dir, name), 'utf8');
  expect(await read('dirs.txt')).toBe('api\ncheck\n');
  expect([await read('need_amd64.txt'), await read('need_arm64.txt')]).toEqual(['true\n', 'true\n']);
  expect(await build({ env })).toMatchObject({ code: 0 });
  const tag = (await read('api-arm64.tag')).trim();
  expect(await crane('digest', `${shop}:${tag}`)).toMatch(/^sha256:/);
});

test('a link to nowhere in the repository harms nobody', async () => {
  await symlink('/nonexistent', join(repo.dir, 'api/dangling'));
  await repo.commit();
  expect(await build()).toMatchObject({ code: 0 });
});

import { execFile } from 'node:child_process';
import { readdir, readFile, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBuildkitd, type TestBuilder } from '../support/buildkitd.ts';
import { pushBusybox } from '../support/busybox-base.ts';
import { commitLongAgo } from '../support/docker-shop.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { crane } from '../support/go-shop.ts';
import { filesOf } from '../support/image-files.ts';
import { hephy, startHephy, TOOL_PATH, type HephyPlace } from '../support/hephy.ts';
import { testWith } from '../support/requirements.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const standIn = fileURLToPath(new URL('../support/fake-spin/spin.mjs', import.meta.url));

let registry: TestRegistry;
let builder: TestBuilder;
let path: string;
let base: string;
let count = 0;

beforeAll(async () => {
  [registry, builder] = await Promise.all([startRegistry(), startBuildkitd()]);
  base = `${registry.host}/base:latest`;
  await pushBusybox(base);
  const bin = await createTempDir();
  await symlink(standIn, join(bin, 'spin'));
  path = `${bin}${delimiter}${TOOL_PATH}`;
});
afterAll(() => Promise.all([registry.stop(), builder.stop()]));

type Files = Readonly<Record<string, string>>;

function dockerfile(backend: string, then = ''): Files {
  return {
    '.hephy/build-config.yaml': `build_backend: ${backend}\nplatforms: [linux/amd64]\nadditional_tags: [latest]\n`,
    Dockerfile: `FROM ${base}\nCOPY . /all\n${then}`,
  };
}

const PROGRAM = `package main

import ("embed"; "fmt")

//go:embed all:.hephy
var files embed.FS

func main() { fmt.Println(files.ReadDir(".")) }
`;

/** With what an earlier build and a job that planned left: neither is git's, nor anybody's context. */
async function createRepo(files: Files): Promise<GitRepo> {
  const repo = await createGitRepo();
  await repo.write(files);
  await commitLongAgo(repo);
  await repo.write({
    '.hephy/logs/.gitignore': '*\n',
    '.hephy/logs/old.log': 'of an earlier run\n',
    '.hephy/run/.gitignore': '*\n',
    '.hephy/run/plan.json': '{}',
    '.hephy/run/sources/a/file': 'x',
  });
  return repo;
}

function placeOf(repo: GitRepo): HephyPlace {
  return { cwd: repo.dir, env: { PATH: path, BUILDKIT_HOST: builder.address } };
}

function flags(shop: string): readonly string[] {
  return ['build', '--all', '--registry', shop];
}

async function listImage(reference: string): Promise<readonly string[]> {
  const archive = join(await createTempDir(), 'image.tar');
  await crane('export', '--platform', 'linux/amd64', reference, archive);
  const { stdout } = await promisify(execFile)('tar', ['-tf', archive]);
  return stdout.split('\n').map((name) => name.replace(/\/$/, ''));
}

async function expectOwnFiles(repo: GitRepo, log: string): Promise<void> {
  expect((await readdir(join(repo.dir, '.hephy/logs'))).sort()).toEqual(['.gitignore', log]);
  expect(await readFile(join(repo.dir, '.hephy/run/plan.json'), 'utf8')).toBe('{}');
  expect(await readFile(join(repo.dir, '.hephy/run/sources/a/file'), 'utf8')).toBe('x');
  expect(await repo.git('status', '--porcelain')).toBe('');
}

for (const backend of ['buildkit', 'kaniko'] as const) {
  const title = `by ${backend}, the whole checkout goes into the image, and nothing that is ours`;
  testWith(['busybox', backend], title, async () => {
    const repo = await createRepo(dockerfile(backend));
    const shop = `${registry.host}/whole${count++}`;
    expect(await hephy(flags(shop), placeOf(repo))).toMatchObject({ code: 0 });
    const ours = (await listImage(`${shop}:repo-latest`)).filter((name) => name.startsWith('all/.hephy'));
    expect(ours).toEqual(['all/.hephy', 'all/.hephy/build-config.yaml']);
    await expectOwnFiles(repo, 'repo-linux-amd64.log');
  });
}

test('by ko, the directory of all that as it is embedded in a program', async () => {
  const repo = await createRepo({
    '.hephy/build-config.yaml': `build_backend: ko\nplatforms: [linux/amd64]\nadditional_tags: [latest]\nko_config: {base_image: "${base}"}\n`,
    'go.mod': 'module example.com/app\n\ngo 1.22\n',
    'main.go': PROGRAM,
  });
  const shop = `${registry.host}/whole${count++}`;
  const said = await hephy(flags(shop), placeOf(repo));
  expect(said).toMatchObject({ code: 0 });
  const files = await filesOf(`${shop}:repo-latest`);
  expect(files).toContain('.hephy/build-config.yaml');
  expect(files).not.toMatch(/\.hephy\/(logs|run)/);
  await expectOwnFiles(repo, 'repo-linux-amd64.log');
});

test('by spin, whose build commands see the checkout as it was committed', async () => {
  const manifest = [
    'spin_manifest_version = 2',
    '[application]\nname = "edge"\nversion = "0.1.0"',
    '[[trigger.http]]\nroute = "/..."\ncomponent = "edge"',
    '[component.edge]\nsource = "edge.wasm"',
    `[component.edge.build]\ncommand = ${JSON.stringify('find .hephy; printf "\\0asm\\1\\0\\0\\0" > edge.wasm')}`,
  ];
  const repo = await createRepo({
    '.hephy/build-config.yaml': 'build_backend: spin\n',
    'spin.toml': `${manifest.join('\n\n')}\n`,
    '.gitignore': '*.wasm\n',
  });
  const said = await hephy(flags(`${registry.host}/whole${count++}`), placeOf(repo));
  expect(said).toMatchObject({ code: 0 });
  const log = await readFile(join(repo.dir, '.hephy/logs/repo-wasm32-wasi.log'), 'utf8');
  expect(log.split('\n').filter((line) => line.startsWith('.hephy'))).toEqual([
    '.hephy',
    '.hephy/build-config.yaml',
  ]);
  await expectOwnFiles(repo, 'repo-wasm32-wasi.log');
});

test('a build that fails, or is interrupted, leaves its log where it says', async () => {
  const failing = await createRepo(dockerfile('buildkit', 'RUN echo it breaks here && false\n'));
  const shop = `${registry.host}/whole${count++}`;
  const failed = await hephy(flags(shop), placeOf(failing));
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('Full log: .hephy/logs/repo-linux-amd64.log');
  const log = await readFile(join(failing.dir, '.hephy/logs/repo-linux-amd64.log'), 'utf8');
  expect(log).toContain('it breaks here');
  await expectOwnFiles(failing, 'repo-linux-amd64.log');

  const slow = await createRepo(dockerfile('buildkit', 'RUN echo sleeping now && sleep 60\n'));
  const running = startHephy(flags(shop), placeOf(slow));
  await running.heard('sleeping now');
  await expect(readdir(join(slow.dir, '.hephy'))).resolves.toEqual(['build-config.yaml']);
  running.child.kill('SIGTERM');
  expect((await running.said).code).toBe(1);
  await expectOwnFiles(slow, 'repo-linux-amd64.log');
});

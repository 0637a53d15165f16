import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { hephy, startHephy, TOOL_PATH } from '../support/hephy.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

let repo: GitRepo;
let home: string;
let env: Record<string, string>;
let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

/** Two images from one upstream, and a `ko` that tells where it runs and then does what the test says. */
beforeEach(async () => {
  const upstream = await createGitRepo({ 'go.mod': 'module x\n', 'main.go': 'package main\n' });
  const config = `build_backend: ko\nupstream_repo: file://${upstream.dir}\n`;
  repo = await createGitRepo({ 'a/build-config.yaml': config, 'b/build-config.yaml': config });
  home = await createTempDir();
  await Promise.all(['bin', 'tmp'].map((name) => mkdir(join(home, name))));
  env = {
    ...{ HOME: home, TMPDIR: join(home, 'tmp'), PATH: `${join(home, 'bin')}:${TOOL_PATH}` },
    HEPHY_ALLOW_FILE_UPSTREAMS: 'true',
    HEPHY_REGISTRY: `${registry.host}/shop`,
  };
});

async function putKo(end: string): Promise<void> {
  const tell = `echo "$PWD $SOURCE_DATE_EPOCH" $(ls -A) >> '${join(home, 'ran')}'; echo running`;
  await writeFile(join(home, 'bin/ko'), `#!/bin/sh\n${tell}\n${end}\n`, { mode: 0o755 });
}

test('four legs of two images build from one clone, dated by its commit and gone afterwards', async () => {
  await putKo('exit 1');
  const said = await hephy(['build', '--all', '--jobs', '4'], { cwd: repo.dir, env });
  expect(said.stderr.match(/fetching file:/g)).toHaveLength(1);
  const ran = (await readFile(join(home, 'ran'), 'utf8')).trim().split('\n');
  expect(ran).toHaveLength(4);
  expect(new Set(ran).size).toBe(1);
  expect(ran[0]).toMatch(/\/source-\w+\/0 1795176000 go\.mod main\.go$/);
  expect(await readdir(join(home, 'tmp'))).toEqual([]);
});

test('Ctrl-C leaves nothing of it', async () => {
  await putKo('sleep 600');
  const running = startHephy(['build', '--all'], { cwd: repo.dir, env });
  await running.heard('running');
  running.child.kill('SIGINT');
  expect((await running.said).code).toBe(1);
  expect(await readdir(join(home, 'tmp'))).toEqual([]);
});

test('an upstream that cannot be reached ends the run before anything is built', async () => {
  await putKo('exit 1');
  await repo.write({ 'c/build-config.yaml': 'upstream_repo: file:///nonexistent/repo\n' });
  const said = await hephy(['build', '--all'], { cwd: repo.dir, env });
  expect(said.code).toBe(1);
  expect(said.stderr).toContain('UPSTREAM_UNREACHABLE');
  expect(await readdir(home)).not.toContain('ran');
});

import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { poison } from '../../test/support/hostile-repository.ts';
import { startGitServer } from '../../test/support/git-server.ts';
import {
  cloneShallow,
  createGitRepo,
  createTempDir,
  type GitRepo,
  TEST_GIT_ENV,
} from '../../test/support/git-repo.ts';
import type { RunEvent } from '../domain/event.ts';
import { exec } from '../system/process/exec.ts';
import { detectChanges } from './changes.ts';
import { resolveHead } from './head.ts';
import { readOrigin } from './origin.ts';
import { findRepository } from './repository.ts';
import { fetchSource } from './source.ts';
import { openTree } from './tree.ts';
import { resolveUpstream } from './upstream.ts';

const EVENT: RunEvent = {
  kind: 'merge_request',
  ref: 'HEAD',
  sha: null,
  before: null,
  target: 'main',
  defaultBranch: 'main',
  number: 1,
  fromFork: false,
  images: [],
  buildNumber: null,
};

/** Everything that hephy asks a repository. */
async function readAll(dir: string, env: Record<string, string> = TEST_GIT_ENV): Promise<readonly string[]> {
  const repo = await findRepository(dir, env);
  await resolveHead(repo, EVENT);
  await readOrigin(repo);
  const tree = await openTree(repo, null);
  await tree.readAll(tree.paths);
  const changes = await detectChanges({ repo, event: EVENT }).catch(() => undefined);
  return changes?.files.map(({ path }) => path) ?? [];
}

async function history(): Promise<GitRepo> {
  const repo = await createGitRepo({ 'a.txt': '1', 'b/Dockerfile': 'FROM scratch\n' });
  await repo.write({ 'a.txt': '2' });
  await repo.commit();
  await repo.write({ 'a.txt': '3' });
  await repo.commit();
  return repo;
}

test('plain git runs what such a repository names: the marks work', async () => {
  const repo = await history();
  const marks = await poison(repo.dir);
  await repo.git('status').catch(() => undefined);
  expect(await marks()).toEqual(expect.arrayContaining(['core.fsmonitor', 'filter.evil.process']));
});

test('nothing that a repository names is run when it is read', async () => {
  const repo = await history();
  const marks = await poison(repo.dir);
  await readAll(repo.dir);
  expect(await marks()).toEqual([]);
});

/** Of a branch beside main, cut off, so that what it is compared with must be fetched. */
async function cutOff(): Promise<GitRepo> {
  const from = await history();
  await from.git('checkout', '-q', '-b', 'side', 'HEAD~1');
  await from.write({ 'c.txt': '1' });
  await from.commit();
  return cloneShallow(from.dir, 1, ['--branch=side']);
}

const WAYS = ['ext', 'uploadpack', 'vcs', 'ssh', 'rewritten', 'promisor', 'nested'];

test.each(WAYS)('a shallow clone that needs more runs nothing either: %s', async (way) => {
  const clone = await cutOff();
  const marks = await poison(clone.dir, { remote: way });
  await readAll(clone.dir);
  expect(await marks()).toEqual([]);
});

test('plain git runs the way to a remote that such a repository names', async () => {
  const ran = await Promise.all(
    ['ext', 'uploadpack', 'ssh', 'rewritten'].map(async (way) => {
      const clone = await cutOff();
      const marks = await poison(clone.dir, { remote: way });
      const { GIT_ALLOW_PROTOCOL: _, ...env } = TEST_GIT_ENV;
      await exec({ file: 'git', args: ['fetch', 'origin', 'main'], cwd: clone.dir, env });
      return (await marks()).filter((name) => !/hook|fsmonitor/.test(name));
    }),
  );
  expect(ran).toEqual([['ext'], ['uploadpack'], ['core.sshCommand'], ['rewritten']]);
});

test('a server that asks for a login is not answered by a helper that the repository names', async () => {
  const server = await startGitServer(await createTempDir(), { login: 'ada:secret' });
  const ca = join(await createTempDir(), 'ca.pem');
  await writeFile(ca, server.certificate);
  const clone = await cutOff();
  const marks = await poison(clone.dir, { remote: 'https', url: `${server.url}/repo` });
  await readAll(clone.dir, { ...TEST_GIT_ENV, GIT_SSL_CAINFO: ca });
  await server.stop();
  expect(server.requests.length).toBeGreaterThan(0);
  expect(await marks()).toEqual([]);
});

test('a submodule names nothing that is run', async () => {
  const inner = await history();
  const repo = await history();
  await repo.git(
    '-c',
    'protocol.file.allow=always',
    'submodule',
    '--quiet',
    'add',
    `file://${inner.dir}`,
    'sub',
  );
  await repo.commit();
  const marks = await poison(join(repo.dir, 'sub'), { gitDir: join(repo.dir, '.git/modules/sub') });
  const changed = async (): Promise<readonly unknown[]> => {
    const found = await findRepository(repo.dir, TEST_GIT_ENV);
    return [...(await found.status()).changed];
  };
  expect(await changed()).toEqual([]);
  await repo.write({ 'sub/new.txt': '1' });
  expect(await changed()).toEqual([['sub', 'modified']]);
  expect(await marks()).toEqual([]);
});

test('a bare repository that lies in a checkout names nothing that is run, vouched for or not', async () => {
  const repo = await history();
  await repo.git('clone', '-q', '--bare', '.', 'embedded');
  const dir = join(repo.dir, 'embedded');
  const marks = await poison(dir, { gitDir: dir });
  await readAll(dir, { ...TEST_GIT_ENV, GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: repo.dir });
  expect(await marks()).toEqual([]);
});

test('the programs of a checkout do not fetch its upstreams', async () => {
  const from = await history();
  const repo = await history();
  const marks = await poison(repo.dir);
  const home = await createTempDir();
  const place = { env: TEST_GIT_ENV, cwd: repo.dir };
  for (const url of ['https://127.0.0.1:1/a/b', 'ssh://git@127.0.0.1:1/a/b']) {
    await expect(resolveUpstream({ ...place, url, ref: 'main' })).rejects.toThrowWithCode(
      'UPSTREAM_UNREACHABLE',
    );
  }
  const url = `file://${from.dir}`;
  const commit = await resolveUpstream({ ...place, url, ref: 'main', allowFile: true });
  await fetchSource({ ...place, url, commit, into: join(home, 'source'), allowFile: true });
  expect(await marks()).toEqual([]);
});

test('an upstream, its attributes and its submodules name nothing that is run', async () => {
  const inner = await history();
  const from = await history();
  await from.git(
    '-c',
    'protocol.file.allow=always',
    'submodule',
    '--quiet',
    'add',
    `file://${inner.dir}`,
    'sub',
  );
  await from.git('config', '-f', '.gitmodules', 'submodule.sub.update', 'checkout');
  await from.write({ '.gitattributes': '* filter=evil diff=evil merge=evil text\n' });
  const commit = await from.commit();
  const marks = await poison(from.dir);
  await poison(inner.dir);
  const into = join(await createTempDir(), 'source');
  const request = {
    env: TEST_GIT_ENV,
    cwd: into.replace(/source$/, ''),
    url: `file://${from.dir}`,
    commit,
    into,
  };
  await fetchSource({ ...request, submodules: true, allowFile: true });
  expect(await readFile(join(into, 'sub/a.txt'), 'utf8')).toBe('3');
  expect(await marks()).toEqual([]);
});

test('where the CI platform made the checkout, its ssh command reaches the server', async () => {
  const clone = await cutOff();
  const marks = await poison(clone.dir, { remote: 'ssh' });
  await readAll(clone.dir, { ...TEST_GIT_ENV, GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: clone.dir });
  expect(await marks()).toEqual(['core.sshCommand']);
});

test('a filter of Git LFS counts where git-lfs itself set it up', async () => {
  const repo = await createGitRepo({ a: '1' });
  const bin = await createTempDir();
  await writeFile(join(bin, 'git-lfs'), `#!/bin/sh\ncat >/dev/null; printf 1\n`);
  await chmod(join(bin, 'git-lfs'), 0o755);
  await repo.git('config', 'filter.lfs.clean', 'git-lfs clean -- %f');
  await repo.write({ '.git/info/attributes': 'a filter=lfs\n', a: '2' });
  const env = { ...TEST_GIT_ENV, PATH: `${bin}:${TEST_GIT_ENV.PATH}` };
  const found = await findRepository(repo.dir, env);
  expect([...(await found.status()).changed]).toEqual([]);
});

test('the user’s own filters count, by the place of the repository as well', async () => {
  const repo = await createGitRepo({ a: '1' });
  const home = await createTempDir();
  await writeFile(join(home, 'work'), '[filter "mine"]\n\tclean = printf 1\n');
  await writeFile(
    join(home, 'config'),
    `[includeIf "gitdir:${repo.dir}/"]\n\tpath = ${join(home, 'work')}\n`,
  );
  await repo.write({ '.git/info/attributes': 'a filter=mine\n', a: '2' });
  const found = await findRepository(repo.dir, { ...TEST_GIT_ENV, GIT_CONFIG_GLOBAL: join(home, 'config') });
  expect([...(await found.status()).changed]).toEqual([]);
});

test('a partial clone gets what it lacks', async () => {
  const from = await history();
  await from.git('config', 'uploadpack.allowFilter', 'true');
  await from.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  const clone = await cloneShallow(from.dir, 3, ['--filter=blob:none', '--no-checkout']);
  const sha = await clone.git('rev-parse', 'HEAD~1');
  const tree = await openTree(await findRepository(clone.dir, TEST_GIT_ENV), sha);
  expect(String(await tree.read('a.txt'))).toBe('2');
});

import { expect, test } from '@jest/globals';
import { chmod, chown, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGitRepo, createTempDir, TEST_GIT_ENV, type GitRepo } from '../../test/support/git-repo.ts';
import { exec } from '../system/process/exec.ts';
import { findRepository } from './repository.ts';
import { openTree } from './tree.ts';

const ODD = [
  'with space',
  'quote"d',
  'li\nne',
  '-x',
  'ünïcode/ß',
  ':(glob)*',
  'tab\there',
  '*',
  'back\\slash',
];

async function treeOf(repo: GitRepo, sha: string | null) {
  return openTree(await findRepository(repo.dir, TEST_GIT_ENV), sha);
}

function textOf(content: Buffer | undefined): string | undefined {
  return content?.toString('utf8');
}

test('a commit and the working tree list and read names of every kind', async () => {
  const files = Object.fromEntries(ODD.map((name) => [name, `in ${name}`]));
  const repo = await createGitRepo(files);
  for (const sha of ['HEAD', null]) {
    const tree = await treeOf(repo, sha);
    expect(tree.paths).toEqual([...ODD].sort());
    const read = await tree.readAll([...ODD, 'absent']);
    expect(Object.fromEntries([...read].map(([path, content]) => [path, textOf(content)]))).toEqual(files);
  }
});

test('the working tree has what is not committed, and not what is deleted or ignored', async () => {
  const repo = await createGitRepo({ kept: '1', gone: '1', changed: 'old', '.gitignore': 'ignored/\n' });
  await repo.write({ changed: 'new', 'added/x': '2', 'ignored/y': '3', staged: '4' });
  await repo.git('add', 'staged');
  await repo.remove(['gone']);
  const working = await treeOf(repo, null);
  expect(working.paths).toEqual(['.gitignore', 'added/x', 'changed', 'kept', 'staged']);
  expect(textOf(await working.read('changed'))).toBe('new');
  expect(textOf(await working.read('added/x'))).toBe('2');
  expect(await working.read('gone')).toBe(undefined);
  expect(await working.read('../../etc/passwd')).toBe(undefined);
  const committed = await treeOf(repo, 'HEAD');
  expect(committed.paths).toEqual(['.gitignore', 'changed', 'gone', 'kept']);
  expect(textOf(await committed.read('changed'))).toBe('old');
});

test('symbolic links are followed inside the repository, and never out of it', async () => {
  const repo = await createGitRepo({ 'shared/Dockerfile': 'FROM scratch\n' });
  const links = {
    ...{ outside: '/etc/passwd', folder: '/etc', above: '../repo/shared/Dockerfile', dangling: 'nothing' },
    ...{ circle: 'other', other: './circle', 'a/Dockerfile': '../shared/./Dockerfile', 'a/b': '../shared' },
    ...{ twice: 'a/Dockerfile', 'untracked later': 'twice' },
  };
  for (const [path, target] of Object.entries(links)) await repo.link(path, target);
  await repo.commit();
  for (const sha of ['HEAD', null]) {
    const tree = await treeOf(repo, sha);
    expect(tree.paths).toEqual(['shared/Dockerfile', ...Object.keys(links)].sort());
    expect(Object.fromEntries(tree.links)).toEqual(links);
    for (const path of ['a/Dockerfile', 'a/b/Dockerfile', 'twice', 'untracked later']) {
      expect([path, textOf(await tree.read(path))]).toEqual([path, 'FROM scratch\n']);
    }
    for (const path of ['outside', 'folder', 'folder/passwd', 'above', 'dangling', 'circle', 'a/b']) {
      expect([path, tree.has(path), await tree.read(path)]).toEqual([path, false, undefined]);
    }
    expect(tree.resolve('twice')).toEqual({ path: 'shared/Dockerfile', links: ['twice', 'a/Dockerfile'] });
    expect(tree.resolve('circle')).toMatchObject({ path: null, fault: 'circle' });
    expect(tree.resolve('above')).toMatchObject({ path: null, fault: 'outside' });
  }
});

test('links of the working tree are those on disk', async () => {
  const repo = await createGitRepo({ file: 'mine', turned: 'a file', kept: '1' });
  await repo.link('moved', 'file');
  await repo.link('plain', 'file');
  await repo.commit();
  await repo.remove(['moved', 'plain', 'turned']);
  await repo.link('moved', 'kept');
  await repo.link('turned', 'kept');
  await repo.link('new', 'kept');
  await repo.write({ plain: 'now a file' });
  const working = await treeOf(repo, null);
  expect(Object.fromEntries(working.links)).toEqual({ moved: 'kept', turned: 'kept', new: 'kept' });
  expect(textOf(await working.read('plain'))).toBe('now a file');
  expect(textOf(await working.read('moved'))).toBe('1');
  expect(textOf(await (await treeOf(repo, 'HEAD')).read('moved'))).toBe('mine');
});

test('a folder that was replaced by a link is not read through', async () => {
  const repo = await createGitRepo({ 'etc/passwd': 'mine' });
  await repo.remove(['etc']);
  await repo.link('etc', '/etc');
  const tree = await treeOf(repo, null);
  expect(tree.paths).toEqual(['etc']);
  expect(await tree.read('etc/passwd')).toBe(undefined);
});

test('a submodule is one path without content', async () => {
  const inner = await createGitRepo({ x: '1' });
  const repo = await createGitRepo({ a: '1' });
  await repo.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner.dir, 'sub');
  await repo.commit();
  for (const sha of ['HEAD', null]) {
    const tree = await treeOf(repo, sha);
    expect(tree.paths).toEqual(['.gitmodules', 'a', 'sub']);
    expect(await tree.read('sub')).toBe(undefined);
  }
});

test('a sparse checkout still has all its files', async () => {
  const repo = await createGitRepo({ 'a/x': '1', 'b/y': '2' });
  await repo.link('b/link', 'y');
  await repo.commit();
  await repo.git('sparse-checkout', 'set', 'a');
  expect(await readdir(repo.dir)).not.toContain('b');
  const tree = await treeOf(repo, null);
  expect(tree.paths).toEqual(['a/x', 'b/link', 'b/y']);
  expect(textOf(await tree.read('b/y'))).toBe('2');
  expect(textOf(await tree.read('b/link'))).toBe('2');
});

test('linked worktrees, bare clones and detached HEADs work, from any folder below', async () => {
  const repo = await createGitRepo({ 'a/x': '1' });
  const place = await createTempDir();
  await repo.git('worktree', 'add', '-q', '--detach', join(place, 'tree'));
  const linked = await findRepository(join(place, 'tree', 'a'), TEST_GIT_ENV);
  expect(linked).toMatchObject({ root: join(place, 'tree'), headRef: 'HEAD', bare: false });
  expect((await openTree(linked, null)).paths).toEqual(['a/x']);
  const bare = await findRepository(await repo.addBareRemote(), TEST_GIT_ENV);
  expect(bare).toMatchObject({ bare: true, headRef: 'refs/heads/main' });
  expect((await openTree(bare, null)).paths).toEqual(['a/x']);
});

test('outside of any repository, and without git, the error says which', async () => {
  const place = await createTempDir();
  await expect(findRepository(place, TEST_GIT_ENV)).rejects.toThrowWithCode('NOT_A_REPOSITORY');
  const missing = findRepository(join(place, 'missing'), TEST_GIT_ENV);
  await expect(missing).rejects.toThrowWithCode('NOT_A_REPOSITORY');
  const nowhere = findRepository(place, { ...TEST_GIT_ENV, PATH: place });
  await expect(nowhere).rejects.toThrowWithCode('TOOL_MISSING');
});

test('a checkout that belongs to someone else is read where the CI platform vouches for it, and nowhere else', async () => {
  const repo = await createGitRepo({ a: '1' });
  const place = await createTempDir();
  const git = join(place, 'git');
  const script = `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 PATH='${TEST_GIT_ENV.PATH}' exec git "$@"\n`;
  await writeExecutable(git, script);
  const env = { ...TEST_GIT_ENV, PATH: `${place}:${TEST_GIT_ENV.PATH}` };
  // Only root can give a folder away; for others git plays along.
  if (process.getuid?.() === 0) await chown(repo.dir, 65534, 65534);
  for (const job of [
    { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: repo.dir },
    { GITLAB_CI: 'true', CI_PROJECT_DIR: join(repo.dir, '..') },
  ]) {
    const tree = await openTree(await findRepository(repo.dir, { ...env, ...job }), null);
    expect(tree.paths).toEqual(['a']);
  }
  for (const job of [{}, { GITHUB_WORKSPACE: repo.dir }, { GITLAB_CI: 'true', CI_PROJECT_DIR: place }]) {
    await expect(findRepository(repo.dir, { ...env, ...job })).rejects.toThrowWithCode('GIT_FAILED');
  }
  const plain = await exec({ file: git, args: ['-C', repo.dir, 'status'], cwd: place, env });
  expect([plain.exitCode, plain.stderr.toString()]).toEqual([128, expect.stringContaining('safe.directory')]);
});

test('hooks and programs that a repository names are not run', async () => {
  const repo = await createGitRepo({ a: '1' });
  const mark = join(await createTempDir(), 'ran');
  const program = join(repo.dir, '.git', 'evil');
  await writeExecutable(program, `#!/bin/sh\ntouch '${mark}'\n`);
  await repo.git('config', 'core.fsmonitor', program);
  await repo.git('config', 'core.pager', program);
  await repo.git('config', 'core.hooksPath', join(repo.dir, '.git'));
  await repo.write({ b: '1' });
  expect((await treeOf(repo, null)).paths).toEqual(['a', 'b']);
  expect(await readdir(join(mark, '..'))).toEqual([]);
});

async function writeExecutable(path: string, content: string): Promise<void> {
  await writeFile(path, content);
  await chmod(path, 0o755);
}

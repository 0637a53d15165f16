import { expect, test } from '@jest/globals';
import type { RunEvent } from '../domain/event.ts';
import { createGitRepo, TEST_GIT_ENV, type GitRepo } from '../../test/support/git-repo.ts';
import { detectChanges } from './changes.ts';
import { resolveHead } from './head.ts';
import { findRepository } from './repository.ts';

const EVENT: RunEvent = {
  kind: 'push',
  ref: 'HEAD',
  sha: null,
  before: null,
  target: null,
  defaultBranch: null,
  number: null,
  fromFork: false,
  images: [],
  buildNumber: null,
};
const ODD = ['with space', 'quote"d', 'li\nne', '-x', 'ünïcode/ß', '*', 'tab\there', 'back\\slash'];

/** Against HEAD, or where a SHA is given against the commit before it: `path status`, uncommitted ones with a `+`. */
async function listChanges(repo: GitRepo, sha: string | null): Promise<readonly string[]> {
  const found = await findRepository(repo.dir, TEST_GIT_ENV);
  const base = sha === null ? 'HEAD' : `${sha}^1`;
  const { files } = await detectChanges({ repo: found, event: { ...EVENT, sha }, base });
  return files.map((file) => `${file.path} ${file.status}${file.uncommitted ? ' +' : ''}`);
}

test('names of every kind are added, changed and deleted', async () => {
  const repo = await createGitRepo({ start: '' });
  await repo.write(Object.fromEntries(ODD.map((name) => [name, '1'])));
  expect(await listChanges(repo, null)).toEqual([...ODD].sort().map((name) => `${name} added +`));
  await repo.commit();
  expect(await listChanges(repo, 'HEAD')).toEqual([...ODD].sort().map((name) => `${name} added`));
  await repo.write(Object.fromEntries(ODD.map((name) => [name, '22'])));
  await repo.commit();
  expect(await listChanges(repo, 'HEAD')).toEqual([...ODD].sort().map((name) => `${name} modified`));
  await repo.remove(ODD);
  expect(await listChanges(repo, null)).toEqual([...ODD].sort().map((name) => `${name} deleted +`));
});

test('a rename is its old and its new path, committed or not', async () => {
  const repo = await createGitRepo({ 'api/x': 'the same text', 'web/y': '' });
  await repo.git('mv', 'api/x', 'web/x');
  expect(await listChanges(repo, null)).toEqual(['api/x deleted +', 'web/x added +']);
  await repo.commit();
  expect(await listChanges(repo, 'HEAD')).toEqual(['api/x deleted', 'web/x added']);
});

test('the working tree counts staged, unstaged and untracked files, each once', async () => {
  const repo = await createGitRepo({ a: '1', b: '1', c: '1', '.gitignore': '*.log\n' });
  await repo.write({ a: '2', 'new/file': '', 'x.log': '', staged: '1', back: '1' });
  await repo.git('add', 'staged', 'back');
  await repo.remove(['back', 'b']);
  await repo.git('rm', '-q', '--cached', 'c');
  expect(await listChanges(repo, null)).toEqual([
    'a modified +',
    'b deleted +',
    'c modified +',
    'new/file added +',
    'staged added +',
  ]);
});

test('a moved submodule, a changed mode and a file that became a link are changes of that path', async () => {
  const inner = await createGitRepo({ x: '1' });
  const repo = await createGitRepo({ run: '#!/bin/sh', file: 'text' });
  await repo.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner.dir, 'sub');
  await repo.commit();
  await inner.write({ x: '2' });
  await inner.commit();
  await repo.git('-C', 'sub', '-c', 'protocol.file.allow=always', 'pull', '-q');
  await repo.git('update-index', '--chmod=+x', 'run');
  await repo.remove(['file']);
  await repo.link('file', 'run');
  await repo.git('add', 'file', 'sub');
  await repo.git('-c', 'user.name=a', 'commit', '-q', '-m', 'three');
  expect(await listChanges(repo, 'HEAD')).toEqual(['file modified', 'run modified', 'sub modified']);
});

test('the head has its commit time, its ref and its tags', async () => {
  const repo = await createGitRepo({ a: '1' });
  await repo.git('tag', 'v1.0.0');
  await repo.git('tag', '-a', '-m', 'x', 'release,1');
  await repo.git('branch', 'other');
  const sha = await repo.git('rev-parse', 'HEAD');
  const found = await findRepository(repo.dir, TEST_GIT_ENV);
  expect(await resolveHead(found, EVENT)).toEqual({
    sha,
    commitTime: Date.UTC(2026, 10, 20, 12) / 1000,
    ref: 'refs/heads/main',
    tagsAtHead: ['release,1', 'v1.0.0'],
  });
  const missing = resolveHead(found, { ...EVENT, sha: '--all' });
  await expect(missing).rejects.toThrowWithCode('GIT_REVISION');
});

test('a detached head is called HEAD, and an interrupted run says so', async () => {
  const repo = await createGitRepo({ a: '1' });
  await repo.git('checkout', '-q', '--detach');
  const found = await findRepository(repo.dir, TEST_GIT_ENV);
  expect((await resolveHead(found, EVENT)).ref).toBe('HEAD');
  const interrupted = { ...found, signal: AbortSignal.abort() };
  await expect(detectChanges({ repo: interrupted, event: EVENT })).rejects.toThrowWithCode('CANCELLED');
});

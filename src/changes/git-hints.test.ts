import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createGitRepo } from '../../test/support/git-repo.ts';
import { gitFailure, runGit } from './git.ts';

test('a lock that another git holds is named, with what to do about it', async () => {
  const repo = await createGitRepo({ a: '1' });
  await writeFile(join(repo.dir, '.git/index.lock'), '');
  const done = await runGit(['add', 'a'], { cwd: repo.dir, env: process.env });
  expect(gitFailure('add', done)).toMatchObject({
    code: 'GIT_FAILED',
    hint: expect.stringContaining('lock file'),
  });
});

test('an object that is missing has a way out', async () => {
  const repo = await createGitRepo({ a: '1' });
  const done = await runGit(['diff-tree', '-r', 'HEAD', 'f'.repeat(40)], { cwd: repo.dir, env: process.env });
  expect(gitFailure('diff-tree', done)).toMatchObject({ hint: expect.stringContaining('git fsck') });
});

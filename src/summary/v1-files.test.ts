import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTempDir } from '../../test/support/git-repo.ts';
import { writeV1Files } from './v1-files.ts';

test('on a CI platform they are written where the job runs, and not elsewhere', async () => {
  const cwd = await createTempDir();
  await writeV1Files({ 'dirs.txt': 'curl\n' }, { ci: { id: 'local' }, cwd });
  expect(await readdir(cwd)).toEqual([]);
  for (const id of ['github', 'gitlab'] as const) {
    await writeV1Files({ 'dirs.txt': `${id}\n` }, { ci: { id }, cwd });
    expect(await readFile(join(cwd, 'dirs.txt'), 'utf8')).toBe(`${id}\n`);
  }
});

test('a link of that name in the repository is replaced, not followed', async () => {
  const cwd = await createTempDir();
  const outside = join(await createTempDir(), 'precious');
  await writeFile(outside, 'precious');
  await symlink(outside, join(cwd, 'dirs.txt'));
  await writeV1Files({ 'dirs.txt': 'curl\n' }, { ci: { id: 'github' }, cwd });
  expect(await readFile(outside, 'utf8')).toBe('precious');
  expect(await readFile(join(cwd, 'dirs.txt'), 'utf8')).toBe('curl\n');
});

test('a directory of that name is an error that names it', async () => {
  const cwd = await createTempDir();
  await mkdir(join(cwd, 'dirs.txt'));
  const writing = writeV1Files({ 'dirs.txt': '' }, { ci: { id: 'gitlab' }, cwd });
  await expect(writing).rejects.toThrowWithCode('CI_FILE');
});

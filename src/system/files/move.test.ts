import { mkdir, readFile, readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findOtherFileSystem } from '../../../test/support/file-systems.ts';
import { createTempDir } from '../../../test/support/git-repo.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { moveIfExists } from './move.ts';

describe('moving on the same file system', () => testMoving(() => createTempDir()));

describeWith(['two file systems'], 'moving to another file system', () =>
  testMoving(() => createTempDir(findOtherFileSystem())),
);

function testMoving(createTarget: () => Promise<string>): void {
  test('gives false where there is nothing', async () => {
    const from = join(await createTempDir(), 'absent');
    const to = join(await createTarget(), 'there');
    expect(await moveIfExists(from, to)).toBe(false);
  });

  test('takes a directory with its files and links along', async () => {
    const from = join(await createTempDir(), 'from');
    const to = join(await createTarget(), 'to');
    await mkdir(join(from, 'sub'), { recursive: true });
    await writeFile(join(from, 'sub/file'), 'x');
    await symlink('sub/file', join(from, 'link'));
    expect(await moveIfExists(from, to)).toBe(true);
    expect(await readFile(join(to, 'sub/file'), 'utf8')).toBe('x');
    expect(await readlink(join(to, 'link'))).toBe('sub/file');
    await expect(readdir(from)).rejects.toThrow('ENOENT');
  });

  test('takes a link along that points nowhere', async () => {
    const from = join(await createTempDir(), 'from');
    const to = join(await createTarget(), 'to');
    await symlink('/nonexistent', from);
    expect(await moveIfExists(from, to)).toBe(true);
    expect(await readlink(to)).toBe('/nonexistent');
  });
}

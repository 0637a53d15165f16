import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { hashFile, hashTree } from './hash-tree.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hephy-test-'));
  await mkdir(join(dir, 'tree/sub'), { recursive: true });
  await mkdir(join(dir, 'other/deep'), { recursive: true });
  await writeFile(join(dir, 'other/deep/file'), 'one');
  await writeFile(join(dir, 'tree/sub/file'), 'one');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('.git and what is skipped are left out', async () => {
  const before = await hashTree(join(dir, 'tree'), { skip: (path) => path === 'sub/logs' });
  await mkdir(join(dir, 'tree/sub/logs'));
  await writeFile(join(dir, 'tree/sub/logs/a'), 'x');
  await mkdir(join(dir, 'tree/sub/.git'));
  expect(await hashTree(join(dir, 'tree'), { skip: (path) => path === 'sub/logs' })).toBe(before);
  expect(await hashTree(join(dir, 'tree'))).not.toBe(before);
});

test('names that could be taken for each other are not', async () => {
  await writeFile(join(dir, 'tree/a\nb'), '');
  const one = await hashTree(join(dir, 'tree'));
  await rm(join(dir, 'tree/a\nb'));
  await writeFile(join(dir, 'tree/a'), '');
  await writeFile(join(dir, 'tree/b'), '');
  expect(await hashTree(join(dir, 'tree'))).not.toBe(one);
});

test('links are followed where they are to be, through each other, and circles end', async () => {
  await symlink('../../other', join(dir, 'tree/sub/link'));
  await symlink('.', join(dir, 'other/circle'));
  await symlink('../../tree', join(dir, 'other/deep/back'));
  await symlink('nowhere', join(dir, 'tree/broken'));
  const copied = await hashTree(join(dir, 'tree'));
  const read = await hashTree(join(dir, 'tree'), { follow: true });
  await writeFile(join(dir, 'other/deep/file'), 'two');
  expect(await hashTree(join(dir, 'tree'))).toBe(copied);
  expect(await hashTree(join(dir, 'tree'), { follow: true })).not.toBe(read);
});

test('a large file counts to its end', async () => {
  const path = join(dir, 'tree/large');
  await writeFile(path, `${'x'.repeat(1024 * 1024)}a`);
  const one = await hashFile(path);
  await writeFile(path, `${'x'.repeat(1024 * 1024)}b`);
  expect(await hashFile(path)).not.toBe(one);
});

test('a file is what it holds and whether it runs; one that is not there is nothing', async () => {
  const path = join(dir, 'tree/sub/file');
  const plain = await hashFile(path);
  await chmod(path, 0o755);
  expect(await hashFile(path)).not.toBe(plain);
  const directory = await hashFile(join(dir, 'other'));
  await writeFile(join(dir, 'other/deep/file'), 'two');
  expect(await hashFile(join(dir, 'other'))).not.toBe(directory);
  expect(await hashFile(join(dir, 'tree/none'))).toBeUndefined();
  expect(await hashFile(join(path, 'below'))).toBeUndefined();
});

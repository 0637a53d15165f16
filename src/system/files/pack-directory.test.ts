import { execFile } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTempDir } from '../../../test/support/git-repo.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { BUSYBOX } from '../../../test/support/tool-cache.ts';
import { packDirectory } from './pack-directory.ts';

const run = promisify(execFile);
const LONG = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(250)}`;
const EXACT = 'x'.repeat(100);
const BYTES = Buffer.from([0x6c, 0xe9]);
const FILES: Readonly<Record<string, string>> = {
  Dockerfile: 'FROM scratch\n',
  'bin/run me': '#!/bin/sh\n',
  empty: '',
  [EXACT]: 'as long as fits',
  [LONG]: 'deep',
  'größe/日本 \n"$(id)"': 'named',
  'sub/.git': 'gitdir: ../.git/modules/sub\n',
  'sub/.gitignore': 'x\n',
  '.git/config': '[core]\n',
  large: 'z'.repeat(200_000),
};

let directory: string;
beforeEach(async () => {
  directory = await makeTree();
});

async function makeTree(): Promise<string> {
  const root = await createTempDir();
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), content);
  }
  await writeFile(Buffer.concat([Buffer.from(`${root}/`), BYTES]), 'latin');
  await chmod(join(root, 'bin/run me'), 0o700);
  await symlink('../bin/run me', join(root, 'sub/up'));
  await symlink('/etc/passwd', join(root, 'away'));
  await symlink(`${'t/'.repeat(80)}end`, join(root, 'far'));
  await mkdir(join(root, 'hollow'));
  return root;
}

async function pack(from = directory, time = 1_700_000_000): Promise<string> {
  const file = join(await createTempDir(), 'source.tar');
  await packDirectory({ directory: from, file, time });
  return file;
}

describe('unpacked by the tar of this machine', () => testUnpacking('tar'));
/** kaniko's image has that of busybox. */
describeWith(['busybox'], 'unpacked by the tar of busybox', () => testUnpacking(BUSYBOX.amd64, 'tar'));

function testUnpacking(program: string, ...args: readonly string[]): void {
  test('every file, mode, link and name is there, and nothing of git', async () => {
    const into = await createTempDir();
    await run(program, [...args, '-xf', await pack(), '-C', into]);
    const kept = Object.entries(FILES).filter(([path]) => !path.split('/').includes('.git'));
    for (const [path, content] of kept) expect(await readFile(join(into, path), 'utf8')).toBe(content);
    expect(await readdir(into, { recursive: true, encoding: 'utf8' })).not.toContainEqual(
      expect.stringMatching(/(^|\/)\.git(\/|$)/),
    );
    expect((await readdir(into, { encoding: 'buffer' })).some((name) => name.equals(BYTES))).toBe(true);
    expect((await lstat(join(into, 'bin/run me'))).mode & 0o777).toBe(0o755);
    expect((await lstat(join(into, 'Dockerfile'))).mode & 0o777).toBe(0o644);
    expect((await lstat(join(into, 'Dockerfile'))).mtimeMs).toBe(1_700_000_000_000);
    expect((await lstat(join(into, 'hollow'))).isDirectory()).toBe(true);
    expect(await readlink(join(into, 'sub/up'))).toBe('../bin/run me');
    expect(await readlink(join(into, 'away'))).toBe('/etc/passwd');
    expect(await readlink(join(into, 'far'))).toBe(`${'t/'.repeat(80)}end`);
  });
}

test('the same files are the same bytes, whatever their times and the umask they were made under', async () => {
  const other = await makeTree();
  await chmod(join(other, 'Dockerfile'), 0o664);
  await utimes(join(other, 'empty'), 1, 1);
  const [one, again, changed] = await Promise.all(
    [await pack(), await pack(other), await pack(other, 1)].map((file) => readFile(file)),
  );
  expect(again?.equals(one ?? Buffer.alloc(0))).toBe(true);
  expect(changed?.equals(one ?? Buffer.alloc(0))).toBe(false);
});

test('what cannot be packed leaves nothing behind', async () => {
  const into = await createTempDir();
  const packing = { directory: join(directory, 'no such'), file: join(into, 'a.tar'), time: 0 };
  await expect(packDirectory(packing)).rejects.toThrow('ENOENT');
  expect(await readdir(into)).toEqual([]);
});

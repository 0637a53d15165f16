import { chown, mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { createTempDir } from '../../../test/support/git-repo.ts';
import { testWith } from '../../../test/support/requirements.ts';
import { formatIdentity, identifySelf, type ProcessIdentity } from '../process/identity.ts';
import { keepTemporary, makeTemporary, removeAbandoned, removeTemporary } from './temporary.ts';

let parent: string;
beforeEach(async () => {
  parent = await createTempDir();
});

/** A directory as a run of that process leaves it, with a password in it. */
async function leave(changes: Partial<ProcessIdentity>): Promise<string> {
  const name = `hephy-run-${formatIdentity({ ...identifySelf(), ...changes })}-AbC123`;
  await mkdir(join(parent, name, 'logins-x'), { recursive: true });
  await writeFile(join(parent, name, 'logins-x', 'config.json'), 'password');
  return name;
}

const DEAD = { pid: 2 ** 30 };

test('a directory is readable by its user alone, and leaves nothing when it is removed', async () => {
  const directory = await makeTemporary('leg', parent);
  expect((await stat(directory)).mode & 0o077).toBe(0);
  expect((await readdir(parent)).length).toBe(1);
  await removeTemporary(directory);
  expect(await readdir(parent)).toEqual([]);
  await removeTemporary(await makeTemporary('leg', parent));
  expect(await readdir(parent)).toEqual([]);
});

test('many at once, made and removed in any order', async () => {
  const rounds = Array.from({ length: 20 }, async () => removeTemporary(await makeTemporary('leg', parent)));
  await Promise.all(rounds);
  expect(await readdir(parent)).toEqual([]);
});

test('what dead runs left is removed by the first directory of the next run', async () => {
  await leave(DEAD);
  await leave({ start: identifySelf().start + 1 });
  const mine = await makeTemporary('leg', parent);
  expect(await readdir(parent)).toEqual([mine.split('/').at(-2)]);
});

test('live runs, runs that cannot be seen from here, and other names are left alone', async () => {
  const alive = [await leave({}), await leave({ pid: process.ppid, start: 0 })];
  const elsewhere = await leave({ place: '00000000' });
  for (const name of ['hephy-run-x', 'hephy-run-', 'hephy-runner', `${elsewhere}.txt`]) {
    await writeFile(join(parent, name), '');
  }
  await removeAbandoned(parent);
  const rest = await readdir(parent);
  expect(rest).toEqual(expect.arrayContaining([...alive, elsewhere]));
  expect(rest.length).toBe(7);
  await utimes(join(parent, elsewhere), 1, 1);
  await removeAbandoned(parent);
  expect((await readdir(parent)).includes(elsewhere)).toBe(false);
});

testWith(['root'], 'a directory of another user is left alone', async () => {
  const name = await leave(DEAD);
  await chown(join(parent, name), 65534, 65534);
  await removeAbandoned(parent);
  expect(await readdir(parent)).toEqual([name]);
});

test('keeping moves a directory out of the run', async () => {
  const directory = await makeTemporary('aside', parent);
  const kept = await keepTemporary(directory, 'hephy-logs');
  expect(await readdir(parent)).toContain(kept.split('/').at(-1));
});

test('a directory that cannot be used is an error of its own', async () => {
  const file = join(parent, 'file');
  await writeFile(file, '');
  await expect(makeTemporary('leg', file)).rejects.toThrowWithCode('WORK_DIRECTORY');
  await expect(makeTemporary('leg', join(parent, 'none'))).rejects.toThrowWithCode('WORK_DIRECTORY');
});

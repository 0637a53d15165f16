import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { formatIdentity, identifySelf } from '../process/identity.ts';
import { withLock } from './lock.ts';

let directory: string;
let lock: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hephy-lock-'));
  lock = join(directory, 'a', 'lock');
});
afterEach(() => rm(directory, { recursive: true }));

const SELF = identifySelf();
/** Larger than the number of any process. */
const NOBODY = formatIdentity({ ...SELF, pid: 2 ** 30 });
const REUSED = formatIdentity({ ...SELF, start: SELF.start + 1 });
const ELSEWHERE = formatIdentity({ ...SELF, place: '00000000' });

test('one at a time, and nothing is left behind', async () => {
  let inside = 0;
  let most = 0;
  async function work(): Promise<number> {
    most = Math.max(most, ++inside);
    await new Promise(setImmediate);
    return --inside;
  }
  await Promise.all(Array.from({ length: 8 }, () => withLock(lock, work)));
  expect(most).toBe(1);
  expect(await readdir(join(directory, 'a'))).toEqual([]);
});

test('a failure gives it back', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(lock, () => Promise.resolve('yes'))).toBe('yes');
});

test.each([`${NOBODY} x`, `${REUSED} x`, '', 'garbage', '-1 x', '0'])(
  'the lock of a dead process is taken over: %j',
  async (token) => {
    await withLock(lock, () => Promise.resolve());
    await writeFile(lock, token);
    const all = Array.from({ length: 4 }, (_, i) => withLock(lock, () => Promise.resolve(i)));
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
  },
);

test('a process of another container holds its lock as long as it marks it', async () => {
  await withLock(lock, () => Promise.resolve());
  await writeFile(lock, `${ELSEWHERE} other`);
  const signal = AbortSignal.timeout(300);
  await expect(withLock(lock, () => Promise.resolve(), { signal })).rejects.toThrowWithCode('CANCELLED');
  await utimes(lock, 1, 1);
  expect(await withLock(lock, () => Promise.resolve('mine'))).toBe('mine');
});

test('who waits is told once, and can be interrupted', async () => {
  const stop = new AbortController();
  let told = 0;
  function tell(): void {
    told++;
    setImmediate(() => stop.abort());
  }
  await withLock(lock, async () => {
    const second = withLock(lock, () => Promise.resolve(), { signal: stop.signal, onWait: tell });
    await expect(second).rejects.toThrowWithCode('CANCELLED');
  });
  expect(told).toBe(1);
});

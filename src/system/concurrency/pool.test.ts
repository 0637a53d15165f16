import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runPool, settlePool } from './pool.ts';

test('everything is done once, in order, never more at a time than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat()), fc.integer({ min: -1, max: 8 }), async (items, limit) => {
      let running = 0;
      let most = 0;
      const settled = await settlePool(items, limit, async (item) => {
        most = Math.max(most, (running += 1));
        await Promise.resolve();
        running -= 1;
        return item * 2;
      });
      expect(settled).toEqual(items.map((item) => ({ value: item * 2 })));
      expect(most).toBeLessThanOrEqual(Math.max(1, limit));
    }),
  );
});

test('a failure is thrown once all have ended', async () => {
  const ended: number[] = [];
  async function run(item: number): Promise<void> {
    if (item === 1) throw new Error('one');
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(item);
  }
  await expect(runPool([1, 2, 3], 3, run)).rejects.toThrow('one');
  expect(ended).toEqual([2, 3]);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HephyError } from '../../errors.ts';
import { DEFAULT_POLICY, parseRetryAfter, realPace, retry, type Attempt, type Pace } from './retry.ts';

function recordPauses(): { pauses: number[]; pace: Pace } {
  const pauses: number[] = [];
  return {
    pauses,
    pace: { now: () => 0, random: () => 0.5, sleep: async (ms) => void pauses.push(ms) },
  };
}

function failing(details: { again: boolean; afterMs?: number }): Attempt<string> {
  return { failure: new HephyError('REGISTRY_UNAVAILABLE', 'no'), ...details };
}

test('pauses double, and the last failure is what comes out', async () => {
  const { pauses, pace } = recordPauses();
  const run = retry(async () => failing({ again: true }), { policy: DEFAULT_POLICY, pace });
  await expect(run).rejects.toThrowWithCode('REGISTRY_UNAVAILABLE');
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000]);
});

test('what may not be repeated is not, and a success ends it', async () => {
  const { pauses, pace } = recordPauses();
  const options = { policy: DEFAULT_POLICY, pace };
  await expect(retry(async () => failing({ again: false }), options)).rejects.toThrowWithCode(
    'REGISTRY_UNAVAILABLE',
  );
  const outcomes = [failing({ again: true }), { value: 'done' }];
  await expect(retry(async () => outcomes.shift() ?? failing({ again: false }), options)).resolves.toBe(
    'done',
  );
  expect(pauses).toEqual([250]);
});

test('a server may ask for a longer pause, up to the limit', async () => {
  const { pauses, pace } = recordPauses();
  const waits = [3_000, 10_000_000, 1];
  const run = retry(async () => failing({ again: true, afterMs: waits.shift() ?? 0 }), {
    policy: { ...DEFAULT_POLICY, attempts: 4 },
    pace,
  });
  await expect(run).rejects.toThrowWithCode('REGISTRY_UNAVAILABLE');
  expect(pauses).toEqual([3_000, 60_000, 1_000]);
});

test('slow failures end at the deadline, not at the last attempt', async () => {
  let clock = 0;
  const pace: Pace = { now: () => clock, random: () => 0.5, sleep: async (ms) => void (clock += ms) };
  let attempts = 0;
  async function run(): Promise<Attempt<string>> {
    attempts += 1;
    clock += 200_000;
    return failing({ again: true });
  }
  await expect(retry(run, { policy: DEFAULT_POLICY, pace })).rejects.toThrowWithCode('REGISTRY_UNAVAILABLE');
  expect(attempts).toBe(2);
});

test('an interruption ends the pause', async () => {
  const controller = new AbortController();
  const pause = realPace.sleep(3_600_000, controller.signal);
  controller.abort();
  await expect(pause).rejects.toThrowWithCode('CANCELLED');
  await expect(realPace.sleep(3_600_000, controller.signal)).rejects.toThrowWithCode('CANCELLED');
});

test.each([
  ['5', 5_000],
  [' 0 ', 0],
  ['Fri, 20 Nov 2026 00:00:10 GMT', 10_000],
  ['Thu, 19 Nov 2026 00:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  ['1e9', undefined],
  ['2026', 2_026_000],
  ['', undefined],
  [undefined, undefined],
])('Retry-After: %s', (header, expected) => {
  expect(parseRetryAfter(header, Date.parse('2026-11-20T00:00:00Z'))).toBe(expected);
});

test('Retry-After never becomes a negative or an endless pause', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      const pause = parseRetryAfter(header, 0) ?? 0;
      expect(pause).toBeGreaterThanOrEqual(0);
      expect(pause).toBeLessThan(Number.POSITIVE_INFINITY);
    }),
  );
});

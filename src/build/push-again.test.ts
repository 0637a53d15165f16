import { expect, test } from '@jest/globals';
import { HephyError, type ErrorCode } from '../errors.ts';
import { isTransient, pushAgain } from './push-again.ts';

test.each<[ErrorCode, string, boolean]>([
  ['REGISTRY_UNAVAILABLE', 'PUT https://r.test/v2/a/manifests/b: unexpected status code 503', true],
  ['REGISTRY_UNAVAILABLE', 'PUT https://r.test/v2/a/manifests/b: UNAVAILABLE: later', true],
  ['REGISTRY_UNAVAILABLE', 'Patch "https://r.test": unexpected EOF', true],
  ['REGISTRY_UNAVAILABLE', 'dial tcp 127.0.0.1:1: connect: connection refused', false],
  ['REGISTRY_UNAVAILABLE', 'dial tcp: lookup r.test: no such host', false],
  ['REGISTRY_AUTH', 'PUT https://r.test: 503 DENIED', false],
  ['BUILD_FAILED', 'exit status 503', false],
])('%s %s: %s', (code, message, expected) => {
  expect(isTransient({ code, message })).toBe(expected);
});

test('three attempts, and then the last failure', async () => {
  const problem = new HephyError('REGISTRY_UNAVAILABLE', 'status code 503');
  const pauses: number[] = [];
  let runs = 0;
  const pushing = pushAgain(
    async () => {
      runs += 1;
      throw problem;
    },
    {
      signal: new AbortController().signal,
      problemOf: () => problem,
      onAgain: () => undefined,
      pace: { sleep: async (ms) => void pauses.push(ms), now: () => 0 },
    },
  );
  await expect(pushing).rejects.toBe(problem);
  expect([runs, pauses.length]).toEqual([3, 2]);
});

test('a login that was refused is tried again only where it may have ended meanwhile', async () => {
  const problem = new HephyError('REGISTRY_AUTH', '401');
  for (const [minutes, expected] of [
    [1, 1],
    [50, 2],
  ] as const) {
    let now = 0;
    let runs = 0;
    const pushing = pushAgain(
      async () => {
        runs += 1;
        now += runs === 1 ? minutes * 60_000 : 0;
        throw problem;
      },
      {
        signal: new AbortController().signal,
        problemOf: () => problem,
        onAgain: () => undefined,
        pace: { sleep: async () => undefined, now: () => now },
      },
    );
    await expect(pushing).rejects.toBe(problem);
    expect(runs).toBe(expected);
  }
});

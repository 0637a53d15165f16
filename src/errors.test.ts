import { mkdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { HephyError, toHephyError, toProblem } from './errors.ts';

test('what the system refuses has its path, its cause and a way out', async () => {
  const error: unknown = await mkdir('/dev/null/x').catch((cause: unknown) => cause);
  expect(toHephyError(error)).toMatchObject({
    code: 'SYSTEM_ERROR',
    message: '/dev/null/x cannot be used: a part of the path is not a directory (ENOTDIR)',
    hint: expect.stringContaining('Remove or rename'),
    cause: error,
  });
  const directory: unknown = await readFile('/').catch((cause: unknown) => cause);
  expect(toProblem(directory)).toMatchObject({ code: 'SYSTEM_ERROR' });
});

test('an errno that is not listed is the system’s all the same', () => {
  const error = Object.assign(new Error('EWHATEVER: odd, write'), { code: 'EWHATEVER', syscall: 'write' });
  expect(toHephyError(error)).toMatchObject({ code: 'SYSTEM_ERROR', hint: expect.any(String) });
});

test('all else is a fault of ours, and an error with a code stays what it is', () => {
  for (const fault of [new TypeError('x is undefined'), 'text', null, { code: 'ENOSPC' }]) {
    expect(toHephyError(fault).code).toBe('INTERNAL');
  }
  const known = new HephyError('USAGE', 'x');
  expect(toHephyError(known)).toBe(known);
});

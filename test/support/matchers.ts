import { expect } from '@jest/globals';
import { HephyError, HephyErrors } from '../../src/errors.ts';
import type { ErrorCode } from '../../src/errors.ts';

declare module 'expect' {
  interface Matchers<R> {
    /** The call throws a HephyError, or several, with this code among them: tests assert codes, not prose. */
    toThrowWithCode(code: ErrorCode): R;
  }
}

function codesOf(error: unknown): readonly string[] {
  if (error instanceof HephyErrors) return error.problems.map((problem) => problem.code);
  return error instanceof HephyError ? [error.code] : [];
}

function thrownBy(received: unknown): unknown {
  if (typeof received !== 'function') return received;
  try {
    received();
  } catch (error) {
    return error;
  }
  return undefined;
}

expect.extend({
  /** Takes a function, or with `.rejects` the error itself. */
  toThrowWithCode(received: unknown, code: ErrorCode) {
    const error = thrownBy(received);
    const codes = codesOf(error);
    return {
      pass: codes.includes(code),
      message: () => `expected a HephyError with code ${code}, got ${codes.join(', ') || String(error)}`,
    };
  },
});

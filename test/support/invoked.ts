import { PassThrough } from 'node:stream';
import type { Invoked } from '../../src/session/invoked.ts';
import { createOutput } from '../../src/system/terminal/output.ts';
import { createRedactor } from '../../src/system/terminal/redact.ts';
import { TEST_GIT_ENV } from './git-repo.ts';

/** A command as `main` would call it, in this repository and with nobody listening. */
export function invokedIn(cwd: string, env: Readonly<Record<string, string>> = {}): Invoked {
  const all = { ...TEST_GIT_ENV, ...env };
  const redactor = createRedactor();
  const output = createOutput({ stdout: silent(), stderr: silent(), env: all, redactor });
  const { signal } = new AbortController();
  return { flags: { date: '20261120' }, operands: [], env: all, cwd, program: '', output, redactor, signal };
}

function silent(): PassThrough {
  return new PassThrough().resume();
}

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTempDir } from './support/git-repo.ts';

const SCRIPT = fileURLToPath(new URL('../script/count.mjs', import.meta.url));

let reports: string;
beforeEach(async () => {
  reports = await createTempDir();
});

interface Case {
  readonly fullName: string;
  readonly status: 'passed' | 'failed' | 'pending' | 'todo';
}

/** As jest writes it, as far as it is read. */
async function report(suite: string, cases: readonly Case[], broken = 0): Promise<void> {
  const count = (status: Case['status']): number => cases.filter((one) => one.status === status).length;
  await writeFile(
    join(reports, `${suite}.json`),
    JSON.stringify({
      numPassedTests: count('passed'),
      numFailedTests: count('failed'),
      numRuntimeErrorTestSuites: broken,
      testResults: [{ assertionResults: cases }],
    }),
  );
}

function count(...args: string[]): Promise<{ code: number; lines: readonly string[] }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, reports, ...args], (error, stdout) => {
      resolve({ code: Number(error?.code ?? 0), lines: stdout.trimEnd().split('\n') });
    });
  });
}

describe('the last line of script/test', () => {
  test('adds up steps and suites', async () => {
    await report('unit', [{ fullName: 'a', status: 'passed' }]);
    await report('real', [{ fullName: 'b', status: 'passed' }]);
    expect(await count('3', '0', 'unit', 'real')).toEqual({
      code: 0,
      lines: ['5 passed, 0 failed, 0 skipped'],
    });
  });

  test('counts what was skipped, under its reason', async () => {
    const skipped = ['one', 'two'].map((name) => ({ fullName: `kaniko (requires its image) ${name}` }));
    await report('real', [...skipped, { fullName: 'x (requires an engine)' }].map(pending));
    expect(await count('0', '0', 'real')).toEqual({
      code: 0,
      lines: [
        '2 skipped, because they require its image',
        '1 skipped, because they require an engine',
        '0 passed, 0 failed, 3 skipped',
      ],
    });
  });

  test.each(['pending', 'todo'] as const)('takes %s without a reason for a failure', async (status) => {
    await report('real', [{ fullName: 'x', status }]);
    expect(await count('1', '0', 'real')).toEqual({ code: 1, lines: ['1 passed, 1 failed, 0 skipped'] });
  });

  test('counts what failed, what did not load, and what left no report', async () => {
    await report('unit', [{ fullName: 'a', status: 'failed' }], 1);
    expect(await count('0', '1', 'unit', 'real')).toEqual({
      code: 1,
      lines: ['0 passed, 4 failed, 0 skipped'],
    });
  });
});

function pending(one: { readonly fullName: string }): Case {
  return { ...one, status: 'pending' };
}

import { expect, test } from '@jest/globals';
import { actionArguments } from './action-arguments.ts';

test.each([
  [{ INPUT_STEP: 'all' }, null, ['build']],
  [{ INPUT_STEP: ' prepare ' }, null, ['prepare']],
  [
    { INPUT_STEP: 'build', INPUT_JOB: 'arm64-2' },
    '/t/plan',
    ['build', '--plan', '/t/plan', '--job', 'arm64-2'],
  ],
  [{ INPUT_STEP: 'manifest' }, '/t/plan', ['manifest', '--plan', '/t/plan']],
  [{ INPUT_STEP: 'doctor' }, null, ['doctor']],
  [{ INPUT_STEP: 'constructor' }, null, ['constructor']],
])('%j', (env, plan, argv) => {
  expect(actionArguments(env, plan)).toEqual(argv);
});

test.each([
  [{ INPUT_STEP: 'build', INPUT_JOB: 'a' }, null],
  [{ INPUT_STEP: 'manifest' }, null],
  [{ INPUT_STEP: 'build', INPUT_JOB: ' ' }, '/t/plan'],
])('%j with the plan %j says what is missing', (env, plan) => {
  expect(() => actionArguments(env, plan)).toThrowWithCode('USAGE');
});

import { expect, test } from '@jest/globals';
import { actionArguments } from './action-arguments.ts';

test.each([
  [{ step: 'all', job: '', plan: null }, ['build']],
  [{ step: 'prepare', job: '', plan: null }, ['prepare']],
  [{ step: 'build', job: 'arm64-2', plan: '/t/plan' }, ['build', '--plan', '/t/plan', '--job', 'arm64-2']],
  [{ step: 'manifest', job: '', plan: '/t/plan' }, ['manifest', '--plan', '/t/plan']],
  [{ step: 'doctor', job: '', plan: null }, ['doctor']],
  [{ step: 'constructor', job: '', plan: null }, ['constructor']],
])('%j', (inputs, argv) => {
  expect(actionArguments(inputs)).toEqual(argv);
});

test.each([
  { step: 'build', job: 'a', plan: null },
  { step: 'manifest', job: '', plan: null },
  { step: 'build', job: '', plan: '/t/plan' },
])('%j: an input is missing', (inputs) => {
  expect(() => actionArguments(inputs)).toThrowWithCode('USAGE');
});

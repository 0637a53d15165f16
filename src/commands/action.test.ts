import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { SETTINGS } from '../config/settings-table.ts';
import { actionArguments } from './action.ts';

const action: { inputs: Record<string, { description: string }>; runs: { main: string } } = parse(
  readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'),
);

test('every setting is an input of the action, and every input says what it is', () => {
  const missing = SETTINGS.map(({ input }) => input).filter((name) => !(name in action.inputs));
  expect(missing).toEqual([]);
  expect(Object.values(action.inputs).every(({ description }) => description.length > 20)).toBe(true);
});

test('a step is a command, and off GitHub there is none', () => {
  const github = { GITHUB_ACTIONS: 'true' };
  expect(actionArguments({ ...github, INPUT_STEP: 'all' })).toEqual(['build']);
  expect(actionArguments({ ...github, INPUT_STEP: ' prepare ' })).toEqual(['prepare']);
  expect(actionArguments({ ...github, INPUT_STEP: 'constructor' })).toEqual(['constructor']);
  expect(actionArguments(github)).toEqual([]);
  expect(actionArguments({ INPUT_STEP: 'all' })).toEqual([]);
});

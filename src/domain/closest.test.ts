import { expect, test } from '@jest/globals';
import { closest } from './closest.ts';

test('a swap of neighbours is one mistake', () => {
  expect(closest('linux/arm46', ['linux/amd64', 'linux/arm64', 'linux/arm/v7'])).toBe('linux/arm64');
});

test('the nearest of several wins, the start of a word is near, and nothing near is nothing', () => {
  expect(closest('dockerfile', ['dockerfile_path', 'target'])).toBe('dockerfile_path');
  expect(closest('taget', ['target', 'targets'])).toBe('target');
  expect(closest('nmae', ['name', 'some'])).toBe('name');
  expect(closest('NOPE', ['HOME', 'TERM'])).toBe(undefined);
  expect(closest('zebra', ['target', 'targets'])).toBe(undefined);
});

test('a slip in the start of a longer word', () => {
  expect(closest('dockerfle', ['dockerfile_path', 'context_path'])).toBe('dockerfile_path');
});

import { expect, test } from '@jest/globals';
import { keepValues } from './repository-settings.ts';

const REWRITES = [
  ['url.https://mirror.example.com/.insteadof', 'https://github.com/'],
  ['url.file:///srv/mirrors/.insteadof', 'https://github.com/'],
  ['url.ext::sh -c id.insteadof', 'https://github.com/'],
  ['url./srv/mirrors/.insteadof', 'https://github.com/'],
] as const;

function keptBases(vouched: boolean): readonly string[] {
  return keepValues(REWRITES, vouched).map(([name]) => name.replace(/^url\.|\.insteadof$/g, ''));
}

test('a checkout of the CI platform may fetch from a mirror on its machine', () => {
  expect(keptBases(true)).toEqual(['https://mirror.example.com/', 'file:///srv/mirrors/']);
});

test('any other repository may only name another address', () => {
  expect(keptBases(false)).toEqual(['https://mirror.example.com/']);
});

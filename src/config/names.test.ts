import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cleanName, isLegalName } from './names.ts';
import { resolveInside } from './paths.ts';

describe('a name', () => {
  test.each([
    ['services-api', 'services-api', 'services-api'],
    ['My App', 'My-App', 'my-app'],
    ['.github', 'github', 'github'],
    ['a__b_', 'a__b_', 'a-b'],
    ['caf\u00e9', 'cafe', 'cafe'],
    ['\u65e5\u672c', '', ''],
  ])('of %j', (text, inTags, inRepositories) => {
    expect([cleanName(text, 'tag'), cleanName(text, 'repository')]).toEqual([inTags, inRepositories]);
  });

  test('that was cleaned is legal, and stays as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.constantFrom('tag', 'repository'),
        (text, layout) => {
          const clean = cleanName(text, layout);
          expect(clean === '' || isLegalName(clean, layout)).toBe(true);
          expect(cleanName(clean, layout)).toBe(clean);
        },
      ),
      { numRuns: 2_000, seed: 5 },
    );
  });
});

describe('a path', () => {
  test.each([
    ['a/b', '.', 'a/b'],
    ['a/b', './/x/', 'a/b/x'],
    ['a/b', '../..', '.'],
    ['a/b', '../../..', undefined],
    ['.', '..', undefined],
    ['.', '..x', '..x'],
    ['a', 'x/../../..', undefined],
    ['a', '/a', undefined],
    ['a', 'x\0', undefined],
  ])('from %j by %j', (from, path, expected) => expect(resolveInside(from, path)).toBe(expected));
});

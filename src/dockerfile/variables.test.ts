import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expandArguments } from './variables.ts';

const values: Readonly<Record<string, string>> = { X: 'x', EMPTY: '' };
const lookup = (name: string): string | undefined => values[name];

test.each([
  ['$X-$X', 'x-x'],
  ['${X}y', 'xy'],
  ['${NONE}', '${NONE}'],
  ['${NONE:-d}', 'd'],
  ['${EMPTY:-d}', 'd'],
  ['${EMPTY-d}', ''],
  ['${X:-d}', 'x'],
  ['${X:+yes}${NONE:+no}', 'yes'],
  ['${NONE:-a${X}b}', 'axb'],
  ['${NONE:-${ALSO:-deep}}', 'deep'],
  ['${X', '${X'],
  ['${}', '${}'],
  ['${X%.*}', '${X%.*}'],
  ['$', '$'],
  ['$1 $$', '$1 $$'],
])('%s becomes %s', (text, expected) => {
  expect(expandArguments(text, lookup)).toBe(expected);
});

test('a value that looks like a variable is not expanded again', () => {
  expect(expandArguments('${A}', (name) => (name === 'A' ? '${A}' : undefined))).toBe('${A}');
});

test('deeply nested and endless texts end', () => {
  const nested = '${A:-'.repeat(700) + '}'.repeat(700);
  expect(expandArguments(nested, lookup)).not.toBe('');
  expect(expandArguments('${'.repeat(100_000), lookup)).toHaveLength(200_000);
});

test('a text without a dollar stays itself', () => {
  fc.assert(fc.property(fc.string(), (text) => text.includes('$') || expandArguments(text, lookup) === text));
});

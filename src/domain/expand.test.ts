import { expect, test } from '@jest/globals';
import { expandVariables } from './expand.ts';

test('variables and defaults', () => {
  const values = { NAME: 'api', EMPTY: '', __proto__: undefined };
  expect(expandVariables('${NAME}:${EMPTY:-none}:${OTHER:-x y}:$NAME', values)).toEqual({
    text: 'api:none:x y:$NAME',
    missing: [],
  });
});

test('what is not set is named, and inherited properties are not variables', () => {
  expect(expandVariables('${A}-${constructor}', {})).toEqual({ text: '-', missing: ['A', 'constructor'] });
});

test('a value is not expanded again', () => {
  expect(expandVariables('${A}', { A: '${B}', B: 'no' }).text).toBe('${B}');
});

test.each([
  ['$${A}', '${A}'],
  ['$$${A}', '$x'],
  ['$$$${A}', '$${A}'],
  ['$$$$${A}', '$$x'],
  ['$${A:-b}', '${A:-b}'],
  ['a$$b $$ $$5 $$A', 'a$$b $$ $$5 $$A'],
  ['$${not a name} $${', '$${not a name} $${'],
  ['${A}${A}$', 'xx$'],
  ['${NONE:-$}{A}', '${A}'],
])(
  'a second dollar sign keeps a variable from being expanded, and means nothing elsewhere: %s',
  (text, expanded) => {
    expect(expandVariables(text, { A: 'x' })).toEqual({ text: expanded, missing: [] });
  },
);

test('a million dollar signs are read in no time', () => {
  const began = performance.now();
  expect(expandVariables('$'.repeat(1_000_000), {}).text.length).toBe(1_000_000);
  expect(performance.now() - began).toBeLessThan(1000);
});

import { expect, test } from '@jest/globals';
import { expandVariables } from './expand.ts';

test('variables, defaults and a literal dollar', () => {
  const values = { NAME: 'api', EMPTY: '', __proto__: undefined };
  expect(expandVariables('${NAME}:${EMPTY:-none}:${OTHER:-x y}:$$NAME:$NAME', values)).toEqual({
    text: 'api:none:x y:$NAME:$NAME',
    missing: [],
  });
});

test('what is not set is named, and inherited properties are not variables', () => {
  expect(expandVariables('${A}-${constructor}', {})).toEqual({ text: '-', missing: ['A', 'constructor'] });
});

test('a value is not expanded again', () => {
  expect(expandVariables('${A}', { A: '${B}', B: 'no' }).text).toBe('${B}');
});

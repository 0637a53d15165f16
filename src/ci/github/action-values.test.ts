import { describe, expect, test } from '@jest/globals';
import { parseValues } from './action-values.ts';

describe('values', () => {
  test.each([
    ['', {}],
    ['A=1', { A: '1' }],
    ['A=\n\n  B = x', 'line 3'],
    ['# note\nA=b=c # d\r\n  _x1=$(id)', { A: 'b=c # d', _x1: '$(id)' }],
    ['KEY<<END\n-----BEGIN-----\nab==\n\nEND\nB=2', { KEY: '-----BEGIN-----\nab==\n', B: '2' }],
    ['KEY<<END\n  END\nB=2', { KEY: '', B: '2' }],
    ['KEY<<END\nab', 'line 1'],
    ['1A=b', 'line 1'],
    ['A=1\nopen-sesame', 'line 2'],
  ])('%j', (text, expected) => {
    if (typeof expected !== 'string') expect(parseValues(text, 'variables')).toEqual(expected);
    else expect(() => parseValues(text, 'variables')).toThrowWithCode('USAGE');
    if (typeof expected === 'string') expect(() => parseValues(text, 'variables')).toThrow(expected);
  });

  test('what cannot be read is never quoted', () => {
    expect(() => parseValues('open-sesame', 'build-secrets')).not.toThrow(/sesame/);
  });
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseChallenges } from './challenge.ts';

test('a bearer challenge as Distribution writes it', () => {
  const header =
    'Bearer realm="https://auth.test/token",service="registry.test",scope="repository:a/b:pull,push",error="invalid_token"';
  expect(parseChallenges(header)).toEqual([
    {
      scheme: 'bearer',
      params: {
        realm: 'https://auth.test/token',
        service: 'registry.test',
        scope: 'repository:a/b:pull,push',
        error: 'invalid_token',
      },
    },
  ]);
});

test.each([
  ['Basic', [{ scheme: 'basic', params: {} }]],
  ['BASIC realm=plain', [{ scheme: 'basic', params: { realm: 'plain' } }]],
  [String.raw`Basic realm="a \"quoted\" one"`, [{ scheme: 'basic', params: { realm: 'a "quoted" one' } }]],
  [
    'Basic realm="one", Bearer realm="https://t/" , service = s',
    [
      { scheme: 'basic', params: { realm: 'one' } },
      { scheme: 'bearer', params: { realm: 'https://t/', service: 's' } },
    ],
  ],
  [
    'Negotiate, Basic realm="x"',
    [
      { scheme: 'negotiate', params: {} },
      { scheme: 'basic', params: { realm: 'x' } },
    ],
  ],
  ['', []],
  ['"', []],
  ['Basic realm="open', [{ scheme: 'basic', params: { realm: '' } }]],
])('%s', (header, expected) => {
  expect(parseChallenges(header).slice(0, expected.length)).toEqual(expected);
});

test('no header makes the parser fail or run on', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      expect(parseChallenges(`Basic ${header}`)[0]?.scheme).toBeDefined();
    }),
  );
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  apiHost,
  formatReference,
  isTag,
  parseReference,
  parseRepository,
  referenceTarget,
} from './reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each([
  ['alpine', { host: 'docker.io', path: 'library/alpine' }],
  ['acme/shop:1.0', { host: 'docker.io', path: 'acme/shop', tag: '1.0' }],
  ['index.docker.io/alpine', { host: 'docker.io', path: 'library/alpine' }],
  ['localhost/shop', { host: 'localhost', path: 'shop' }],
  ['127.0.0.1:5000/shop/api:x', { host: '127.0.0.1:5000', path: 'shop/api', tag: 'x' }],
  ['[::1]:5000/shop', { host: '[::1]:5000', path: 'shop' }],
  ['GHCR.io/acme/a__b.c-d', { host: 'ghcr.io', path: 'acme/a__b.c-d' }],
  [`ghcr.io/acme/shop:v1@${DIGEST}`, { host: 'ghcr.io', path: 'acme/shop', tag: 'v1', digest: DIGEST }],
])('%s is read as Docker reads it', (text, expected) => {
  expect(parseReference(text)).toEqual(expected);
});

test.each([
  '',
  ' ',
  'a b',
  'ghcr.io/',
  'ghcr.io/Acme/shop',
  'ghcr.io//shop',
  'ghcr.io/shop:',
  'ghcr.io/shop@sha256:abc',
  `ghcr.io/shop@${DIGEST}@${DIGEST}`,
  'ghcr.io/../etc/passwd',
  'ghcr.io/shop:a/b:c d',
  'ghcr.io:99999/shop',
  'user:pass@ghcr.io/shop',
  'https://ghcr.io/shop',
  '[::zz]:5000/shop',
  'ghcr.io/shop\n:tag',
  `ghcr.io/${'a'.repeat(300)}`,
  `ghcr.io/shop:${'t'.repeat(129)}`,
])('%j is refused', (text) => {
  expect(() => parseReference(text)).toThrowWithCode('REGISTRY_REFERENCE');
});

test('where images go, neither tag nor digest may stand', () => {
  expect(parseRepository('ghcr.io/acme/shop')).toEqual({ host: 'ghcr.io', path: 'acme/shop' });
  expect(() => parseRepository('ghcr.io/acme/shop:v1')).toThrowWithCode('REGISTRY_REFERENCE');
  expect(() => parseRepository(`ghcr.io/acme/shop@${DIGEST}`)).toThrowWithCode('REGISTRY_REFERENCE');
});

test('a digest says more than a tag, and no tag means latest', () => {
  expect(referenceTarget(parseReference(`ghcr.io/shop:v1@${DIGEST}`))).toBe(DIGEST);
  expect(referenceTarget(parseReference('ghcr.io/shop:v1'))).toBe('v1');
  expect(referenceTarget(parseReference('ghcr.io/shop'))).toBe('latest');
});

test('Docker Hub is asked under its API name', () => {
  expect(apiHost('docker.io')).toBe('registry-1.docker.io');
  expect(apiHost('ghcr.io')).toBe('ghcr.io');
});

test('what is formatted is read back the same', () => {
  const component = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
  const reference = fc.record(
    {
      host: fc.constantFrom(
        'ghcr.io',
        'localhost',
        '127.0.0.1:5000',
        '[::1]:80',
        'registry.example.com:8443',
      ),
      path: fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
      tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/),
      digest: fc.constant(DIGEST),
    },
    { requiredKeys: ['host', 'path'] },
  );
  fc.assert(
    fc.property(reference, (value) => {
      expect(parseReference(formatReference(value))).toEqual(value);
    }),
  );
});

test('no text at all makes the parser fail with anything but its own error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      try {
        const { tag } = parseReference(text);
        expect(tag === undefined || isTag(tag)).toBe(true);
      } catch (error) {
        expect(error).toThrowWithCode('REGISTRY_REFERENCE');
      }
    }),
  );
});

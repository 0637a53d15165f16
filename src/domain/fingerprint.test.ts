import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  fingerprintTag,
  formatFingerprint,
  hashValue,
  makeFingerprint,
  parseFingerprint,
} from './fingerprint.ts';

const PARTS = { files: hashValue('a'), tool: hashValue('b') };

test('does not depend on the order of its parts, and on all else', () => {
  const one = makeFingerprint(PARTS);
  expect(makeFingerprint({ tool: PARTS.tool, files: PARTS.files })).toEqual(one);
  expect(makeFingerprint({ files: PARTS.tool, tool: PARTS.files }).hash).not.toBe(one.hash);
  expect(makeFingerprint({ files: PARTS.files }).hash).not.toBe(one.hash);
});

test('is read from a label as it was written, and from nothing else', () => {
  const one = makeFingerprint(PARTS);
  expect(parseFingerprint(formatFingerprint(one))).toEqual(one);
  expect(formatFingerprint(one)).toMatch(/^[a-z0-9.:]+$/);
  for (const text of ['', 'none', 'v0.abc', formatFingerprint(one).slice(0, 40)]) {
    expect(parseFingerprint(text)).toBeUndefined();
  }
  fc.assert(fc.property(fc.string(), (text) => parseFingerprint(text) === undefined));
});

test('its tag is legal, and as long as a commit', () => {
  expect(fingerprintTag(makeFingerprint(PARTS))).toMatch(/^fp-[0-9a-f]{40}$/);
});

import { expect, test } from '@jest/globals';
import { renderMasks } from './mask.ts';

test.each([
  ['open-sesame', '::add-mask::open-sesame\n'],
  ['first 100%\r\n\nsecond', '::add-mask::first 100%25\n::add-mask::second\n'],
  ['abc', ''],
])('%j', (secret, told) => {
  expect(renderMasks(secret)).toBe(told);
});

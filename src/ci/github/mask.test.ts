import { expect, test } from '@jest/globals';
import { maskSecret } from './mask.ts';
import { openToolkit } from './toolkit.ts';

test.each([
  ['open-sesame', '::add-mask::open-sesame\n'],
  ['first 100%\r\n\nsecond', '::add-mask::first 100%25\n::add-mask::second\n'],
  ['abc', ''],
])('%j', async (secret, printed) => {
  const written: string[] = [];
  const toolkit = await openToolkit({ env: {}, write: (text) => written.push(text) });
  maskSecret(toolkit, secret);
  expect(written.join('')).toBe(printed);
});

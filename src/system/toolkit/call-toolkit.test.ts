import { expect, test } from '@jest/globals';
import { callToolkit } from './call-toolkit.ts';

const later = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a package sees the given environment alone, and prints to the given writer, also after it has waited', async () => {
  const seen: unknown[] = [];
  const call = (name: string) =>
    callToolkit({ env: { NAME: name, NOTHING: undefined }, write: (text) => seen.push(text) }, async () => {
      process.stdout.write(`${name} begins\n`);
      await later();
      process.stdout.write(Buffer.from(`${name} ends\n`));
      return { ...process.env };
    });
  process.env['HEPHY_OUTSIDE'] = 'yes';
  const both = Promise.all([call('a'), call('b')]);
  expect(process.env['HEPHY_OUTSIDE']).toBe('yes');
  expect(process.env['NAME']).toBe(undefined);
  expect(await both).toEqual([{ NAME: 'a' }, { NAME: 'b' }]);
  expect(seen).toEqual(['a begins\n', 'b begins\n', 'a ends\n', 'b ends\n']);
  delete process.env['HEPHY_OUTSIDE'];
});

test('what a package writes into the environment is gone with the call', () => {
  const inside = callToolkit({ env: {}, write: () => undefined }, () => {
    process.env['HEPHY_LEFT'] = '1';
    return process.env['HEPHY_LEFT'];
  });
  expect([inside, process.env['HEPHY_LEFT']]).toEqual(['1', undefined]);
});

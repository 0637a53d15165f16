import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expandVariables } from './expand.ts';
import { quoteTemplate, quoteWord } from './shell-quote.ts';

/** kaniko's image has busybox; GitLab's other runners have whatever is called sh. */
const SHELLS = [
  ['/bin/sh', '-c'],
  ['busybox', 'sh', '-c'],
].filter(([file = '']) => file === '/bin/sh' || spawnSync(file, ['true']).status === 0);

const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));
const nasty = fc
  .array(
    fc.constantFrom(
      "'",
      '"',
      '\\',
      '$',
      '`',
      '\n',
      '\r',
      ' ',
      '!',
      '*',
      '~',
      '#',
      '=',
      '&',
      ';',
      '-',
      '{',
      '}',
      'a',
    ),
  )
  .map((parts) => parts.join(''));
const word = fc.oneof(text, nasty);

test('busybox was there to be asked', () => {
  expect(SHELLS.length).toBeGreaterThan(0);
  if (SHELLS.length < 2) console.warn('busybox is not installed: quoting was tried with /bin/sh alone');
});

describe.each(SHELLS)('%s', (file, ...rest) => {
  function say(words: readonly string[], env: Record<string, string> = {}): readonly string[] {
    const script = `set -eu\nprintf '%s\\0' ${words.join(' ')}`;
    const said = execFileSync(file ?? '', [...rest, script], { env: { PATH: process.env['PATH'], ...env } });
    return said.toString('utf8').split('\0').slice(0, -1);
  }

  test('every text comes out as it went in, and as one word', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (texts) => {
        expect(say(texts.map(quoteWord))).toEqual(texts);
      }),
    );
  });

  test('a text with variables is what expandVariables makes of it', () => {
    const value = fc.oneof(word, fc.constant(''));
    const fallback = word.map((part) => part.replaceAll('}', ''));
    const part = fc.oneof(
      word.map((literal) => literal.replaceAll('$', '$$$$')),
      fc.constantFrom('${A}', '${B}', '$$', '$A'),
      fallback.map((part) => `\${A:-${part}}`),
      fallback.map((part) => `\${UNSET:-${part}}`),
    );
    const template = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(template, value, value, (written, A, B) => {
        expect(say([quoteTemplate(written)], { A, B })).toEqual([expandVariables(written, { A, B }).text]);
      }),
    );
  });

  test('a variable that is not set ends the script', () => {
    const script = `set -eu\necho ${quoteTemplate('${NOT_SET_ANYWHERE}')}; echo on`;
    const done = spawnSync(file ?? '', [...rest, script], { env: { PATH: process.env['PATH'] } });
    expect(done.status).not.toBe(0);
    expect(done.stdout.toString()).toBe('');
  });
});

test.each([
  ['--context=services/api', '--context=services/api'],
  ['', "''"],
  ['a=b', "'a=b'"],
  ["it's", `'it'\\''s'`],
  ['~', "'~'"],
])('%j is written %s', (value, expected) => {
  expect(quoteWord(value)).toBe(expected);
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cleanLine, showControls } from './text.ts';
import { displayWidth, padWidth, truncateWidth } from './width.ts';

describe('a line of a child', () => {
  test('keeps its colours where they are wanted and closes them', () => {
    expect(cleanLine('\x1b[1;31mred\x1b[0m ok', true)).toBe('\x1b[1;31mred\x1b[0m ok\x1b[0m');
    expect(cleanLine('\x1b[31mred\x1b[0m', true)).toBe('\x1b[31mred\x1b[0m');
    expect(cleanLine('\x1b[31mred\x1b[0m', false)).toBe('red');
  });

  test('cannot move the cursor, set a title, link, ring or write backwards', () => {
    const hostile = '\x1b[2J\x1b[1;1Ha\x1b]0;title\x07b\x1b]8;;http://x\x1b\\c\x07\x1bMd\x9b5ne\u202ef\x1b[';
    expect(cleanLine(hostile, true)).toBe('abcdef');
    expect(cleanLine('a\x1b]52;c;never ends', true)).toBe('a');
  });

  test('shows what a redrawn line looked like at the end', () => {
    expect(cleanLine('10%\r50%\r100%\r', false)).toBe('100%');
    expect(cleanLine('\r', false)).toBe('');
    expect(cleanLine('', false)).toBe('');
  });

  test('is read in linear time, whatever it holds', () => {
    expect(cleanLine(`${'\r'.repeat(1_000_000)}x`, true)).toBe('x');
    expect(cleanLine('\x1b['.repeat(500_000), true)).toBe('');
    expect(cleanLine('\x1b]'.repeat(500_000), true)).toBe('');
  });

  test('never holds a control character, whatever came in', () => {
    const control = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/;
    const piece = fc.constantFrom(
      '\x1b',
      '[',
      ']',
      'm',
      '3',
      ';',
      '\x07',
      '\\',
      '\r',
      '\n',
      '\x9b',
      'a',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, colours) => {
        const clean = cleanLine(pieces.join(''), colours).replace(/\x1b\[[\d;:]*m/g, '');
        expect(clean).not.toMatch(control);
      }),
    );
  });
});

test('controls in a name are shown, not obeyed', () => {
  expect(showControls('a\nb\tc\x1b[2J\u202ed')).toBe('a\\nb\\tc\\x1b[2J\\u202ed');
});

describe('width', () => {
  test('counts columns, not characters', () => {
    expect(displayWidth('abc')).toBe(3);
    expect(displayWidth('日本')).toBe(4);
    expect(displayWidth('한')).toBe(2);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth('🚀')).toBe(2);
    expect(displayWidth('\x1b[31m✓\x1b[0m')).toBe(1);
  });

  test('cuts between characters and says so', () => {
    expect(truncateWidth('abcdef', 6)).toBe('abcdef');
    expect(truncateWidth('abcdef', 4)).toBe('abc…');
    expect(truncateWidth('日本語', 4)).toBe('日…');
    expect(truncateWidth('\x1b[31mabcdef\x1b[0m', 3)).toBe('ab…');
    expect(truncateWidth('abc', 0)).toBe('');
    expect(padWidth('日本', 6)).toBe('日本  ');
  });

  test('a cut text always fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, columns) => {
        expect(displayWidth(truncateWidth(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

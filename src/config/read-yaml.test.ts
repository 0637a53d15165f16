import { describe, expect, test } from '@jest/globals';
import type { HephyError } from '../errors.ts';
import { MAX_BYTES, readYaml } from './read-yaml.ts';

function read(text: string | Uint8Array): ReturnType<typeof readYaml> {
  return readYaml('f', Buffer.from(text));
}

function codes(problems: readonly HephyError[]): string[] {
  return problems.map(({ code, at }) => [code, at?.line, at?.column].filter(Boolean).join(' '));
}

describe('what YAML can do and configs need', () => {
  test('anchors and merge keys: own values win, then earlier sources', () => {
    const text = `labels: &a {x: "1", y: 1.10}
annotations: &b
  <<: *a
  x: own
other:
  z: here
  <<: [*b, {y: late, w: last}]
list: [*a]
`;
    const { value, problems } = read(text);
    expect(problems).toEqual([]);
    expect(value).toEqual({
      labels: { x: '1', y: '1.10' },
      annotations: { x: 'own', y: '1.10' },
      other: { z: 'here', x: 'own', y: '1.10', w: 'last' },
      list: [{ x: '1', y: '1.10' }],
    });
  });

  test('the place of what an alias stands for is where it can be mended', () => {
    const { locate } = read('a: &a\n  x: 1\nb:\n  <<: *a\n  y: 2\nc: *a\n');
    expect(locate('b.x')).toEqual({ line: 2, column: 6 });
    expect(locate('b.y')).toEqual({ line: 5, column: 6 });
    expect(locate('c.x')).toEqual({ line: 2, column: 6 });
    expect(locate('b', 'key')).toEqual({ line: 3, column: 1 });
  });

  test('CRLF, a byte order mark, non-ASCII, a document start and end', () => {
    const { value, problems, locate } = read('\ufeff---\r\na: "é"\r\nb:\r\n  - x\r\n...\r\n');
    expect(problems).toEqual([]);
    expect(value).toEqual({ a: 'é', b: ['x'] });
    expect(locate('b[0]')).toEqual({ line: 4, column: 5 });
  });

  test('texts stay what was written, also where they are tagged, folded or directed to be YAML 1.1', () => {
    const { value, problems } = read(
      '%YAML 1.1\n---\na: 012\nb: no\nc: !!str 1.10\nd: >-\n  x\n  y\ne: ! 1\nf: -0\ng: .5\n',
    );
    expect(problems).toEqual([]);
    expect(value).toEqual({ a: '012', b: 'no', c: '1.10', d: 'x y', e: '1', f: '-0', g: '.5' });
  });

  test('nothing is null, in all its spellings', () => {
    expect(read('a:\nb: ~\nc: null\nd: ""\ne: [null, ~]\n').value).toEqual({
      a: null,
      b: null,
      c: null,
      d: '',
      e: [null, null],
    });
    expect(read('').value).toBeNull();
    expect(read('# only this\n').value).toBeNull();
  });
});

describe('what is refused, and where', () => {
  test.each([
    ['a: 1\nb: 2\na: 3\n', ['CONFIG_DUPLICATE_KEY 3 1']],
    ['a: {x: 1, x: 2}\nb: {y: 1, y: 1}\n', ['CONFIG_DUPLICATE_KEY 1 11', 'CONFIG_DUPLICATE_KEY 2 11']],
    ['a:\n\tb: c\n', ['CONFIG_SYNTAX 2 1']],
    ['a: "x\n', ['CONFIG_SYNTAX 2 1']],
    ['a: b: c\n', ['CONFIG_SYNTAX 1 4']],
    ['a: 1\n b: 2\n', ['CONFIG_SYNTAX 1 4']],
    ['a: {{ x }}\n', ['CONFIG_SYNTAX 1 5']],
    ['a: 1\n---\nb: 2\n', ['CONFIG_SYNTAX 2 1']],
    ['a: !!js/function "process.exit()"\nb: !ruby/object {}\n', ['CONFIG_SYNTAX 1 18', 'CONFIG_SYNTAX 2 17']],
    ['a: !!binary aGk=\n', ['CONFIG_SYNTAX 1 13']],
    ['a: *nowhere\n', ['CONFIG_SYNTAX 1 4']],
    ['<<: 1\n', ['CONFIG_TYPE 1 5']],
    ['__proto__: {polluted: yes}\n', ['CONFIG_UNKNOWN_KEY 1 1']],
    ['a: {__proto__: {polluted: yes}}\n', ['CONFIG_UNKNOWN_KEY 1 5']],
    ['? [a]\n: b\n', ['CONFIG_SYNTAX 1 3']],
    [': b\n', ['CONFIG_SYNTAX 1 1']],
    ['a: &a [*a]\n', ['CONFIG_LIMIT 1 8']],
    ['a: &a {<<: *a}\n', ['CONFIG_LIMIT 1 12']],
  ])('%j', (text, expected) => {
    expect(codes(read(text).problems)).toEqual(expected);
    expect({}).not.toHaveProperty('polluted');
  });

  test('one syntax error a line, for the rest is its echo', () => {
    expect(codes(read('- a\nb: c\nd: e\n').problems).length).toBeLessThanOrEqual(2);
  });

  test('bytes that are no UTF-8', () => {
    expect(codes(read(Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe])).problems)).toEqual(['CONFIG_SYNTAX']);
    expect(codes(read(Buffer.from('a: 1\n', 'utf16le')).problems)).toEqual(['CONFIG_SYNTAX']);
  });

  test('a file of 10 MB is not even decoded', () => {
    expect(codes(read(Buffer.alloc(10 * 1024 * 1024, 'a: 1\n')).problems)).toEqual(['CONFIG_LIMIT']);
  });
});

describe('what is made to exhaust', () => {
  const fill = (piece: string): string => piece.repeat(Math.floor(MAX_BYTES / piece.length));
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    .concat(
      Array.from(
        'bcdefghij',
        (name, n) =>
          `${name}: &${name} [${Array(9)
            .fill(`*${String.fromCharCode(97 + n)}`)
            .join(', ')}]`,
      ),
    )
    .join('\n');

  test.each([
    ['an alias bomb', bomb],
    ['a merge bomb', `a: &a {k: v}\nb: {<<: [${Array(30_000).fill('*a').join(',')}]}`],
    ['brackets', fill('[')],
    ['braces', fill('{')],
    ['dashes', fill('- ')],
    ['questions', fill('? ')],
  ])('%s ends in a limit', (_, text) => {
    const { problems, value } = read(text);
    expect(value).toBeUndefined();
    expect(problems.map(({ code }) => code)).toContain('CONFIG_LIMIT');
    expect(problems.length).toBeLessThanOrEqual(50);
  });

  test.each([
    ['one long line', `a: ${fill('x').slice(5)}`],
    ['one long line of blanks', `a:${fill(' ').slice(5)}x`],
    ['comments', fill('# x\n')],
    ['anchors', fill('- &a b\n').slice(0, 90_000)],
    ['backslashes', `a: "${fill('\\n').slice(10)}"`],
  ])('%s is read', (_, text) => expect(read(text).problems).toEqual([]));

  test.each([
    ['closing braces', fill('}\n')],
    ['tabs', `a:\n${fill('\tb: c\n').slice(5)}`],
    ['tags', fill('!a ')],
    ['duplicates', fill('a: b\n')],
  ])('%s are told, but not each of them', (_, text) => {
    const { problems } = read(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(50);
  });
});

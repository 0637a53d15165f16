import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readWithLibrary } from './read-yaml.ts';
import { readSimpleYaml } from './simple-yaml.ts';

/** Pieces that configs are made of, and those that make YAML hard, so that the soup is often nearly right. */
const KEYS = [
  'a',
  'name',
  'platforms',
  'ko_config',
  'x.y',
  'null',
  'true',
  '12',
  '"q"',
  '<<',
  '__proto__',
  '?',
  'a b',
  '',
];
const VALUES = [
  '',
  'x',
  'linux/amd64',
  '1.10',
  '012',
  '1',
  '1e3',
  '0x10',
  '-1',
  'true',
  'no',
  'null',
  '~',
  '2026-11-20',
  '.',
  './a',
  '"x"',
  "'x'",
  '"1"',
  '"a\\tb"',
  "'it''s'",
  '"a # b"',
  '[]',
  '[a, b]',
  '[a,b]',
  '[ a ]',
  '[a, ]',
  '[1, "x"]',
  '{}',
  '{a: b}',
  '|',
  '>-',
  '&a x',
  '*a',
  '!x y',
  '!!str 1',
  'a: b',
  'a:b',
  'a:',
  ':a',
  ': a',
  '#c',
  'a #c',
  'a# c',
  'a  b ',
  '-',
  '- a',
  '-a',
  '?a',
  '? a',
  '%a',
  '@a',
  '`a`',
  '$x',
  '${X}',
  '{version}',
  'https://x.y/z',
  'é',
  '\u00a0',
  '\ta',
  'a\tb',
  '---',
  '...',
  '"a',
  "'a",
  'a, b',
  'a]',
  'a}',
  '=',
  '+',
  '~x',
  '_',
  'a?',
  'a&b',
  'a|b',
  'a > b',
  '\u0000',
  '\u2028',
];
const LINE = fc
  .record({
    indent: fc.constantFrom('', '', '  ', '  ', '    ', ' ', '\t'),
    head: fc.oneof(
      fc.constantFrom(...KEYS).map((key) => `${key}:`),
      fc.constantFrom('-', '-', '- -', '', '---', '...', '%YAML 1.1', '#'),
    ),
    gap: fc.constantFrom(' ', ' ', ' ', '', '  ', '\t'),
    value: fc.constantFrom(...VALUES),
    tail: fc.constantFrom('', '', '', ' # note', ' ', '#', ' #', '\t# n', '\r'),
  })
  .map(({ indent, head, gap, value, tail }) => `${indent}${head}${gap}${value}${tail}`);
const TEXT = fc.array(LINE, { maxLength: 6 }).map((lines) => lines.join('\n'));

describe('what the simple reader reads', () => {
  test('is what the library reads', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        const simple = readSimpleYaml(text);
        if (simple) expect(readWithLibrary(text)).toEqual({ value: simple.value, faults: [] });
      }),
      { numRuns: 10_000, seed: 7 },
    );
  });

  test('is the usual config', () => {
    const text = [
      '# curl',
      'name: curl # not the directory',
      'target: ""',
      'build_args: []',
      'platforms: [linux/amd64, linux/arm64]',
      'additional_tags:',
      '- latest',
      '- 1.10',
      'ko_config:',
      '  import_path: ./cmd/server',
      '',
      '  env:',
      '    - CGO_ENABLED=0',
      "    - 'A=b c'",
      'context_path:',
      'upstream_repo: https://example.com/a.git\r',
      '',
    ].join('\n');
    expect(readSimpleYaml(text)).toEqual({
      value: {
        name: 'curl',
        target: '',
        build_args: [],
        platforms: ['linux/amd64', 'linux/arm64'],
        additional_tags: ['latest', '1.10'],
        ko_config: { import_path: './cmd/server', env: ['CGO_ENABLED=0', 'A=b c'] },
        context_path: null,
        upstream_repo: 'https://example.com/a.git',
      },
    });
    expect(readSimpleYaml('# nothing yet\n\n')).toEqual({ value: null });
  });

  test.each([
    'a: 1\na: 2',
    'a: &x 1',
    'a: |\n  b',
    'a:\n\tb: c',
    'a: b\n  c',
    '- a',
    ' a: b',
    'a: [b',
    `a: ${'x'.repeat(600)}`,
  ])('is not %j', (text) => expect(readSimpleYaml(text)).toBeUndefined());
});

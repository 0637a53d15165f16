import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { Invocation } from '../../domain/invocation.ts';
import { koLeg, type LegChanges } from '../../../test/support/ko-leg.ts';
import { ko } from './ko.ts';

const goldens = fileURLToPath(new URL('golden', import.meta.url));

/** Each file holds a leg and the whole command that comes of it. HEPHY_UPDATE_GOLDEN=1 writes the second half anew. */
describe('golden', () => {
  test.each(readdirSync(goldens))('%s', (name) => {
    const path = `${goldens}/${name}`;
    const golden: { leg: LegChanges; invocation?: unknown } = parse(readFileSync(path, 'utf8'));
    const shown = show(ko.invocation(koLeg(golden.leg)));
    if (process.env['HEPHY_UPDATE_GOLDEN'] === '1') {
      const head = readFileSync(path, 'utf8').split('\ninvocation:')[0]?.trimEnd() ?? '';
      writeFileSync(
        path,
        `${head}\n\n${stringify({ invocation: shown }, { lineWidth: 0, aliasDuplicateObjects: false })}`,
      );
    } else {
      expect(shown).toEqual(golden.invocation);
    }
  });
});

/** For people to read: names in one line, JSON as the data it is. */
function show({ passEnv, files, ...command }: Invocation): object {
  return {
    ...command,
    passEnv: passEnv.join(' '),
    files: files.map((file) => ({ ...file, content: JSON.parse(file.content) })),
  };
}

describe('what goes wrong', () => {
  test('a directory outside the repository', () => {
    const leg = koLeg({ options: { working_dir: '../../..' } });
    expect(() => ko.invocation(leg)).toThrowWithCode('CONFIG_PATH');
    expect(() => ko.invocation(koLeg({ options: { working_dir: '/etc' } }))).toThrowWithCode('CONFIG_PATH');
  });

  test('a base image with a variable that nobody set, prototypes included', () => {
    for (const name of ['API_TAG', 'constructor', '__proto__']) {
      const leg = koLeg({ options: { base_image: `x:\${${name}}` } });
      expect(() => ko.invocation(leg)).toThrowWithCode('CONFIG_VARIABLE');
    }
  });

  test('a label that ko would cut in the wrong place', () => {
    expect(() => ko.invocation(koLeg({ labels: { 'a=b': 'c' } }))).toThrowWithCode('CONFIG_VALUE');
    expect(() => ko.invocation(koLeg({ annotations: { '': 'c' } }))).toThrowWithCode('CONFIG_VALUE');
  });

  test.each([
    ['defaultBaseImage: [', 'CONFIG_SYNTAX'],
    ['a: &a [1, 2]\nb: [*a, *missing]', 'CONFIG_SYNTAX'],
    ['- a list', 'CONFIG_TYPE'],
    ['builds: {main: .}', 'CONFIG_TYPE'],
    ['defaultBaseImage: 3', 'CONFIG_TYPE'],
    [bomb(), 'CONFIG_LIMIT'],
  ] as const)('a .ko.yaml that ko could not read either: %.30j', (text, code) => {
    const leg = koLeg({ inputFiles: { 'services/api/.ko.yaml': text } });
    expect(() => ko.invocation(leg)).toThrowWithCode(code);
  });
});

/** Aliases of aliases: nine lines that stand for a billion words. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  return lines.join('\n');
}

describe('inputs', () => {
  test("ko's file beside the program, and Go's files up to the root", () => {
    const inputs = ko.inputs(koLeg({ context: 'a/b', options: { working_dir: './c/' } }).recipe);
    expect(inputs).toContain('a/b/c/.ko.yaml');
    for (const directory of ['a/b/c/', 'a/b/', 'a/', '']) expect(inputs).toContain(`${directory}go.mod`);
    expect(inputs).not.toContain('a/b/.ko.yaml');
  });
});

test.each([
  ['cmd/server', {}, './cmd/server'],
  ['./cmd/server', {}, './cmd/server'],
  ['github.com/a/b/cmd/x', {}, 'github.com/a/b/cmd/x'],
  ['ko://shop/cmd', {}, 'ko://shop/cmd'],
  ['shop/cmd/server', { 'go.mod': '// x\nmodule shop // y\n' }, 'shop/cmd/server'],
  ['shop', { 'go.mod': 'module "shop"\n' }, 'shop'],
  ['shopping/cmd', { 'go.mod': 'module shop\n' }, './shopping/cmd'],
  ['shop/cmd', { 'go.mod': 'module shop\n', 'services/go.mod': 'module other' }, './shop/cmd'],
])('the program %s, with %j, is %s', (path, inputFiles, expected) => {
  const leg = koLeg({ options: { import_path: path }, inputFiles });
  expect(ko.invocation(leg).args.at(-1)).toBe(expected);
});

test.each([
  ['127.0.0.1:5000', false],
  ['localhost:5000', false],
  ['[::1]:5000', false],
  ['registry.local:80', false],
  ['10.0.0.7:5000', false],
  ['172.31.0.1', false],
  ['172.32.0.1', true],
  ['127.0.0.2:5000', true],
  ['localhost', true],
  ['10.0.0.7.example.com', true],
  ['registry.example.com', true],
])('plain HTTP to %s needs the flag: %s', (host, needed) => {
  const args = (insecure: boolean) => ko.invocation(koLeg({ repository: `${host}/shop`, insecure })).args;
  expect(args(true).includes('--insecure-registry')).toBe(needed);
  expect(args(false)).not.toContain('--insecure-registry');
});

describe('the digest', () => {
  const digest = `sha256:${'4f'.repeat(32)}`;
  const leg = koLeg();
  const read = (text?: string) =>
    ko.readResult(leg, {
      exitCode: 0,
      stdout: '',
      output: '',
      durationMs: 1,
      timedOut: false,
      files: text === undefined ? {} : { '/scratch/api/image-refs': text },
    });

  test('is read from the file that ko wrote', () => {
    expect(ko.resultFiles(leg)).toEqual(['/scratch/api/image-refs']);
    expect(read(`127.0.0.1:5000/shop:${leg.tag}@${digest}\n`)).toEqual({ digest });
    expect(read(`127.0.0.1:5000/shop@${digest}\n`)).toEqual({ digest });
  });

  test.each([
    undefined,
    '',
    `127.0.0.1:5000/shop:other@${digest}\n`,
    `evil.example.com/shop:${leg.tag}@${digest}\n`,
    `127.0.0.1:5000/shop:${leg.tag}@sha256:short\n`,
    `127.0.0.1:5000/shop@${digest}\n127.0.0.1:5000/shop@${digest}\n`,
  ])('is not believed from %j', (text) => {
    expect(read(text)).toThrowWithCode('BUILD_FAILED');
  });
});

test('the base that counts is the one that ko takes', () => {
  const env = { KO_DEFAULTBASEIMAGE: '127.0.0.1:5000/base' };
  expect(ko.influences?.(koLeg(), env).bases).toEqual(['127.0.0.1:5000/base']);
  expect(ko.influences?.(koLeg(), {}).bases).toEqual(['cgr.dev/chainguard/static:latest']);
  const named = koLeg({ options: { base_image: 'gcr.io/distroless/static' } });
  expect(ko.influences?.(named, env).bases).toEqual(['gcr.io/distroless/static']);
});

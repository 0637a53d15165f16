import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { listCopies } from './copies.ts';
import { readDockerfile } from './dockerfile.ts';
import { listAllDownloads } from './downloads.ts';
import { listPulledImages } from './images.ts';
import { findObstacles } from './obstacles.ts';
import { resolveStages } from './stages.ts';

/** All that a plan asks of a Dockerfile; the number of images that it pulls. */
function readAll(text: string): number {
  const dockerfile = readDockerfile(text);
  const platforms = ['linux/amd64', 'linux/arm64'] as const;
  findObstacles(dockerfile, { buildArgs: {}, platforms });
  const resolved = resolveStages(dockerfile, { platform: 'linux/amd64', builder: 'kaniko', buildArgs: {} });
  listCopies(resolved);
  listAllDownloads(resolved);
  return listPulledImages(resolved).length;
}

const repeat = (part: string): string => part.repeat(Math.ceil(1_000_000 / part.length));
const LONG = 'a'.repeat(4000);
const numbered = (line: (at: number) => string): string =>
  Array.from({ length: 25_000 }, (_, at) => line(at)).join('\n');

/** A megabyte each. Work that grows with the square of it would take minutes, and recursion would end the stack. */
test.each<[string, string, number]>([
  ['arguments of one instruction', `FROM a\nCOPY ${repeat('a ')}b`, 1],
  ['arguments as JSON', `FROM a\nADD ${JSON.stringify(Array.from({ length: 130_000 }, () => '$X'))}`, 1],
  ['words of an ARG', `ARG ${repeat('A=$B ')}\nFROM a`, 1],
  ['flags', `FROM a\nRUN ${repeat('--mount=a,b ')}`, 1],
  ['fields of a mount', `FROM a\nRUN --mount=${repeat('\\"a,')} x`, 1],
  ['open braces', `FROM ${repeat('${')}`, 1],
  ['nested defaults', `FROM ${repeat('${A:-')}`, 1],
  [
    'nested defaults in many labels',
    `FROM a\n${repeat(`LABEL x=${'${A:-'.repeat(250)}${'}'.repeat(250)}\n`)}`,
    1,
  ],
  [
    'stages that inherit from each other',
    `FROM a AS s0\n${numbered((at) => `FROM s${at} AS s${at + 1}\nARG A${at}`)}`,
    1,
  ],
  ['arguments and stages', `${numbered((at) => `ARG A${at}=$A${at - 1}`)}\n${repeat('FROM $A1\n')}`, 111_112],
  [
    'values that double each other',
    `${numbered((at) => `ARG A${at}=x$A${at - 1}$A${at - 1}`)}\nFROM $A59`,
    1,
  ],
  ['patterns with stars', `ARG A=${LONG}\n${repeat('ARG B=${A//*a*a*b/x}\n')}FROM $B`, 1],
  ['patterns from the end', `ARG A=${LONG}\nFROM \${A%${repeat('*a')}}`, 1],
  ['long values', `ARG A=${LONG}\nFROM a\nARG A\n${repeat('ADD $A$A /x\n')}`, 1],
  ['here-documents', `FROM a\nCOPY ${repeat('<<A ')}/x\n${repeat('A\n')}`, 1],
  ['continuations', `FROM a\nRUN x ${repeat('\\\n')}`, 1],
  ['carriage returns', `FROM a\nRUN ${repeat('\r')}`, 1],
  ['directives', repeat('# a=b\n'), 0],
  ['triggers in triggers', `FROM a\n${repeat('ONBUILD ')}`, 1],
  ['quotes', `FROM a\nRUN <<A ${repeat("'x")}`, 1],
  ['brackets', `FROM a\nCOPY ${repeat('[')}`, 1],
  ['stages', numbered((at) => `FROM a${at} AS b${at}`), 25_000],
  ['platforms', repeat('FROM --platform=a/b/c a\n'), Math.ceil(1_000_000 / 24)],
])('%s', (_what, text, images) => {
  expect(readAll(text)).toBe(images);
});

test('any text is read to its end', () => {
  const piece = fc.constantFrom(
    ...[
      'FROM ',
      'RUN ',
      'ADD ',
      'LABEL a=',
      'ENV ',
      'ARG ',
      'ONBUILD ',
      ' ',
      '\n',
      '\\',
      '<<',
      'EOF',
      '$',
      '${',
      '}',
    ],
    ...[
      ':-',
      '#',
      '%',
      '/',
      '*',
      '?',
      '"',
      "'",
      '--mount=',
      '=',
      ',',
      '`',
      '\r',
      '\0',
      '[',
      '--platform=',
      'AS ',
    ],
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 60 }), (pieces) => {
      readAll(pieces.join(''));
    }),
    { numRuns: 500 },
  );
});

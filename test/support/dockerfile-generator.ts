import fc, { type Arbitrary } from 'fast-check';

/** Dockerfiles as nobody would write them: every rule of the parser in odd places, most of them still buildable. */
export function plausibleDockerfile(): Arbitrary<string> {
  return fc
    .tuple(
      heading(),
      fc.array(globalLine(), { maxLength: 4 }),
      fc.array(stage(), { minLength: 1, maxLength: 4 }),
    )
    .chain(([first, globals, stages]) => layout([...first, ...globals, ...stages.flat()]));
}

const name = fc.constantFrom(
  'V',
  'W',
  'BASE',
  'TARGETARCH',
  'TARGETPLATFORM',
  'TARGETVARIANT',
  'UNSET',
  'BUILDARCH',
);
const literal = fc.constantFrom(
  'a',
  'b',
  'ab',
  '3.20',
  'amd64',
  'arm64',
  'x-',
  'base',
  'linux',
  '',
  '.',
  'aab/b',
  'alpine',
);
const pattern = fc.constantFrom(
  'a',
  '*',
  '?',
  'a*',
  '*b',
  'linux/',
  '*/',
  'a?',
  '\\*',
  'x*-',
  '',
  '\\/',
  '.',
  '[a]',
  '*a*b',
);
const blank = fc.constantFrom(' ', ' ', ' ', '\t', '  ', ' \t', '\v');

/** A word with variables in it. */
const word: Arbitrary<string> = fc.letrec<{ word: string; variable: string }>((tie) => ({
  word: fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: literal },
        { weight: 3, arbitrary: tie('variable') },
        quoted(tie('variable')),
      ),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    .map((parts) => parts.join('')),
  variable: fc.oneof(
    { depthSize: 'small' },
    name.map((each) => `$${each}`),
    name.map((each) => `\${${each}}`),
    fc
      .tuple(name, fc.constantFrom(':-', '-', ':+', '+', ':?', '?'), tie('word'))
      .map(([each, operator, rest]) => `\${${each}${operator}${rest}}`),
    fc
      .tuple(name, fc.constantFrom('#', '##', '%', '%%'), pattern)
      .map(([each, operator, shape]) => `\${${each}${operator}${shape}}`),
    fc
      .tuple(name, fc.constantFrom('/', '//'), pattern, literal)
      .map(([each, operator, shape, put]) => `\${${each}${operator}${shape}/${put.replaceAll('/', '')}}`),
  ),
})).word;

function quoted(inner: Arbitrary<string>): Arbitrary<string> {
  return fc.oneof(
    inner.map((text) => `"${text.replaceAll('"', '')}"`),
    inner.map((text) => `'${text.replaceAll("'", '')}'`),
    inner.map((text) => `\\${text}`),
    fc.constantFrom('"a b"', "'$V'", '\\$V', '"\\$V"', '"\\a"', '\\a', '""'),
  );
}

const stageName = fc.constantFrom('base', 'build', 'base-amd64', 'base-arm64', 'x1', 'Final');
const image = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('alpine', 'alpine:3.20', 'ghcr.io/a/b:1', 'localhost:5000/x', 'scratch'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('base', 'build', 'base-$TARGETARCH', 'base-${TARGETARCH:-amd64}', 'x1'),
  },
  { weight: 3, arbitrary: word },
  { weight: 2, arbitrary: word.map((text) => `alpine:t${text}`) },
);

function heading(): Arbitrary<readonly string[]> {
  return fc.constantFrom<readonly string[]>(
    ...[
      [],
      [],
      [],
      ['# syntax=docker/dockerfile:1'],
      ['# escape=\\'],
      ['# Syntax = a/b c ', '# check=skip=all'],
    ],
    ...[['# unknown=1', '# syntax=late/one'], ['#!/bin/x', '# syntax=after/shebang'], ['#!/bin/y']],
    ...[
      ['# a comment', ''],
      ['', '# syntax=too/late'],
    ],
  );
}

function globalLine(): Arbitrary<string> {
  return fc.array(argument(), { minLength: 1, maxLength: 2 }).map((words) => `ARG ${words.join(' ')}`);
}

/** TARGETPLATFORM stays what it is: a `--platform` of anything else is an error. */
const declared = name.map((each) => (each === 'TARGETPLATFORM' ? 'V' : each));

function argument(): Arbitrary<string> {
  return fc.oneof(
    name,
    fc.tuple(declared, word).map(([each, value]) => `${each}=${value}`),
    fc.tuple(declared, literal).map(([each, value]) => `${each}=${value}`),
  );
}

function stage(): Arbitrary<readonly string[]> {
  return fc
    .tuple(from(), fc.array(instruction(), { maxLength: 4 }))
    .map(([first, rest]) => [first, ...rest.flat()]);
}

function from(): Arbitrary<string> {
  const flag = fc.constantFrom(
    '',
    '',
    '',
    '--platform=$BUILDPLATFORM',
    '--platform=linux/amd64',
    '--platform="${TARGETPLATFORM}"',
  );
  const as = fc.oneof(
    fc.constant(''),
    fc.tuple(fc.constantFrom('AS', 'as'), stageName).map((words) => words.join(' ')),
  );
  return fc
    .tuple(fc.constantFrom('FROM', 'from'), flag, image, as)
    .map((words) => words.filter((each) => each !== '').join(' '));
}

function instruction(): Arbitrary<readonly string[]> {
  return fc.oneof(
    { weight: 3, arbitrary: globalLine().map((line) => [line]) },
    { weight: 2, arbitrary: fc.tuple(name, word).map(([each, value]) => [`ENV ${each}=${value}`]) },
    { weight: 1, arbitrary: fc.tuple(name, word).map(([each, value]) => [`ENV ${each} ${value}`]) },
    { weight: 3, arbitrary: copy().map((line) => [line]) },
    { weight: 3, arbitrary: add().map((line) => [line]) },
    { weight: 3, arbitrary: run() },
    { weight: 1, arbitrary: fc.constantFrom(...OTHERS).map((line) => [line]) },
  );
}

function copy(): Arbitrary<string> {
  const flags = fc.constantFrom(
    ...[
      '--from=base',
      '--from=0',
      '--from=BUILD',
      '--from=busybox:1',
      '--link --from=build',
      '--chown=1:1',
      '--parents=false',
      '',
    ],
    ...['--from="x1"', '--from=ba\\se', '--', '--exclude=*.md --chmod=755'],
  );
  const rest = fc.constantFrom(
    'a /b',
    '["a", "/b"]',
    '$V /b/',
    '<<EOF /b\nFROM no\nEOF',
    '["a b", "c", "/d/"]',
    '<<-"X" <<Y /b/\n\tX\nY',
  );
  // Nothing is copied from a stage where all sources are here-documents.
  return fc
    .tuple(flags, rest)
    .map(([flag, operands]) => `COPY ${operands.includes('<<') ? '' : flag} ${operands}`);
}

function add(): Arbitrary<string> {
  const source = fc.constantFrom(
    ...[
      'https://example.com/x',
      'HTTPS://example.com/a.git',
      'http://example.com/a.git#main',
      'git@example.com:a/b.git',
    ],
    ...[
      'user@example.com:x',
      'ssh://git@example.com/a',
      'git://example.com/a',
      'GIT://example.com/b',
      'a',
      '$V',
      '${V}x',
    ],
    ...[
      'https://example.com/get?file=a.git',
      'https://example.com/a.git/',
      'https://example.com/a%2egit',
      'github.com/a/b',
    ],
  );
  const flags = fc.constantFrom('', '', '--link', '--keep-git-dir=true', '--unpack=false');
  return fc
    .tuple(flags, fc.array(source, { minLength: 1, maxLength: 2 }), fc.boolean())
    .map(([flag, sources, json]) => {
      const all = [...sources, '/to/'];
      return `ADD ${flag} ${json ? JSON.stringify(all) : all.join(' ')}`;
    });
}

function run(): Arbitrary<readonly string[]> {
  const mount = fc.constantFrom(
    ...[
      '',
      '',
      '--mount=type=cache,target=/c',
      '--mount=from=base,target=/b',
      '--mount=from=busybox,target=/b,type=bind',
    ],
    ...['--network=none', '--mount=type=bind,target=/x --security=sandbox', '--mount="type=tmpfs",target=/t'],
  );
  return fc.tuple(mount, fc.constantFrom(...COMMANDS)).map(([flag, lines]) => {
    const [first = '', ...rest] = lines;
    return [`RUN ${flag} ${first}`, ...rest];
  });
}

const COMMANDS: readonly (readonly string[])[] = [
  ['<<EOF', 'FROM no', 'EOF'],
  ['<<-EOF', 'FROM no', '\t\tEOF'],
  ['<< EOF', 'FROM no', 'EOF'],
  ['<<\\EOF', 'FROM no', 'EOF'],
  ["<<eo\\'f", 'FROM no', "eo'f"],
  ["<<'E F' cat", 'EF', 'E F'],
  ['cat <<A <<B', 'A', 'B'],
  ['cat <<A${X:-}', 'A'],
  ['echo $((1<<2)) <<EOF', 'EOF'],
  ['echo "<<EOF"'],
  ["echo it's <<EOF"],
  ['["cat", "<<EOF"]'],
  ['[ -f x ] && cat <<EOF', 'EOF'],
  ['echo a \\', '# comment', '', '  FROM no'],
  ['echo \\\\'],
  ['echo a \\ ', ' b'],
];

const OTHERS = [
  'LABEL a="b \\"c\\"" d=\'e\'',
  'LABEL a b c',
  'HEALTHCHECK --start-interval=5s --interval=3s CMD true',
  'ONBUILD RUN true',
  'ONBUILD RUN <<EOF\nFROM no\nEOF',
  'ONBUILD COPY --from=busybox a b',
  'USER $V',
  'WORKDIR /x',
  'EXPOSE 80',
  'CMD ["a"]',
  'ENTRYPOINT a <<EOF',
  'VOLUME ["/a"]',
  'SHELL ["/bin/sh", "-c"]',
];

/** Other blanks, continuations inside the lines, and other ends of lines. */
function layout(lines: readonly string[]): Arbitrary<string> {
  const change = fc.tuple(fc.nat(), fc.constantFrom(' \\\n', ' \\\n# comment\n  ', ' \\ \n\n ', '\t', '  '));
  return fc
    .tuple(fc.array(change, { maxLength: 2 }), fc.constantFrom('\n', '\n', '\r\n'), blank, fc.boolean())
    .map(([changes, end, gap, last]) => {
      let text = lines.join('\n');
      for (const [at, put] of changes) text = replaceBlank(text, at, put);
      return (gap === ' ' ? text : replaceBlank(text, 0, gap)).replaceAll('\n', end) + (last ? end : '');
    });
}

function replaceBlank(text: string, at: number, put: string): string {
  const blanks = [...text.matchAll(/ /g)].map(({ index }) => index);
  const index = blanks[at % Math.max(1, blanks.length)];
  return index === undefined ? text : text.slice(0, index) + put + text.slice(index + 1);
}

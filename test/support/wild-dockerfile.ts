import fc, { type Arbitrary } from 'fast-check';

/** The parser's own characters in any order: little of it can be built, and all of it has to be cut alike. */
export function wildDockerfile(): Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 2, arbitrary: fc.constantFrom(' ', '\n', '\t', ' \\\n', '\r\n', '\u00a0', '\v') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
  );
  const line = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  return fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => lines.join('\n'));
}

const PIECES = [
  ...['FROM a', 'from', 'ARG', 'RUN ', 'COPY ', 'ADD ', 'ENV ', 'LABEL ', 'ONBUILD ', 'HEALTHCHECK '],
  ...[
    '<<',
    '<<EOF',
    '<<-EOF',
    '<<"EOF"',
    "<<'E F'",
    '<<\\EOF',
    'EOF',
    '\tEOF',
    '<< EOF',
    '3<<EOF',
    "<<eo\\'f",
  ],
  ...[
    '$',
    '${',
    '}',
    '$V',
    '${V}',
    '${V:-',
    '${V#',
    '${V%%',
    '${V/',
    '"',
    "'",
    '\\',
    '`',
    '\\"',
    "\\'",
    '\\$',
  ],
  ...[
    '--from=',
    '--mount=',
    '--',
    '-- ',
    '=',
    ',',
    ':',
    '#',
    '# escape=`',
    '# syntax=x/y',
    '[',
    ']',
    '["a"]',
    'é',
  ],
  ...['a', 'b', 'V', 'AS', 'à ', '// syntax=w/s', '\uFEFF', '/'],
];

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { listPulledImages } from './images.ts';
import { readDockerfile } from './dockerfile.ts';
import { findObstacles, type BuiltFor } from './obstacles.ts';
import type { Situation } from './situation.ts';
import { resolveStages } from './stages.ts';

const AMD64: Situation = { platform: 'linux/amd64', builder: 'buildkit', buildArgs: {} };

function pulled(text: string, given: Partial<Situation> = {}): readonly string[] {
  return listPulledImages(resolveStages(readDockerfile(text), { ...AMD64, ...given })).map(
    (use) => `${use.line} ${use.text}`,
  );
}

function obstacles(text: string, built: Partial<BuiltFor> = {}): readonly string[] {
  const both = { buildArgs: {}, platforms: ['linux/amd64', 'linux/arm64'] } as const;
  return findObstacles(readDockerfile(text), { ...both, ...built }).map(
    ({ line, text }) => `${line} ${text}`,
  );
}

describe('lines', () => {
  test('continuations, with comments and empty lines inside, are one instruction', () => {
    const text = 'FROM a\nRUN one \\\n  # FROM b\n\n   two \\  \n  --mount=type=ssh\nFROM c\n';
    expect(pulled(text)).toEqual(['1 a', '7 c']);
    expect(obstacles(text)).toEqual([]);
  });

  test('a flag may stand on the next line of its instruction, which is where the instruction starts', () => {
    expect(obstacles('FROM a\nRUN \\\n  --mount=type=ssh \\\n  git clone x\n')).toEqual([
      '2 RUN --mount=type=ssh',
    ]);
  });

  test('the escape directive changes the continuation, and a doubled escape is none', () => {
    expect(pulled('# escape=`\nFROM `\n  a\nRUN x \\\nFROM b\n')).toEqual(['2 a', '5 b']);
    expect(pulled('FROM a\nRUN x \\\\\nFROM b\n')).toEqual(['1 a', '3 b']);
  });

  test('a directive after a comment is a comment', () => {
    expect(pulled('# hello\n# escape=`\nFROM \\\n  a\n')).toEqual(['3 a']);
    expect(obstacles('\n# syntax=example.com/mine\nFROM a\n')).toEqual([]);
  });

  test('CRLF, a BOM, tabs and a missing last newline', () => {
    expect(pulled('\uFEFF# escape=`\r\nFROM\ta `\r\n\tAS b\r\nFROM b\r\nCOPY --from=c x y')).toEqual([
      '2 a',
      '5 c',
    ]);
  });

  test('here-documents are not instructions, whatever is in them', () => {
    const text = [
      'FROM a',
      'COPY <<one <<-"two" /x/',
      'FROM not',
      'one',
      'RUN --mount=type=ssh not',
      '\ttwo',
      'RUN <<EOF',
      '  EOF',
      'FROM not',
      'EOF',
      'FROM b',
    ];
    expect(pulled(text.join('\n'))).toEqual(['1 a', '11 b']);
    expect(obstacles(text.join('\n'))).toEqual(['2 COPY with a here-document', '7 RUN with a here-document']);
  });

  test('shifts, quoted text and JSON are not here-documents, and one without an end takes the rest', () => {
    expect(pulled('FROM a\nRUN echo "<<EOF" $((1<<2))\nFROM b\n')).toEqual(['1 a', '3 b']);
    expect(pulled('FROM a\nRUN ["cat", "<<EOF"]\nFROM b\n')).toEqual(['1 a', '3 b']);
    expect(pulled('FROM a\nENV X <<EOF\nFROM b\n')).toEqual(['1 a', '3 b']);
    expect(pulled('FROM a\nRUN [ -f x ] && cat <<EOF\nFROM no\nEOF\nFROM b\n')).toEqual(['1 a', '5 b']);
    expect(pulled('FROM a\nRUN <<EOF\nFROM b\n')).toEqual(['1 a']);
  });
});

describe('images', () => {
  test('stages, by name in any case or by number, and scratch are not images', () => {
    const text =
      'FROM a AS Build\nFROM build AS next\nCOPY --from=BUILD x y\nCOPY --from=0 x y\nFROM scratch\nCOPY --from=next x y\nRUN --mount=type=bind,from=other,target=/x ls\n';
    expect(pulled(text)).toEqual(['1 a', '7 other']);
  });

  test('FROM does not see its own stage, nor a later one', () => {
    expect(pulled('FROM curl AS curl\nFROM late\nFROM x AS late\n')).toEqual(['1 curl', '2 late', '3 x']);
  });

  test('arguments: defaults, order, stages, build arguments and what is not known', () => {
    const text = [
      'ARG V=1',
      'ARG BASE=img:${V}',
      'FROM --platform=$BUILDPLATFORM ${BASE} AS b',
      'ARG V',
      'ARG W=${W:-x} Q="quoted one"',
      'COPY --from=${NONE}:$V a b',
      'COPY --from=$Q a b',
      'FROM ${BASE:+set}-${OTHER:-o}-${OTHER}',
    ].join('\n');
    expect(pulled(text)).toEqual(['3 img:1', '6 ${NONE}:1', '7 quoted one', '8 set-o-']);
    expect(pulled(text, { buildArgs: { V: '2' } })).toEqual([
      '3 img:2',
      '6 ${NONE}:2',
      '7 quoted one',
      '8 set-o-',
    ]);
    expect(pulled(text, { buildArgs: { BASE: '${HEPHY_REGISTRY}:curl-latest' } })[0]).toBe(
      '3 ${HEPHY_REGISTRY}:curl-latest',
    );
  });

  test('a stage that is chosen by an argument is a stage', () => {
    expect(pulled('ARG KIND=prod\nFROM a AS base-prod\nFROM base-${KIND}\n')).toEqual(['2 a']);
  });

  test('a platform of its own is seen', () => {
    const uses = listPulledImages(
      resolveStages(readDockerfile('FROM --platform=linux/amd64 a\nFROM b\n'), AMD64),
    );
    expect(uses.map((use) => use.pinned)).toEqual([true, false]);
  });
});

describe('what kaniko cannot do', () => {
  test.each([
    ['RUN --mount=type=cache,target=/root/.npm npm ci', 'RUN --mount=type=cache'],
    ['RUN --mount=type=secret,id=x cat', 'RUN --mount=type=secret'],
    ['RUN --mount=type=tmpfs,target=/x cat', 'RUN --mount=type=tmpfs'],
    ['RUN --mount=from=build,target=/x cat', 'RUN --mount=from'],
    ['RUN --mount=type=bind,from=build,target=/x cat', 'RUN --mount=from'],
    ['run --mount=target=/x,"type=ssh" cat', 'RUN --mount=type=ssh'],
    ['RUN --security=insecure x', 'RUN --security'],
    ['RUN --network=none x', 'RUN --network'],
    ['ADD --checksum=sha256:1 http://x/y /y', 'ADD --checksum'],
    ['ADD https://github.com/a/b.git#main /y', 'ADD of a git repository'],
    ['ADD https://user:secret@host/b.git /y', 'ADD of a git repository'],
    ['ADD git@github.com:a/b.git /y', 'ADD of a git repository'],
    ['COPY --exclude=*.md a b', 'COPY --exclude'],
    ['COPY --parents a b', 'COPY --parents'],
    ['ONBUILD RUN --mount=type=ssh x', 'RUN --mount=type=ssh'],
    ['RUN --mount=type=\u001b[31m x', 'RUN --mount'],
  ])('%s', (line, text) => {
    expect(obstacles(`FROM a\n${line}\n`)).toEqual([`2 ${text}`]);
  });

  test.each([
    'RUN --mount=type=bind,source=x,target=/x cat',
    'RUN echo --mount=type=ssh',
    'RUN echo "--network=none"',
    '# RUN --mount=type=ssh',
    'COPY --link --chown=1:1 --chmod=755 --from=b a b',
    'ADD https://example.com/x.tar.gz /x',
    'ADD https://example.com/get?file=a.git /x',
    'LABEL x="RUN --mount=type=ssh"',
  ])('%s is within its reach', (line) => {
    expect(obstacles(`FROM a\n${line}\n`)).toEqual([]);
  });

  test('frontends: the default family is fine, labs and others are not, and no foreign host is shown', () => {
    expect(obstacles('# syntax=docker/dockerfile:1\nFROM a')).toEqual([]);
    expect(obstacles('# Syntax = docker.io/docker/dockerfile:1.7@sha256:ab\nFROM a')).toEqual([]);
    expect(obstacles('# check=skip=all\n# syntax=docker/dockerfile:1-labs\nFROM a')).toEqual([
      '2 # syntax=docker/dockerfile:1-labs',
    ]);
    expect(obstacles('# syntax=123.dkr.ecr.eu-west-1.amazonaws.com/f:1\nFROM a')).toEqual(['1 # syntax']);
  });
});

test('no text makes the reader fail', () => {
  const piece = fc.constantFrom(
    'FROM',
    'RUN',
    ' ',
    '\n',
    '\\',
    '<<',
    'EOF',
    '${',
    '}',
    '"',
    "'",
    '--mount=',
    '=',
    '#',
    ',',
    '`',
    '\r',
    '\0',
    'ONBUILD',
    '[',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), (pieces) => {
      listPulledImages(resolveStages(readDockerfile(pieces.join('')), AMD64));
    }),
  );
});

test('arguments that double each other do not fill the memory', () => {
  const args = Array.from({ length: 60 }, (_, at) => `ARG A${at}=x\${A${at - 1}}\${A${at - 1}}`);
  const read = readDockerfile([...args, 'FROM ${A59}'].join('\n'));
  expect(listPulledImages(resolveStages(read, AMD64))[0]?.text.length).toBeLessThan(10_000);
});

test('huge hostile texts end', () => {
  for (const part of ['\\\n', 'FROM ${', 'RUN <<A\n', '"', 'RUN --mount=', '# a=b\n', 'ONBUILD ', '\t']) {
    expect(readDockerfile('FROM a\n' + part.repeat(50_000)).stages.length).toBeGreaterThan(0);
  }
});

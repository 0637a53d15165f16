import { describe, expect, test } from '@jest/globals';
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
    ['FROM --platform=linux/arm64 a', '1 FROM --platform'],
    ['ARG P=linux/amd64\nFROM --platform=${P} a', '2 FROM --platform'],
    ['FROM a:${TARGETARCH}', '1 FROM with the platform in its name'],
    ['FROM a:${TARGETARCH:-amd64}', '1 FROM with the platform in its name'],
    ['FROM a:${BUILDARCH}', '1 FROM with the platform in its name'],
    ['# escape=`\nFROM a', '1 # escape'],
    ['FROM a\nHEALTHCHECK --start-interval=5s CMD true', '2 HEALTHCHECK --start-interval'],
    ['FROM a\nLABEL x="a \\"b\\""', '2 LABEL with quotes in its value'],
    ['FROM a\nLABEL x=\'{"a": 1}\'', '2 LABEL with quotes in its value'],
    ["FROM a\nARG J='\"'\nLABEL x=$J", '3 LABEL with quotes in its value'],
    ['FROM a\nLABEL x="it\'s"', '2 LABEL with quotes in its value'],
    ['FROM a\nADD ["https://example.com/a.git", "/x"]', '2 ADD of a git repository'],
    ['FROM a\nARG R=git@example.com:a\nADD $R /x', '3 ADD of a git repository'],
    ['FROM a\nADD someone@example.com:a/b /x', '2 ADD of a git repository'],
    ['FROM a\nADD HTTPS://example.com/a.git /x', '2 ADD of a git repository'],
    ['FROM a\nARG T=ssh\nRUN --mount=type=$T x', '3 RUN --mount=type=ssh'],
  ])('%j', (text, expected) => {
    expect(obstacles(text)).toEqual([expected]);
  });

  test.each([
    'FROM --platform=$BUILDPLATFORM a',
    'FROM --platform=${BUILDPLATFORM:-linux/amd64} a',
    'FROM --platform=$TARGETPLATFORM a',
    'FROM --platform=linux/$TARGETARCH a',
    'FROM a\nARG TARGETARCH\nADD bin/$TARGETARCH /x',
    'FROM a\nLABEL x="$VERSION" y="b c" z=d\\ e',
    'FROM a\nARG VERSION\nLABEL x=${VERSION}',
    'FROM a\nHEALTHCHECK --interval=5s CMD true',
    'FROM a\nCOPY --parents=false a b\nRUN --network=default x',
    'FROM a\nADD github.com/a/b /x',
  ])('%j is the same with both', (text) => {
    expect(obstacles(text)).toEqual([]);
  });

  test('a platform by name is fine where it is the one that is built', () => {
    const amd64 = { platforms: ['linux/amd64'] } as const;
    for (const name of ['linux/amd64', 'amd64', 'linux/x86_64']) {
      expect(obstacles(`FROM --platform=${name} a`, amd64)).toEqual([]);
    }
    expect(obstacles('FROM --platform=arm64/v8 a', { platforms: ['linux/arm64'] })).toHaveLength(1);
    expect(obstacles('FROM --platform=linux/arm64/v8 a', { platforms: ['linux/arm64'] })).toEqual([]);
    expect(obstacles('FROM a:${TARGETARCH:-amd64}', amd64)).toEqual([]);
  });

  test('a build argument can name a repository', () => {
    const text = 'FROM a\nARG R=x\nADD $R /x';
    expect(obstacles(text, { buildArgs: { R: 'git://example.com/a' } })).toEqual([
      '3 ADD of a git repository',
    ]);
  });

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

test('arguments that double each other do not fill the memory', () => {
  const args = Array.from({ length: 60 }, (_, at) => `ARG A${at}=x\${A${at - 1}}\${A${at - 1}}`);
  const read = readDockerfile([...args, 'FROM ${A59}'].join('\n'));
  expect(listPulledImages(resolveStages(read, AMD64))[0]?.text.length).toBeLessThan(10_000);
});

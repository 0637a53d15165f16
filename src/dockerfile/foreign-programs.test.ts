import { describe, expect, test } from '@jest/globals';
import { readDockerfile } from './dockerfile.ts';
import { runsForeignPrograms } from './foreign-programs.ts';

function runs(lines: readonly string[], target: string | null = null, buildArgs = {}): boolean {
  const situation = { buildArgs, platform: 'linux/arm64', builder: 'buildkit' } as const;
  return runsForeignPrograms(readDockerfile(lines.join('\n')), situation, target);
}

describe('programs of the platform that is built for', () => {
  test.each([
    ['a RUN on an image', ['FROM alpine', 'RUN apk add curl']],
    ['in any form', ['FROM alpine', 'RUN ["/bin/true"]']],
    ['a here-document', ['FROM alpine', 'RUN <<EOF', 'true', 'EOF']],
    ['on a stage that is on an image', ['FROM alpine AS base', 'FROM base', 'RUN true']],
    [
      'in a stage that is copied from',
      ['FROM alpine AS a', 'RUN true', 'FROM scratch', 'COPY --from=a /x /'],
    ],
    ['copied from by number', ['FROM alpine', 'RUN true', 'FROM scratch', 'COPY --from=0 /x /']],
    [
      'in a stage that is mounted',
      ['FROM b AS b', 'RUN true', 'FROM scratch', 'RUN --mount=from=b,target=/x y'],
    ],
    ['in a stage for that platform', ['FROM --platform=$TARGETPLATFORM alpine', 'RUN true']],
    ['on an image that an argument names', ['ARG BASE', 'FROM ${BASE}:1', 'RUN true']],
  ])('%s', (_, lines) => {
    expect(runs(lines)).toBe(true);
  });

  test('an argument gives the image', () => {
    expect(
      runs(['ARG BASE', 'FROM ${BASE}', 'RUN true'], null, { BASE: '${HEPHY_REGISTRY}:base-latest' }),
    ).toBe(true);
  });
});

describe('none, or not for sure', () => {
  test.each([
    ['files alone', ['FROM alpine', 'COPY a /', 'ENTRYPOINT ["/a"]']],
    ['a trigger for other builds', ['FROM alpine', 'ONBUILD RUN true']],
    [
      'a compiler of the machine',
      ['FROM --platform=$BUILDPLATFORM golang AS b', 'RUN go build', 'FROM scratch', 'COPY --from=b /x /'],
    ],
    ['on such a stage', ['FROM --platform=$BUILDPLATFORM golang AS b', 'FROM b', 'RUN true']],
    ['what was copied onto scratch', ['FROM scratch', 'COPY x /', 'RUN ["/x"]']],
    ['a stage that nothing uses', ['FROM alpine AS test', 'RUN true', 'FROM scratch', 'COPY a /']],
    [
      'a stage that an argument chooses',
      ['FROM --platform=$BUILDPLATFORM a AS x-arm64', 'FROM x-${TARGETARCH}', 'RUN true'],
    ],
    ['a frontend of its own', ['# syntax=example.com/mine', 'FROM alpine', 'RUN true']],
    ['no Dockerfile at all', ['hello']],
  ])('%s', (_, lines) => {
    expect(runs(lines)).toBe(false);
  });
});

test('the target decides which stages count', () => {
  const lines = ['FROM scratch AS files', 'COPY a /', 'FROM alpine AS Tools', 'RUN true'];
  expect(runs(lines)).toBe(true);
  expect(runs(lines, 'files')).toBe(false);
  expect(runs(lines, 'tools')).toBe(true);
  expect(runs(lines, '0')).toBe(false);
  expect(runs(lines, 'absent')).toBe(false);
});

test('a name that stands twice is the stage before', () => {
  expect(runs(['FROM alpine AS a', 'RUN true', 'FROM scratch AS a', 'FROM a', 'COPY x /'])).toBe(false);
});

test('many stages are linked in no time', () => {
  const stages = Array.from(
    { length: 20_000 },
    (_, at) => `FROM ${at === 0 ? 'alpine' : `s${at - 1}`} AS s${at}\nRUN x`,
  );
  const dockerfile = readDockerfile(stages.join('\n'));
  const situation = { buildArgs: {}, platform: 'linux/arm64', builder: 'buildkit' } as const;
  const began = performance.now();
  expect(runsForeignPrograms(dockerfile, situation, null)).toBe(true);
  expect(performance.now() - began).toBeLessThan(1_000);
});

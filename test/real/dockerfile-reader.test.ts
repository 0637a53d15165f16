import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findDifferences } from '../support/dockerfile-differences.ts';
import { plausibleDockerfile } from '../support/dockerfile-generator.ts';
import { askOracle, buildOracle, type Answer, type Question } from '../support/dockerfile-oracle.ts';
import { wildDockerfile } from '../support/wild-dockerfile.ts';

/** Our reader beside BuildKit's parser and its conversion to build steps, which pull from a registry that has all. */
let directory = '';
let oracle = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hephy-oracle-'));
  oracle = await buildOracle(directory);
}, 900_000);

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

const BUILDER = { BUILDPLATFORM: 'linux/amd64', BUILDOS: 'linux', BUILDARCH: 'amd64', BUILDVARIANT: '' };

function ask(text: string, buildArgs: Question['buildArgs'] = {}): Question {
  return { text, buildArgs: { ...BUILDER, ...buildArgs }, platforms: ['linux/amd64', 'linux/arm/v7'] };
}

async function compareAll(questions: readonly Question[]): Promise<readonly Answer[]> {
  const answers = await askOracle(oracle, questions);
  expect(answers).toHaveLength(questions.length);
  const differences = questions.flatMap((question, at) => {
    const answer = answers[at];
    const found = answer === undefined ? ['no answer'] : findDifferences(question, answer);
    return found.length === 0 ? [] : [{ text: question.text, found }];
  });
  expect(differences.slice(0, 5)).toEqual([]);
  return answers;
}

const HEADER = 'ARG V=1\n';

/** Each was read wrongly once, or is easily read wrongly. */
const CORPUS = [
  'FROM a\nARG TAG=1\nFROM b:${TAG:-none}\n',
  'FROM a:${TARGETARCH:-amd64}\n',
  'FROM a:t${TARGETARCH:+x}${TARGETVARIANT:+y}\n',
  'ARG TARGETARCH=amd64\nFROM a:${TARGETARCH}\n',
  'ARG TARGETARCH\nFROM a AS base-amd64\nFROM b AS base-arm\nFROM base-${TARGETARCH}\n',
  'FROM a AS b\nFROM $UNSET${OTHER}b\n',
  'FROM a\nRUN <<\\EOF\nFROM no\nEOF\nFROM b\n',
  "FROM a\nRUN <<eo\\'f\nFROM no\neo'f\nFROM b\n",
  'FROM a\nRUN << EOF\nFROM no\nEOF\nFROM b\n',
  'FROM a\nCOPY << EOF /x\nFROM no\nEOF\nFROM b\n',
  'FROM a\nRUN cat <<A${X:-}\nFROM b\n',
  'FROM a\nADD ["https://example.com/a.git", "/x"]\n',
  'FROM a\nARG R=https://example.com/a.git#v1\nADD ${R} /x\n',
  'FROM a\nENV R=git@example.com:a/b\nADD $R /x\n',
  'FROM a\nADD someone@example.com:a/b /x\n',
  'FROM a\nADD HTTPS://example.com/a.git /x\n',
  'FROM a\nADD github.com/a/b /x\n',
  'FROM a AS one\nARG R=https://example.com/x\nFROM one\nADD $R /x\n',
  '# unknown=1\n# escape=`\nFROM a\nRUN x \\\n  y\n',
  '#!/bin/x\n# syntax=a/b\nFROM a\n',
  '// syntax=a/b\nFROM a\n',
  '{"syntax": "a/b"}',
  'FROM a\nRUN x \\\u00a0\nFROM b\n',
  'FROM\u00a0a\n',
  `${HEADER}FROM a:'t$V'\n`,
  `${HEADER}FROM a:t\\$V\n`,
  `${HEADER}FROM a:"t$V"\n`,
  'ARG V=linux/amd64\nFROM a:${V#linux/}\nFROM b:${V%/*}\nFROM c:${V//a/b}\n',
  'ARG V=linux/amd64\nFROM a:${V/\\//-}\nFROM b:${V##*/}\nFROM c:t${V%%a*4}\n',
  `FROM a:${'${A:-'.repeat(40)}x${'}'.repeat(40)}\n`,
  `${HEADER}FROM a:t$$V$\n`,
  'ARG V=\\$x\nFROM a:t${UNSET:+${V#x}}\n',
  'FROM a AS Build\nFROM b\nCOPY --from=BUILD a b\nCOPY --from=+0 a b\nRUN --mount=from=0,target=/x true\n',
  'FROM a\nCOPY --from=late a b\nFROM b AS late\n',
  'FROM a AS x\nFROM b AS x\nFROM x\n',
  'FROM --platform=$TARGETPLATFORM a\nFROM --platform=linux/arm64 b\n',
  'FROM a\nRUN --mount=type=cache,\\"target=/a,b\\",from=c true\n',
  'FROM a\nCOPY --chown=\u00e0 a b\n',
  'FROM a\nLABEL a="b c" d\\ e=f g=\'h\'\nENV a b  c\nENV a=b\\ c d="e f"\n',
  '\uFEFFFROM a\n\uFEFFRUN x\n',
  'FROM a\nONBUILD RUN <<EOF\nFROM no\nEOF\nONBUILD ONBUILD RUN x\nFROM b\n',
  'FROM a\n\\\nRUN x\n',
];

test('Dockerfiles that are easily read wrongly', async () => {
  await compareAll(CORPUS.flatMap((text) => [ask(text), ask(text.replaceAll('\n', '\r\n'), { V: '2' })]));
});

/** For a longer search by hand: `HEPHY_FUZZ=20000 HEPHY_FUZZ_SEED=2`. */
const RUNS = Number(process.env['HEPHY_FUZZ'] ?? 400);
const SEED = Number(process.env['HEPHY_FUZZ_SEED'] ?? 20261121);

test('Dockerfiles that are odd and can be built', async () => {
  const texts = fc.sample(plausibleDockerfile(), { numRuns: RUNS, seed: SEED });
  const answers = await compareAll(
    texts.map((text, at) => ask(text, at % 3 === 0 ? { V: 'linux/a', W: '' } : {})),
  );
  const built = answers.filter(
    ({ platforms }) => platforms?.['linux/amd64']?.error === undefined && platforms !== null,
  );
  // A generator whose files all fail would prove nothing.
  expect(built.length).toBeGreaterThan(RUNS / 4);
});

test('the parser’s own characters in any order', async () => {
  const texts = fc.sample(wildDockerfile(), { numRuns: RUNS * 5, seed: SEED });
  await compareAll(texts.map((text) => ({ text, buildArgs: {}, platforms: [] })));
});

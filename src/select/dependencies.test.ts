import { describe, expect, test } from '@jest/globals';
import { configured } from '../../test/support/configured.ts';
import type { ImageConfig } from '../config/schema.ts';
import type { Choice, FoundDependency } from '../domain/choice.ts';
import { findDependencies, listFilledArguments } from './dependencies.ts';
import { readDockerfile } from '../dockerfile/dockerfile.ts';
import { indexPublished } from './published-index.ts';

const OTHERS = [
  configured('curl'),
  configured('base'),
  configured('web'),
  configured('web-debug'),
  configured('node'),
  configured('kaniko', { targets: ['debug', 'slim'] }),
];

function choiceOf(backend: Choice['backend']): Choice {
  return { backend, reason: '', options: {}, suggestions: [], platforms: ['linux/amd64'] };
}

function answer(dockerfile: string, values: ImageConfig = {}, name = 'app'): readonly FoundDependency[] {
  const image = configured(name, values);
  const read = readDockerfile(dockerfile);
  const index = indexPublished([...OTHERS.filter((other) => other.name !== name), image]);
  return findDependencies({ image, choice: choiceOf('kaniko'), dockerfile: read }, index);
}

function found(dockerfile: string, values: ImageConfig = {}, name = 'app'): readonly string[] {
  return answer(dockerfile, values, name).map(({ output, origin, use }) => `${output} ${use} ${origin}`);
}

describe('a tag that nothing of this run changes', () => {
  function fixed(dockerfile: string, values: ImageConfig = {}): readonly unknown[] {
    return answer(dockerfile, values).flatMap((dependency) => dependency.fixed ?? []);
  }

  test.each([
    ['FROM ${REGISTRY}:curl-latest', '${REGISTRY}:curl-latest', 'curl-latest', '${REGISTRY}:${CURL_TAG}'],
    ['FROM ${R}:curl-8.1 AS x', '${R}:curl-8.1', 'curl-8.1', '${R}:${CURL_TAG}'],
    ['FROM ${REGISTRY}/curl', '${REGISTRY}/curl', 'latest', '${REGISTRY}/curl:${CURL_TAG}'],
    ['ARG W=curl\nFROM ${R}:${W}-latest', '${R}:curl-latest', 'curl-latest', '${R}:${CURL_TAG}'],
  ])('%j is told, with what to write instead', (...row) => {
    const [text, reference, tag, instead] = row;
    expect(fixed(text)).toMatchObject([{ reference, tag, instead }]);
  });

  test('beside a use of the variable, and in the config', () => {
    const both = 'ARG CURL_TAG\nFROM ${R}:${CURL_TAG}\nCOPY --from=${R}:curl-latest /a /b';
    expect(fixed(both)).toMatchObject([{ at: 'app/Dockerfile:3' }]);
    const values = { build_args: { B: '${HEPHY_REGISTRY}:curl-latest' } };
    expect(fixed('FROM x', values)).toMatchObject([{ instead: '${HEPHY_REGISTRY}:${CURL_TAG}' }]);
  });

  test.each([
    'FROM ${REGISTRY}:${CURL_TAG}',
    'ARG CURL_TAG\nFROM ${REGISTRY}:${CURL_TAG:-curl-latest}',
    'ARG CURL_TAG=curl-latest\nFROM ${REGISTRY}:${CURL_TAG}',
    `FROM \${REGISTRY}:curl-latest@sha256:${'0'.repeat(64)}`,
    'FROM alpine:latest',
  ])('%j leaves it open, or means it', (text) => {
    expect(fixed(text)).toEqual([]);
  });
});

describe('in the Dockerfile', () => {
  test.each([
    ['FROM ${ECR_REGISTRY}:${CURL_TAG}', 'curl base app/Dockerfile:1'],
    ['FROM $ECR_REGISTRY:$CURL_TAG', 'curl base app/Dockerfile:1'],
    ['FROM ${ECR_REGISTRY}:${CURL_TAG:-curl-latest} AS x', 'curl base app/Dockerfile:1'],
    ['FROM ${REGISTRY}:curl-latest', 'curl base app/Dockerfile:1'],
    ['FROM ${ANY}:curl-20260101', 'curl base app/Dockerfile:1'],
    ['FROM ${ANY}:web-debug-latest', 'web-debug base app/Dockerfile:1'],
    ['FROM ${ANY}:web-debugger-1', 'web base app/Dockerfile:1'],
    ['FROM ${ANY}:kaniko-slim-latest', 'kaniko-slim base app/Dockerfile:1'],
    ['FROM ${ECR_REGISTRY}:${KANIKO_DEBUG_TAG}', 'kaniko-debug base app/Dockerfile:1'],
    ['FROM ${HEPHY_REGISTRY}/curl:latest', 'curl base app/Dockerfile:1'],
    ['FROM ${HEPHY_REGISTRY}/curl', 'curl base app/Dockerfile:1'],
    ['FROM ${CI_REGISTRY}/group/shop:curl-latest', 'curl base app/Dockerfile:1'],
    ['FROM --platform=linux/amd64 ${REGISTRY}:curl-latest', 'curl content app/Dockerfile:1'],
    ['FROM x\nCOPY --from=${REGISTRY}:curl-latest /a /b', 'curl content app/Dockerfile:2'],
    ['FROM x\nRUN --mount=from=${REGISTRY}:curl-latest,target=/c ls', 'curl content app/Dockerfile:2'],
    ['ARG CURL_TAG\nFROM x', 'curl content app/Dockerfile:1'],
    [
      'ARG CURL_TAG=curl-latest\nFROM 1.dkr.ecr.us.amazonaws.com/x:${CURL_TAG}',
      'curl content app/Dockerfile:1',
    ],
    ['ARG R=ghcr.io/a/b\nFROM ${R}:curl-latest', 'curl base app/Dockerfile:2'],
    ['ARG ECR_REGISTRY=ghcr.io/a/b\nFROM ${ECR_REGISTRY}:${CURL_TAG}', 'curl base app/Dockerfile:2'],
    ['ARG WHICH=curl\nFROM ${REGISTRY}:${WHICH}-latest', 'curl base app/Dockerfile:2'],
  ])('%j', (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  test.each([
    'FROM curl:latest',
    'FROM docker.io/library/curl:8',
    'FROM ${MIRROR}/node:20',
    'ARG REGISTRY=docker.io\nFROM ${REGISTRY}/node:20',
    'ARG BASE_TAG=3.19\nFROM alpine:${BASE_TAG}',
    'ARG BASE_TAG=3.19\nARG IMG=alpine\nFROM ${IMG}:${BASE_TAG}',
    'FROM ${ANY}:curler-1',
    'FROM ${ANY}:20',
    'FROM x AS curl\nFROM curl\nCOPY --from=curl a b',
    '# FROM ${REGISTRY}:curl-latest\nFROM x',
    'FROM x\nRUN echo ${REGISTRY}:curl-latest',
  ])('%j is of nobody here', (text) => {
    expect(found(text)).toEqual([]);
  });

  test('the first place and the strongest use count, once for each image', () => {
    expect(found('ARG CURL_TAG\nARG ECR_REGISTRY\nFROM ${ECR_REGISTRY}:${CURL_TAG}')).toEqual([
      'curl base app/Dockerfile:3',
    ]);
  });

  test('an image that names itself is built on what it published before', () => {
    expect(found('ARG CURL_TAG=8.1\nFROM ${REGISTRY}:curl-latest', {}, 'curl')).toEqual([]);
  });

  test('a stage that shadows an image is the stage', () => {
    expect(found('FROM x AS ${REGISTRY}:curl-latest\nFROM ${REGISTRY}:curl-latest')).toEqual([]);
  });
});

describe('in the config', () => {
  test('depends_on: an image, all targets of one, and one that the other CI platform builds', () => {
    expect(found('FROM x', { depends_on: ['curl'] })).toEqual(['curl order app/build-config.yaml:7:5']);
    expect(found('FROM x', { depends_on: ['kaniko'] })).toHaveLength(2);
    expect(found('FROM x', { depends_on: ['elsewhere'] })).toEqual([
      'elsewhere order app/build-config.yaml:7:5',
    ]);
  });

  test('depends_on and a use in the Dockerfile are one dependency', () => {
    expect(found('ARG CURL_TAG\nFROM x', { depends_on: ['curl'] })).toEqual([
      'curl content app/Dockerfile:1',
    ]);
  });

  test('build_args', () => {
    expect(found('FROM x', { build_args: { CURL_TAG: '${CURL_TAG}' } })).toEqual([
      'curl content app/build-config.yaml:7:5',
    ]);
    expect(found('ARG B\nFROM ${B}', { build_args: { B: '${HEPHY_REGISTRY}:curl-latest' } })).toEqual([
      'curl base app/Dockerfile:2',
    ]);
  });

  test('the base image of ko', () => {
    const image = configured('app', {
      ko_config: { base_image: '${HEPHY_REGISTRY}:${BASE_TAG}', env: [], flags: [], ldflags: [], sbom: true },
    });
    const choice = { ...choiceOf('ko'), options: image.values.ko_config };
    const input = { image, choice, dockerfile: readDockerfile('FROM ${R}:curl-latest') };
    const dependencies = findDependencies(input, indexPublished([...OTHERS, image]));
    expect(dependencies).toMatchObject([{ on: 'base', use: 'base', origin: 'app/build-config.yaml:7:5' }]);
  });

  test('a Dockerfile that cannot be read may use what depends_on names', () => {
    const image = configured('app', { depends_on: ['curl'] });
    const input = { image, choice: choiceOf('kaniko'), dockerfile: undefined };
    expect(findDependencies(input, indexPublished([...OTHERS, image]))).toMatchObject([
      { on: 'curl', use: 'content' },
    ]);
  });
});

test('only declared arguments are filled in', () => {
  const text = 'ARG CURL_TAG\nARG ECR_REGISTRY\nARG OTHER\nFROM ${ECR_REGISTRY}:${CURL_TAG}\nARG CURL_TAG\n';
  const dependencies = answer(text);
  expect(listFilledArguments(readDockerfile(text), dependencies)).toEqual(['CURL_TAG', 'ECR_REGISTRY']);
  expect(listFilledArguments(undefined, dependencies)).toBe(null);
});

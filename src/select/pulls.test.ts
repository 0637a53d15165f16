import { describe, expect, test } from '@jest/globals';
import { configured } from '../../test/support/configured.ts';
import { readDockerfile } from '../dockerfile/dockerfile.ts';
import type { Choice, Pulls } from '../domain/choice.ts';
import { listPulls } from './pulls.ts';
import { indexPublished } from './published-index.ts';

const INDEX = indexPublished([configured('curl'), configured('app')]);

function pulls(text: string, backend: Choice['backend'] = 'buildkit', buildArgs = {}): Pulls | null {
  const platforms = ['linux/amd64', 'linux/arm64'] as const;
  const choice: Choice = { backend, reason: '', options: {}, suggestions: [], platforms };
  return listPulls({ choice, buildArgs, dockerfile: readDockerfile(text) }, INDEX);
}

describe('what each platform pulls', () => {
  test('a stage that is named through the platform is no image', () => {
    const text = 'ARG TARGETARCH\nFROM a AS base-amd64\nFROM b AS base-arm64\nFROM base-${TARGETARCH}\n';
    expect(pulls(text)).toEqual({ all: ['a', 'b'], byPlatform: {} });
  });

  test.each([
    ['FROM x:${TARGETARCH}', ['x:amd64'], ['x:arm64']],
    ['FROM x:${TARGETARCH:-amd64}', ['x:amd64'], ['x:arm64']],
    ['FROM x:${TARGETPLATFORM#linux/}', ['x:amd64'], ['x:arm64']],
  ])('%s', (text, amd64, arm64) => {
    expect(pulls(text)).toEqual({ all: [], byPlatform: { 'linux/amd64': amd64, 'linux/arm64': arm64 } });
  });

  test('a value of the Dockerfile’s own hides the builder’s, and an ARG of a stage does not reach FROM', () => {
    expect(pulls('ARG TARGETARCH=amd64\nFROM x:${TARGETARCH}')?.all).toEqual(['x:amd64']);
    expect(pulls('FROM a\nARG TAG=1\nFROM b:t${TAG}')?.all).toEqual(['a', 'b:t']);
  });

  test('kaniko gives FROM no platform, and takes build arguments that are not declared', () => {
    expect(pulls('FROM x:t${TARGETARCH}', 'kaniko')).toEqual({ all: ['x:t'], byPlatform: {} });
    expect(pulls('FROM ${BASE}', 'kaniko', { BASE: 'y:1' })?.all).toEqual(['y:1']);
  });
});

describe('what changes without a trace', () => {
  test('downloads that no checksum holds, whatever form they have', () => {
    const text = [
      'FROM scratch',
      'ARG R=user@example.com:a/b DIR=files',
      'ADD $R /a',
      'ADD ["https://example.com/x", "/b"]',
      'ADD --checksum=sha256:0 https://example.com/y /c',
      'ADD $DIR/x $HOME/y /d/',
    ].join('\n');
    expect(pulls(text)?.all).toEqual(['user@example.com:a/b', 'https://example.com/x', '$HOME/y']);
  });

  test('images of this run and the frontend', () => {
    const text =
      '# syntax=docker/dockerfile:1\nARG ECR_REGISTRY\nARG CURL_TAG=x\nFROM ${ECR_REGISTRY}:${CURL_TAG:-curl-1}\n';
    expect(pulls(text)?.all).toEqual(['docker/dockerfile:1']);
    expect(pulls(text, 'kaniko')?.all).toEqual([]);
  });
});

import { expect, test } from '@jest/globals';
import type { ExecOutcome } from '../../domain/invocation.ts';
import { explainFailure } from './failures.ts';
import { readStepOutput } from './output.ts';

function failed(output: string): ExecOutcome {
  return { exitCode: 1, stdout: '', output, durationMs: 1, timedOut: false, files: {} };
}

function block(place: string, ...lines: readonly string[]): string {
  return [place, '--------------------', ...lines, '--------------------', ''].join('\n');
}

const COPY = block('web/Dockerfile:4', '   3 |     RUN true', '   4 | >>> COPY a /', '   5 |     ');
const RUN = block(
  'web/Dockerfile:7',
  '   6 |     COPY . .',
  '   7 | >>> RUN npm ci && \\',
  '   8 | >>>     npm run build',
  '   9 |     ',
);
const HEREDOC = block('Dockerfile:2', '   2 | >>> RUN <<EOF', '   3 | >>> false', '   4 | >>> EOF');
const exited = (code: number) =>
  `error: failed to solve: process "/bin/sh -c x" did not complete successfully: exit code: ${code}`;
const workers =
  'error: listing workers for Build: failed to list workers: Unavailable: connection error: desc =';
const meta = 'error: failed to solve: 127.0.0.1:5999/x: failed to resolve source metadata for';

/** As buildctl 0.26.3 printed them. test/real/buildkit.test.ts makes the commonest of them happen again. */
const KNOWN: readonly (readonly [string, string, string])[] = [
  [RUN + exited(1), 'BUILD_FAILED', 'RUN npm ci && npm run build exited 1'],
  [HEREDOC + exited(137), 'BUILD_FAILED', 'RUN <<EOF exited 137'],
  [exited(127), 'BUILD_FAILED', 'a step of the Dockerfile exited 127'],
  ['error: failed to solve: target stage "nope" could not be found', 'CONFIG_VALUE', '"nope"'],
  [
    'error: failed to solve: failed to read dockerfile: open web/Nope: no such file or directory',
    'CONFIG_DOCKERFILE',
    'there is no web/Nope',
  ],
  [
    'error: failed to solve: dockerfile parse error on line 2: unknown instruction: RNU (did you mean RUN?)',
    'CONFIG_DOCKERFILE',
    'RNU (did you mean RUN?)',
  ],
  ['error: failed to solve: secret foo: not found', 'CONFIG_VALUE', '"foo"'],
  [
    'error: failed to stat /w/a b: stat /w/a b: no such file or directory',
    'CONFIG_PATH',
    'the secret file /w/a b does not exist',
  ],
  [
    'error: failed to convert agent config {default [] false}: invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set',
    'CONFIG_VARIABLE',
    'SSH_AUTH_SOCK',
  ],
  ['error: cache with type gha requires url parameter to be set', 'CONFIG_VALUE', 'gha'],
  [
    'error: failed to solve: failed to load LLB: security.insecure is not allowed',
    'CONFIG_VALUE',
    'security.insecure',
  ],
  [
    `${workers} "transport: Error while dialing: dial unix /nope: connect: no such file or directory"`,
    'BACKEND_MISSING',
    'dial unix /nope',
  ],
  [
    'error: failed to solve: failed to push 127.0.0.1:1/x:y: failed to do request: Head "http://127.0.0.1:1/v2/x/blobs/sha256:5e": dial tcp 127.0.0.1:1: connect: connection refused',
    'REGISTRY_UNAVAILABLE',
    '127.0.0.1:1/x:y cannot be pushed',
  ],
  [
    'error: failed to solve: failed to push r.example.com/x:y: push access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
    'REGISTRY_AUTH',
    'no basic auth credentials',
  ],
  [
    "error: failed to solve: failed to push r.example.com/x:y: unexpected status from PUT request to https://r.example.com/v2/x/manifests/y: 400 Bad Request: The image tag 'y' already exists and cannot be overwritten because the repository is immutable.",
    'REGISTRY_IMMUTABLE',
    'immutable',
  ],
  [
    'error: failed to solve: failed to push r.internal:5000/x:y: failed to do request: Head "https://r.internal:5000/v2/": http: server gave HTTP response to HTTPS client',
    'REGISTRY_INSECURE',
    'r.internal:5000/x:y',
  ],
  [
    `${meta} 127.0.0.1:5999/x:latest: 127.0.0.1:5999/x:latest: not found`,
    'REGISTRY_NOT_FOUND',
    '127.0.0.1:5999/x:latest cannot be pulled: not found',
  ],
  [
    `${meta} docker.io/library/x:y: failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host`,
    'REGISTRY_UNAVAILABLE',
    'no such host',
  ],
  [`${meta} ghcr.io/a/b:c: pull access denied: insufficient_scope`, 'REGISTRY_AUTH', 'ghcr.io/a/b:c'],
  [
    `${COPY}error: failed to solve: failed to compute cache key: failed to calculate checksum of ref z2::ld: "/a": not found`,
    'BUILD_FAILED',
    'COPY a /: a does not exist in the build context',
  ],
];

test.each(KNOWN)('%s', (output, code, words) => {
  const error = explainFailure(failed(`#4 ERROR: cache: not found\n${output}`));
  expect(error).toMatchObject({ code });
  expect(error?.message).toContain(words);
  expect(error?.message).not.toContain('\n');
  expect(error?.hint).toBeDefined();
});

test('the place is that of the last block', () => {
  expect(explainFailure(failed(COPY + RUN + exited(1)))?.at).toEqual({ file: 'web/Dockerfile', line: 7 });
  const odd = block('a: "b" é/Dockerfile:12', '  12 | >>> RUN x');
  expect(explainFailure(failed(odd + exited(1)))?.at).toEqual({ file: 'a: "b" é/Dockerfile', line: 12 });
  expect(explainFailure(failed(exited(1)))?.at).toBeUndefined();
});

test('what is not known is left to the log, and what was got over explains nothing', () => {
  expect(explainFailure(failed('error: something new'))).toBeUndefined();
  expect(explainFailure(failed(''))).toBeUndefined();
  expect(explainFailure(failed('#9 1.2 secret foo: not found\nerror: something new'))).toBeUndefined();
});

test('what is shown is what the failing step printed', () => {
  const cache = '------\n > importing cache manifest from x:\n------\n';
  const step =
    '------\n > [2/3] RUN npm run build:\n0.412 > vite build\n0.50 \n12.031 error: no theme\n------\n';
  const shown = ['> vite build', '', 'error: no theme'];
  expect(readStepOutput(failed(`#1 x\n${cache}${step}${RUN}${exited(1)}`))).toEqual(shown);
  for (const output of [cache + COPY, '', '------', `${step.replace(' > ', '')}x`]) {
    expect(readStepOutput(failed(output))).toBeUndefined();
  }
});

test('a very long line takes no long time', () => {
  const long = `error: failed to solve: process "${'" did not '.repeat(20_000)}${'x'.repeat(100_000)}`;
  expect(explainFailure(failed(long))).toBeUndefined();
});

import { expect, test } from '@jest/globals';
import type { HephyError } from '../../errors.ts';
import { kanikoLeg } from '../../../test/support/kaniko-leg.ts';
import { explainFailure } from './failures.ts';

const DOCKERFILE = [
  '# syntax=docker/dockerfile:1',
  'FROM node AS build',
  'WORKDIR /src',
  'COPY . .',
  '',
  'ENV CI=1',
  'RUN npm run   build && \\',
  '  # not part of it',
  '  npm test',
  'run true',
  'RUN true',
].join('\n');

function explain(...lines: readonly string[]): HephyError | undefined {
  const output = ['\x1b[36mINFO\x1b[0m[0000] Taking snapshot of files...', ...lines].join('\n');
  const outcome = { exitCode: 1, stdout: '', output, durationMs: 1, timedOut: false, files: {} };
  return explainFailure(outcome, kanikoLeg({ inputFiles: { 'web/Dockerfile': DOCKERFILE } }));
}

function announce(text: string): string {
  return `\x1b[36mINFO\x1b[0m[0012] ${text}     `;
}

const BUILD = 'error building image: error building stage:';
const EXITED = `${BUILD} failed to execute command: waiting for process to exit: exit status`;

test('a step that failed is named with its line in the Dockerfile', () => {
  const error = explain(
    announce('RUN npm run   build &&   npm test'),
    'npm ERR! missing script',
    `${EXITED} 3`,
  );
  expect(error).toThrowWithCode('BUILD_FAILED');
  expect(error?.message).toBe('RUN npm run build && npm test exited 3');
  expect(error?.at).toEqual({ file: 'web/Dockerfile', line: 7 });
});

test('a step that stands there twice has no line, and one that left the log has no name', () => {
  const twice = explain(announce('RUN true'), `${EXITED} 1`);
  expect(twice?.at).toEqual({ file: 'web/Dockerfile' });
  const gone = explain(`${EXITED} 1`);
  expect(gone?.message).toBe('a RUN exited 1');
});

test.each([
  ['RUN --mount=type=ssh git clone git@example.com:a', 'mount=type=ssh'],
  ['RUN --network=none npm ci', 'network='],
  ['RUN --mount=type=bind,from=build,target=/x cat /x/y', 'mount=type=bind,from='],
])('%s failed for what kaniko passes over', (step, named) => {
  const hint = explain(announce(step), `${EXITED} 128`)?.hint;
  expect(hint).toContain(named);
  expect(hint).toContain('buildkit');
});

/** As kaniko 1.28.3 and docker 28 printed them. test/real/kaniko.test.ts makes the commonest of them happen again. */
test.each([
  [
    `${BUILD} failed to execute command: starting command: fork/exec /bin/nosuch: no such file or directory`,
    'BUILD_FAILED',
    '/bin/nosuch',
  ],
  [
    `${BUILD} failed to execute command: starting command: fork/exec /bin/sh: exec format error`,
    'BUILD_FAILED',
    'platform',
  ],
  [
    `${BUILD} failed to execute command: waiting for process to exit: signal: killed`,
    'BUILD_FAILED',
    'killed',
  ],
  [
    `${BUILD} failed to get files used from context: failed to get fileinfo for /kaniko/workspace/nosuch: lstat /kaniko/workspace/nosuch: no such file or directory`,
    'BUILD_FAILED',
    'nosuch does not exist in the build context',
  ],
  [`${BUILD} failed to execute command: secret not defined: npm`, 'CONFIG_VALUE', '"npm"'],
  [
    `${BUILD} failed to execute command: credentials: group ids for user: open: open /etc/group: no such file or directory`,
    'BUILD_FAILED',
    '/etc/group',
  ],
  [`${BUILD} write /x: no space left on device`, 'BUILD_FAILED', 'disk'],
  [
    'error building image: parsing dockerfile: dockerfile parse error on line 2: unknown instruction: FOO (did you mean FROM?)',
    'CONFIG_DOCKERFILE',
    'FOO',
  ],
  [
    'error building image: error finding target stage: "zz" is not a valid target build stage',
    'CONFIG_VALUE',
    '"zz"',
  ],
  ['error building image: could not parse reference: ', 'REGISTRY_REFERENCE', 'FROM'],
  [
    'Error: error resolving secrets: environment variable for secret "tok" not set: NOPE\nUsage:\n  executor [flags]',
    'CONFIG_VARIABLE',
    'NOPE',
  ],
  [
    'error checking push permissions: checking push permission for "r.example.com/shop:x": creating push check transport for r.example.com failed: GET https://r.example.com/v2/: UNAUTHORIZED: authentication required',
    'REGISTRY_AUTH',
    'pushed',
  ],
  [
    'error checking push permissions: checking push permission for "127.0.0.1:1/shop:x": creating push check transport for 127.0.0.1:1 failed: Get "https://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
    'REGISTRY_UNAVAILABLE',
    'pushed',
  ],
  [
    "error pushing image: failed to push to destination r.example.com:5000/shop:x: PUT https://r.example.com/v2/shop/manifests/x: TAG_INVALID: The image tag 'x' already exists and cannot be overwritten because the repository is immutable.",
    'REGISTRY_IMMUTABLE',
    'built',
  ],
  [
    'docker: Cannot connect to the Docker daemon at unix:///nosuch.sock. Is the docker daemon running?',
    'BACKEND_MISSING',
    'unix:///nosuch.sock',
  ],
  [
    'docker: permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
    'BACKEND_MISSING',
    'user',
  ],
  [
    'docker: Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /tmp/a b',
    'BUILD_FAILED',
    '/tmp/a b',
  ],
  [
    'docker: Error response from daemon: manifest for r.example.com/k:v1 not found: manifest unknown',
    'BUILD_FAILED',
    'manifest unknown',
  ],
] as const)('%s', (line, code, named) => {
  const error = explain(line);
  expect(error).toThrowWithCode(code);
  expect(error?.message).toContain(named);
  expect(error?.hint).toBeTruthy();
});

test('no engine: the other ways are named', () => {
  const hint = explain('docker: Cannot connect to the Docker daemon at unix:///x. Is it running?')?.hint;
  expect(hint).toContain('BUILDKIT_HOST');
  expect(hint).toContain('GitLab');
});

test('a base that cannot be pulled is named', () => {
  const retrieved = announce('Retrieving image 127.0.0.1:5911/nobase from registry 127.0.0.1:5911');
  const said = 'GET http://127.0.0.1:5911/v2/nobase/manifests/latest: MANIFEST_UNKNOWN: manifest unknown';
  const error = explain(
    retrieved,
    `error building image: unable to complete operation after 3 attempts, last error: ${said}`,
  );
  expect(error).toThrowWithCode('REGISTRY_NOT_FOUND');
  expect(error?.message).toContain('the base image 127.0.0.1:5911/nobase cannot be pulled');
});

test('what is not known is left to the end of the log', () => {
  expect(explain('something else')).toBeUndefined();
  expect(explain('program: error building image of the user: docker: no')).toBeUndefined();
});

test('a log that tries to take long does not', () => {
  expect(explain(announce(`RUN ${' '.repeat(100_000)}x`), `${EXITED} 1`)?.message).toContain('exited 1');
});

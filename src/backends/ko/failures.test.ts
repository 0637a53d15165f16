import { expect, test } from '@jest/globals';
import { koLeg } from '../../../test/support/ko-leg.ts';
import type { ExecOutcome } from '../../domain/invocation.ts';
import { explainFailure } from './failures.ts';

function failed(output: string): ExecOutcome {
  return { exitCode: 1, stdout: '', output, durationMs: 1, timedOut: false, files: {} };
}

const publish = 'Error: failed to publish images:';
const build = `${publish} error building "ko://example.com/shop/api/cmd/server":`;

/** As ko 0.19.1 with Go 1.26 printed them. test/real/ko.test.ts makes the commonest of them happen again. */
const KNOWN: readonly (readonly [string, string, string])[] = [
  [
    `Error: ... err: go command required, not found: exec: "go": executable file not found in $PATH: stderr: `,
    'TOOL_MISSING',
    'go',
  ],
  [
    `${build} build: go build: exit status 1: # runtime/cgo\ncgo: C compiler "gcc" not found: exec: "gcc": executable file not found in $PATH`,
    'TOOL_MISSING',
    'gcc',
  ],
  [
    `Error: ... stderr: go: go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)`,
    'BUILD_FAILED',
    '1.99',
  ],
  [
    `Error: ... stderr: go: go.mod file not found in current directory or any parent directory; see 'go help modules'`,
    'CONFIG_KO',
    'go.mod',
  ],
  [
    `${publish} importpath "ko://./cmd/nope" is not supported: importpath is not \`package main\``,
    'CONFIG_KO',
    '"./cmd/nope"',
  ],
  [`${publish} qualifying local import : found 2 local packages, expected 1`, 'CONFIG_KO', '2 packages'],
  [
    `${build} build: template: argsTmpl:1:23: executing "argsTmpl" at <.Env.NOPE>: map has no entry for key "NOPE"`,
    'CONFIG_VARIABLE',
    'NOPE',
  ],
  [`${build} build: template: argsTmpl:1: unclosed action`, 'CONFIG_VALUE', 'unclosed action'],
  [`${build} no matching platforms in base image index`, 'BUILD_FAILED', 'platform'],
  [
    `${build} base image platform "linux/arm64" does not match desired platforms [linux/amd64]`,
    'BUILD_FAILED',
    'linux/arm64, not for linux/amd64',
  ],
  [
    `${build} fetching base image: pulling 127.0.0.1:5077/nobase:latest: GET http://127.0.0.1:5077/v2/nobase/manifests/latest: MANIFEST_UNKNOWN: manifest unknown; unknown tag=latest`,
    'REGISTRY_NOT_FOUND',
    '127.0.0.1:5077/nobase:latest',
  ],
  [
    `${build} fetching base image: pulling cgr.dev/base: Get "https://cgr.dev/v2/": dial tcp: lookup cgr.dev: no such host`,
    'REGISTRY_UNAVAILABLE',
    'no such host',
  ],
  [
    `${build} fetching base image: pulling ghcr.io/a/b: GET https://ghcr.io/token: DENIED: requested access to the resource is denied`,
    'REGISTRY_AUTH',
    'DENIED',
  ],
  [
    `${publish} error publishing ko://example.com/x: writing sbom: Get "https://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused`,
    'REGISTRY_UNAVAILABLE',
    'connection refused',
  ],
  [
    `${publish} error publishing ko://example.com/x: POST https://r.example.com/v2/x/blobs/uploads/: UNAUTHORIZED: authentication required`,
    'REGISTRY_AUTH',
    'UNAUTHORIZED',
  ],
  [
    `${publish} error publishing ko://example.com/x: PUT https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/x/manifests/t: TAG_INVALID: The image tag 't' already exists and cannot be overwritten because the repository is immutable.`,
    'REGISTRY_IMMUTABLE',
    'immutable',
  ],
  [
    `${publish} error publishing ko://example.com/x: PUT https://r.example.com/v2/x/manifests/t: MANIFEST_INVALID: manifest invalid`,
    'REGISTRY_REJECTED',
    'MANIFEST_INVALID',
  ],
  [
    `${build} build: go build: exit status 1: # example.com/shop/api/cmd/server\ncmd/server/main.go:27:85: undefined: catalog.Itemz\ncmd/server/main.go:27:94: missing key in map literal`,
    'BUILD_FAILED',
    'undefined: catalog.Itemz',
  ],
  [
    `${build} build: go build: exit status 1: cmd/server/main.go:7:2: no required module provides package github.com/nope/dep; to add it:\n\tgo get github.com/nope/dep`,
    'BUILD_FAILED',
    'no required module provides',
  ],
  [
    `${build} build: go build: exit status 1: main.go:3:2: missing go.sum entry for module`,
    'BUILD_FAILED',
    'missing go.sum',
  ],
  [
    `${publish} qualifying local import : err: exit status 1: stderr: go: errors parsing go.mod:\ngo.mod:1: usage: module module/path`,
    'BUILD_FAILED',
    'usage: module module/path',
  ],
  [
    `${build} build: go build: exit status 1: go: malformed module path "exa mple": invalid char ' '`,
    'BUILD_FAILED',
    'malformed module path "exa mple"',
  ],
];

const failedIn = (text: string): string => `${build} build: go build: exit status 1: ${text}`;

/** As CI shows it: from the root of the repository. Go writes it from the directory of the module. */
test.each([
  [
    '# example.com/x\ncmd/server/main.go:27:85: undefined: x',
    { file: 'services/api/cmd/server/main.go', line: 27, column: 85 },
  ],
  ['# example.com/lib\n../lib/lib.go:2:9: undefined: y', { file: 'services/lib/lib.go', line: 2, column: 9 }],
  [
    '/checkout/services/api/main.go:2:8: invalid import path: My Pkg',
    { file: 'services/api/main.go', line: 2, column: 8 },
  ],
  ['go: errors parsing go.mod:\ngo.mod:3: unknown directive: foo', { file: 'services/api/go.mod', line: 3 }],
  ['/root/go/pkg/mod/x@v1/x.go:1:1: undefined: z', undefined],
  ['../../../elsewhere/x.go:1:1: undefined: z', undefined],
])('%s', (output, at) => {
  expect(explainFailure(failed(failedIn(output)), koLeg())).toMatchObject({ code: 'BUILD_FAILED', at });
});

test.each(KNOWN)('%s', (output, code, words) => {
  const error = explainFailure(failed(`2026/11/20 21:36:08 Using base x\n${output}\n`), koLeg());
  expect(error).toMatchObject({ code });
  expect(error?.message).toContain(words);
  expect(error?.message).not.toContain('\n');
  expect(error?.hint).toBeDefined();
});

test('what is not known is left to the log', () => {
  expect(explainFailure(failed('Error: something new'), koLeg())).toBeUndefined();
  expect(explainFailure(failed(''), koLeg())).toBeUndefined();
});

test('a failure that ko got over explains nothing', () => {
  const passing = 'cache.get("x") failed: fetching base image: pulling x: no\nmain.go:1:1: note\n';
  expect(explainFailure(failed(passing), koLeg())).toBeUndefined();
  expect(explainFailure(failed(`${passing}Error: something new`), koLeg())).toBeUndefined();
});

test('a very long line takes no long time', () => {
  const long = `Error: ${'x'.repeat(100_000)} go build: ${'a.go:'.repeat(20_000)}`;
  expect(explainFailure(failed(long), koLeg())).toBeUndefined();
});

import { expect, test } from '@jest/globals';
import type { ExecOutcome } from '../../domain/invocation.ts';
import { explainFailure } from './failures.ts';

function failed(output: string): ExecOutcome {
  return { exitCode: 1, stdout: '', output, durationMs: 1, timedOut: false, files: {} };
}

const push = 'Error: cannot push Spin application\n\nCaused by:\n';
const command = 'Error: Build command for component edge failed with status';
const url = 'url http://127.0.0.1:5000/v2/shop/blobs/uploads/';

/** As Spin 4.0.2 prints them; test/real/spin.test.ts has some of them happen. */
const KNOWN: readonly (readonly [string, string, string])[] = [
  [`Error: No such file or directory 'apps/spin.toml'`, 'CONFIG_PATH', 'at apps/spin.toml'],
  [`Error: Directory apps does not contain a file named 'spin.toml'`, 'CONFIG_PATH', 'at apps'],
  [
    'Error: Cannot read manifest file from "spin.toml"\n\nCaused by:\n   0: invalid manifest: TOML\n   1: expected `.`, `=`',
    'BUILD_FAILED',
    'spin.toml: invalid manifest: TOML: expected `.`, `=`',
  ],
  [
    'Error: Failed to load Spin app from "spin.toml"\n\nCaused by:\n   0: Failed to load component `edge`\n   1: File or directory "assets" does not exist',
    'BUILD_FAILED',
    'Failed to load component `edge`: File or directory "assets" does not exist',
  ],
  [
    'Error: failed to read component source from disk at path "/checkout/edge/dist/edge.wasm"\n\nCaused by:\n      No such file or directory (os error 2)',
    'BUILD_FAILED',
    '/checkout/edge/dist/edge.wasm',
  ],
  ['Error: Component edge source is not a valid .wasm file', 'BUILD_FAILED', 'Component edge'],
  [`src/index.js: oh no\n${command} Exited(2)`, 'BUILD_FAILED', 'component edge failed (exit status 2)'],
  [`${command} Signaled(9)`, 'BUILD_FAILED', 'killed by signal 9'],
  [`${command} Undetermined`, 'BUILD_FAILED', '(Undetermined)'],
  [`sh: 1: j2w: not found\n${command} Exited(127)`, 'TOOL_MISSING', 'needs j2w'],
  [`bash: line 1: cargo: command not found\n${command} Exited(127)`, 'TOOL_MISSING', 'needs cargo'],
  [`/bin/sh: tinygo: not found\n${command} Exited(127)`, 'TOOL_MISSING', 'needs tinygo'],
  [
    `error[E0463]: can't find crate for \`std\`\n  |\n  = note: the \`wasm32-wasip1\` target may not be installed\n${command} Exited(101)`,
    'TOOL_MISSING',
    'for wasm32-wasip1',
  ],
  [
    'Error: All components built successfully, but one or more was incompatible with one or more of the deployment targets.',
    'BUILD_FAILED',
    'incompatible',
  ],
  [
    'Error: cannot parse reference 127.0.0.1:5000/Shop:a\n\nCaused by:\n      invalid reference format',
    'REGISTRY_REFERENCE',
    '127.0.0.1:5000/Shop:a',
  ],
  [`${push}      Not authorized: ${url}`, 'REGISTRY_AUTH', 'Not authorized'],
  [
    `${push}      Registry error: ${url}, envelope: OCI API errors: [OCI API error: requested access to the resource is denied]`,
    'REGISTRY_AUTH',
    'denied',
  ],
  [`${push}      Server error: ${url}, code: 503, message: busy`, 'REGISTRY_UNAVAILABLE', 'busy'],
  [
    `${push}   0: error sending request for url (https://127.0.0.1:1/v2/)\n   1: client error (Connect)\n   2: tcp connect error\n   3: Connection refused (os error 111)`,
    'REGISTRY_UNAVAILABLE',
    'Connection refused',
  ],
  [
    `${push}      Registry error: ${url}, envelope: OCI API errors: [OCI API error: The image tag 'a' already exists and cannot be overwritten because the repository is immutable.]`,
    'REGISTRY_IMMUTABLE',
    'immutable',
  ],
  [`${push}      Registry did not return a location header`, 'REGISTRY_REJECTED', 'location header'],
  [
    `error: unexpected argument '--build' found\n\nUsage: spin registry push [OPTIONS] <REFERENCE>`,
    'TOOL_MISSING',
    '--build',
  ],
];

test.each(KNOWN)('%s', (output, code, words) => {
  const error = explainFailure(failed(`Building component edge with \`npm run build\`\n${output}\n`));
  expect(error).toMatchObject({ code });
  expect(error?.message).toContain(words);
  expect(error?.message).not.toContain('\n');
  expect(error?.hint).toBeDefined();
});

test('what is not known is left to the log', () => {
  expect(explainFailure(failed('Error: something new'))).toBeUndefined();
  expect(explainFailure(failed(''))).toBeUndefined();
});

test('what a build command printed and got over explains nothing', () => {
  const passing = "Error: No such file or directory 'x'\nsh: 1: j2w: not found\n";
  expect(explainFailure(failed(passing + 'Error: something new'))).toBeUndefined();
  const other = explainFailure(failed(`${passing}${command} Exited(1)`));
  expect(other).toMatchObject({ code: 'BUILD_FAILED' });
});

test('a very long line takes no long time', () => {
  const long = `Error: ${'is not a valid'.repeat(50_000)}\nCaused by:\n${' '.repeat(100_000)}x\n${'sh: '.repeat(50_000)}`;
  expect(explainFailure(failed(long))).toBeUndefined();
  expect(explainFailure(failed(`${'a/sh'.repeat(50_000)}\n${command} Exited(127)`))).toBeDefined();
});

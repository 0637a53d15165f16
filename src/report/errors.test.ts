import { describe, expect, test } from '@jest/globals';
import { makeImage, makeLeg, makeRun } from '../../test/support/results.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import { describeError, renderError, renderErrorTable } from './errors.ts';
import { renderFailures } from './failures.ts';
import { createStyle } from './style.ts';

const style = createStyle(false);
const plain = { style, debug: false };

const platform = new HephyError('CONFIG_PLATFORM', 'platforms[1]: unknown platform "linux/arm46"', {
  at: { file: 'services/api/build-config.yaml', line: 12, column: 5 },
  hint: 'Did you mean "linux/arm64"?',
});
const key = new HephyError('CONFIG_UNKNOWN_KEY', 'unknown key "dockerfile"', {
  at: { file: 'web/build-config.yaml', line: 3, column: 1 },
});

describe('problems', () => {
  test('of configs come by file and line, with what was not done', () => {
    const late = new HephyError('CONFIG_TYPE', 'late', { at: { file: 'web/build-config.yaml', line: 20 } });
    expect(renderError(new HephyErrors([late, key, platform]), plain)).toBe(
      [
        'services/api/build-config.yaml:12:5: platforms[1]: unknown platform "linux/arm46"  CONFIG_PLATFORM',
        '  Did you mean "linux/arm64"?',
        'web/build-config.yaml:3:1: unknown key "dockerfile"  CONFIG_UNKNOWN_KEY',
        'web/build-config.yaml:20: late  CONFIG_TYPE',
        '',
        '3 problems in 2 files. Nothing was built. Reference: docs/build-config.md',
      ].join('\n'),
    );
  });

  test('that stand alone need no sum', () => {
    const error = new HephyError('REGISTRY_AUTH', 'ghcr.io refused\nthe token', { hint: 'Log in.' });
    expect(renderError(error, plain)).toBe('ghcr.io refused  REGISTRY_AUTH\n  the token\n  Log in.');
  });

  test('show the controls of hostile names', () => {
    const error = new HephyError('CONFIG_TYPE', 'a\x1b[2Jb', { at: { file: 'x\ny.yaml', line: 1 } });
    expect(renderError(error, plain)).toContain('x\\ny.yaml:1: a\\x1b[2Jb  CONFIG_TYPE');
  });

  test('of our own are called that, without a stack unless asked for', () => {
    const fault = new TypeError('x is undefined', { cause: new Error('root') });
    const text = renderError(fault, plain);
    expect(text).toContain('hephy-builder itself failed: x is undefined  INTERNAL');
    expect(text).toContain('HEPHY_DEBUG=1');
    expect(text).not.toContain('    at ');
    const debug = renderError(fault, { style, debug: true });
    expect(debug).toContain('TypeError: x is undefined\n    at ');
    expect(debug).toContain('Error: root\n    at ');
    expect(renderError('thrown text', plain)).toContain('thrown text  INTERNAL');
  });

  test('as data', () => {
    expect(describeError(new HephyErrors([platform, new HephyError('USAGE', 'what?')]))).toEqual({
      errors: [
        { code: 'USAGE', message: 'what?', file: null, line: null, column: null, hint: null },
        {
          code: 'CONFIG_PLATFORM',
          message: 'platforms[1]: unknown platform "linux/arm46"',
          file: 'services/api/build-config.yaml',
          line: 12,
          column: 5,
          hint: 'Did you mean "linux/arm64"?',
        },
      ],
    });
  });

  test('in the documents', () => {
    expect(renderErrorTable({ USAGE: 'Bad | line.' })).toBe(
      '| code | meaning |\n| --- | --- |\n| `USAGE` | Bad \\| line. |\n',
    );
  });
});

describe('build failures', () => {
  const error = {
    code: 'BUILD_FAILED',
    message: 'RUN npm run build exited 1',
    at: { file: 'web/Dockerfile', line: 7 },
    hint: 'Add the file.',
  };
  const failed = makeLeg('web/linux-arm64', {
    state: 'failed',
    durationMs: 14_200,
    error,
    lastLines: ['> vite build', "error: Cannot find module './theme'"],
    log: '.hephy/logs/web-linux-arm64.log',
  });
  const stopped = makeLeg('storefront/linux-arm64', { state: 'skipped', because: 'web/linux-arm64' });
  const images = [
    makeImage('base'),
    makeImage('api'),
    makeImage('web', { state: 'failed', digest: null, error }),
    makeImage('storefront', { state: 'skipped', digest: null }),
  ];

  test('begin with the cause and end with what became of the rest', () => {
    expect(renderFailures(makeRun({ images, legs: [failed, stopped] }), style)).toBe(
      [
        'web/linux-arm64 failed after 14s  BUILD_FAILED',
        '  web/Dockerfile:7  RUN npm run build exited 1',
        '  │ > vite build',
        "  │ error: Cannot find module './theme'",
        '  Add the file.',
        '  Full log: .hephy/logs/web-linux-arm64.log',
        '  Therefore not built: storefront.',
        '  Published anyway: base, api.',
      ].join('\n'),
    );
  });

  test('that are alike come once; an image that could not be published is one too', () => {
    const twin = { ...failed, id: 'web/linux-amd64', durationMs: 3000, log: null, lastLines: [] };
    const mismatch = { code: 'MANIFEST_MISMATCH', message: 'api-1-amd64 is linux/arm64' };
    const run = makeRun({
      images: [makeImage('api', { state: 'failed', digest: null, error: mismatch }), ...images.slice(2)],
      legs: [{ ...failed, lastLines: [], error: { ...error, hint: undefined } }, twin],
    });
    expect(renderFailures(run, style)).toBe(
      [
        'web/linux-arm64, web/linux-amd64 failed after 14s  BUILD_FAILED',
        '  web/Dockerfile:7  RUN npm run build exited 1',
        '  Full log: .hephy/logs/web-linux-arm64.log',
        '',
        'api was not published  MANIFEST_MISMATCH',
        '  api-1-amd64 is linux/arm64',
        '',
        'Nothing was published.',
      ].join('\n'),
    );
  });

  test('that did not happen take no room', () => {
    expect(renderFailures(makeRun({ images: [makeImage('api')] }), style)).toBe('');
  });
});

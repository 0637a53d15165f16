import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pinOf, toolMarker, toolPath } from '../system/tools/tool-pins.ts';
import { openToolbox, type Toolbox } from './toolbox.ts';

let bin: string;
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'hephy-toolbox-'));
});
afterEach(() => rm(bin, { recursive: true }));

async function toolbox(variables: Record<string, string>, ...programs: readonly string[]): Promise<Toolbox> {
  for (const name of programs) {
    await writeFile(join(bin, name), '#!/bin/sh\n');
    await chmod(join(bin, name), 0o755);
  }
  const settings = { buildkitImage: undefined, insecureRegistries: [], registryMirrors: [] };
  return openToolbox({ env: { PATH: bin, HOME: bin, ...variables }, settings });
}

/** Two pieces of work, the first of which ends last when both may run at once. */
async function order(begin: (work: () => Promise<void>) => Promise<void>): Promise<readonly string[]> {
  const ended: string[] = [];
  let free = (): void => undefined;
  const held = new Promise<void>((resolve) => (free = resolve));
  const first = begin(async () => {
    await held;
    ended.push('first');
    throw new Error('a build that fails');
  });
  const second = begin(async () => {
    ended.push('second');
  });
  await new Promise((resolve) => setImmediate(resolve));
  free();
  await expect(first).rejects.toThrow('fails');
  await second;
  return ended;
}

test('a tool is looked for once, and runs beside itself', async () => {
  const box = await toolbox({}, 'ko', 'go');
  const ko = await box('ko');
  expect(ko).toMatchObject({ path: join(bin, 'ko'), flags: [], env: { PATH: bin } });
  await rm(join(bin, 'ko'));
  expect(await box('ko')).toBe(ko);
  expect(await order(ko.begin)).toEqual(['second', 'first']);
  await expect(box('crane-that-is-not-there')).rejects.toThrowWithCode('TOOL_MISSING');
});

test('ko finds the Go that is in the cache, or the one that a user names', async () => {
  const pin = pinOf('go') ?? { version: '' };
  const go = toolPath('go', pin, { HOME: bin });
  await mkdir(dirname(go), { recursive: true });
  await writeFile(go, '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(toolMarker('go', pin, { HOME: bin }), '');
  const box = await toolbox({}, 'ko');
  expect((await box('ko')).env['PATH']).toBe(`${dirname(go)}:${bin}`);
  const other = await toolbox({ KO_GO_PATH: '/opt/go' }, 'ko');
  expect((await other('ko')).env['PATH']).toBe(bin);
});

test('buildctl is led to the builder', async () => {
  const box = await toolbox({ BUILDKIT_HOST: 'tcp://b:1', HEPHY_BUILDKIT_TLS_DIR: '/certs' }, 'buildctl');
  expect(await box('buildctl')).toMatchObject({
    path: join(bin, 'buildctl'),
    flags: ['--tlsdir', '/certs'],
    env: { BUILDKIT_HOST: 'tcp://b:1' },
  });
});

test('builders that come and go take turns, whether a build fails or not', async () => {
  const { path, begin } = await (await toolbox({}, 'buildctl-daemonless.sh'))('buildctl');
  expect(path).toBe(join(bin, 'buildctl-daemonless.sh'));
  expect(await order(begin)).toEqual(['first', 'second']);
});

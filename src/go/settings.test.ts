import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTempDir } from '../../test/support/git-repo.ts';
import { TOOL_PATH } from '../../test/support/hephy.ts';
import { pinOf, toolMarker, toolPath } from '../system/tools/tool-pins.ts';
import { readGoSettings } from './settings.ts';

const { signal } = new AbortController();
const VERSION = pinOf('go')?.version ?? '';

let home: string;
beforeEach(async () => {
  home = await createTempDir();
});

/** A machine without Go, from which it may be fetched. */
function without(env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  return readGoSettings({ PATH: home, HOME: home, ...env }, signal);
}

/** As a real Go says it, with its own defaults and nothing of this machine's. */
async function askReal(
  env: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  return readGoSettings({ PATH: TOOL_PATH, HOME: home, GOTOOLCHAIN: 'auto', ...env }, signal);
}

describe('where Go is not here', () => {
  test('what will be downloaded is what a real one says of itself, but for its version', async () => {
    expect(await without()).toEqual({ ...(await askReal()), GOVERSION: `go${VERSION}` });
    const own = { GOTOOLCHAIN: 'local' };
    expect(await without(own)).toEqual({ ...(await askReal(own)), GOVERSION: `go${VERSION}` });
  });

  test.each([
    ['a setting', { GOFLAGS: '-mod=vendor' }],
    ['another Go', { GOTOOLCHAIN: 'go1.22.1' }],
    ['an architecture', { GOAMD64: 'v3' }],
    ['no downloads', { HEPHY_TOOL_MIRROR: 'off' }],
  ])('nothing is known with %s', async (_what, env) => {
    await expect(without(env)).rejects.toThrow(/is set, and Go is not installed yet|Go is not installed/);
  });

  test('nothing is known with settings in a file, unless nobody reads it', async () => {
    await mkdir(join(home, '.config/go'), { recursive: true });
    await writeFile(join(home, '.config/go/env'), 'GOFLAGS=-tags=x\n');
    await expect(without()).rejects.toThrow('a file has settings for Go');
    await expect(without({ GOENV: 'off' })).resolves.toMatchObject({ GOFLAGS: '' });
  });
});

describe('where Go is here', () => {
  test('it is asked, in the cache as well, for what it compiles to on any machine', async () => {
    const path = toolPath('go', { ...pinOf('go'), version: VERSION }, { HOME: home });
    await mkdir(dirname(path), { recursive: true });
    const says = '{"GOVERSION":"go1.9","GOAMD64":"' + '$A", "GOARM64":"$B"}';
    const script = `case $GOARCH in amd64) A=v2 B=;; *) A= B=v9.0;; esac; echo "${says.replaceAll('"', '\\"')}"`;
    await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await writeFile(toolMarker('go', { ...pinOf('go'), version: VERSION }, { HOME: home }), '');
    expect(await without()).toEqual({ GOVERSION: 'go1.9', GOAMD64: 'v2', GOARM64: 'v9.0' });
  });

  test('settings of the machine count, and what only this machine has is not known', async () => {
    const real = await askReal({ GOARM64: 'v9.0', GOAMD64: 'v3', GOFLAGS: '-trimpath' });
    expect(real).toMatchObject({ GOARM64: 'v9.0', GOAMD64: 'v3', GOFLAGS: '-trimpath' });
    await expect(askReal({ GOFLAGS: '-overlay=x.json' })).rejects.toThrow('only this machine has');
  });
});

import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cacheDir } from '../files/cache-dir.ts';
import { findProgram } from '../process/find-program.ts';
import { inspectTools } from './inspect-tools.ts';
import { pinOf, toolCache, toolMarker, toolPath, type Pin } from './tool-pins.ts';
import { withToolCache } from './runner-cache.ts';
import { findTool, lookUpTool } from './tools.ts';

let home: string;
let bin: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hephy-tools-'));
  bin = join(home, 'bin');
  await mkdir(bin);
});
afterEach(() => rm(home, { recursive: true }));

/** Without downloads: those have tests of their own. */
const env = () => ({ PATH: bin, HOME: home, SECRET: 'not for children', HEPHY_TOOL_MIRROR: 'off' });

async function program(path: string, ...lines: readonly string[]): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, ['#!/bin/sh', 'PATH=/usr/bin:/bin', ...lines, ''].join('\n'));
  await chmod(path, 0o755);
  return path;
}

function pinned(name: string): Pin {
  return pinOf(name) ?? { version: '' };
}

/** Stands for Go: notes how it was called, and leaves a program where `go install` would. */
function fakeGo(...extra: readonly string[]): Promise<string> {
  const log = join(home, 'calls');
  return program(
    join(bin, 'go'),
    `echo "$* GOFLAGS=$GOFLAGS SECRET=$SECRET" >> '${log}'`,
    ...extra,
    'name=${2##*/}; name=${name%@*}',
    'printf "#!/bin/sh\\necho built\\n" > "$GOBIN/$name"; chmod 755 "$GOBIN/$name"',
  );
}

test('every tool is pinned to a whole version and a Go package', () => {
  for (const name of ['ko', 'registry', 'crane', 'buildctl', 'buildkitd']) {
    expect(pinned(name).version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(pinned(name).go?.endsWith(`/${name}`)).toBe(true);
  }
  expect(pinned('go')).toMatchObject({ release: { host: 'https://go.dev', whole: true } });
  for (const name of ['docker', 'toString', '__proto__']) expect(pinOf(name)).toBeUndefined();
});

test.each([
  [{ HOME: '/home/u' }, '/home/u/.cache/hephy-builder'],
  [{ HOME: '/home/u', XDG_CACHE_HOME: '/x' }, '/x/hephy-builder'],
  [{ HOME: '/home/u', XDG_CACHE_HOME: 'relative' }, '/home/u/.cache/hephy-builder'],
  [{ XDG_CACHE_HOME: '/x', RUNNER_TOOL_CACHE: '/tools' }, '/tools/hephy-builder'],
  [{ XDG_CACHE_HOME: '/x', RUNNER_TOOL_CACHE: '' }, '/x/hephy-builder'],
])('with %j the cache is %s', (variables, expected) => {
  expect(cacheDir(variables)).toBe(expected);
});

describe('on PATH', () => {
  test('only absolute directories and programs that can be run count', async () => {
    await mkdir(join(bin, 'ko'));
    await writeFile(join(home, 'ko'), 'no program');
    const path = await program(join(home, 'last', 'ko'), 'true');
    const PATH = ['', '.', 'bin', bin, home, join(home, 'missing'), dirname(path)].join(':');
    expect(await findProgram('ko', { PATH })).toBe(path);
    expect(await findProgram('ko', {})).toBeUndefined();
  });

  test('comes before the cache', async () => {
    const cached = await program(toolPath('ko', pinned('ko'), env()), 'true');
    await writeFile(toolMarker('ko', pinned('ko'), env()), '');
    expect(await findTool('ko', { env: env() })).toEqual({ path: cached, source: 'cache' });
    const path = await program(join(bin, 'ko'), 'true');
    expect(await findTool('ko', { env: env() })).toEqual({ path, source: 'path' });
  });
});

describe('in the runner’s tool cache', () => {
  const runner = () => ({ ...env(), RUNNER_TOOL_CACHE: join(home, 'runner') });

  /** As setup-go does it. */
  async function setUpGo(...versions: readonly string[]): Promise<void> {
    for (const version of versions) {
      await program(join(home, 'runner/go', version, process.arch, 'bin/go'), `echo go version go${version}`);
      await writeFile(join(home, 'runner/go', version, `${process.arch}.complete`), '');
    }
  }

  test('the newest Go that another action left is found, and only one that is complete', async () => {
    await setUpGo('1.9.7', '1.24.11', '1.25.3');
    await program(join(home, 'runner/go/1.99.0', process.arch, 'bin/go'), 'true');
    const path = join(home, 'runner/go/1.25.3', process.arch, 'bin/go');
    expect(await lookUpTool('go', runner())).toEqual({ path, source: 'cache' });
    expect(await lookUpTool('ko', runner())).toBe(undefined);
  });

  test('a Go that cannot fetch a newer one is none', async () => {
    await setUpGo('1.20.14');
    expect(await lookUpTool('go', runner())).toBe(undefined);
  });

  test('what is added is found by other actions', async () => {
    await fakeGo();
    const { path } = await findTool('ko', { env: runner() });
    const { version } = pinned('ko');
    const other = await withToolCache(runner(), (tools) => tools.find('ko', version));
    expect(other).toBe(dirname(path));
    expect(other).toBe(join(home, 'runner/ko', version, process.arch));
  });
});

describe('built by Go', () => {
  test('once, however many ask at the same time', async () => {
    await fakeGo('sleep 0.1');
    const lines: string[] = [];
    const search = {
      env: { ...env(), GOFLAGS: '-mod=vendor' },
      onProgress: (line: string) => lines.push(line),
    };
    const found = await Promise.all([1, 2, 3].map(() => findTool('ko', search)));
    const path = toolPath('ko', pinned('ko'), env());
    expect(found).toEqual([1, 2, 3].map(() => ({ path, source: 'installed' })));
    const calls = await readFile(join(home, 'calls'), 'utf8');
    expect(calls).toBe(`install github.com/google/ko@v${pinned('ko').version} GOFLAGS= SECRET=\n`);
    expect(lines.filter((line) => line.startsWith('building ko'))).toHaveLength(1);
    expect(await readdir(join(toolCache(env()), 'ko'))).toEqual([pinned('ko').version]);
    expect((await readdir(dirname(dirname(path)))).sort()).toEqual([
      process.arch,
      `${process.arch}.complete`,
    ]);
  });

  test('by way of a module, where the program cannot be installed from outside of its own', async () => {
    const write = 'printf "#!/bin/sh\\necho built\\n" > "$6"; chmod 755 "$6"';
    await program(
      join(bin, 'go'),
      `echo "$*" >> '${join(home, 'calls')}'`,
      `[ "$1" != build ] || { ${write}; }`,
    );
    const { version, go, stamp } = pinned('buildctl');
    const path = toolPath('buildctl', pinned('buildctl'), env());
    expect(await findTool('buildctl', { env: env() })).toEqual({ path, source: 'installed' });
    const calls = (await readFile(join(home, 'calls'), 'utf8')).split('\n');
    expect(calls.slice(0, 2)).toEqual(['mod init tools', `get ${go}@v${version}`]);
    expect(calls[2]).toMatch(
      new RegExp(`^build -trimpath -ldflags -X ${stamp}=v${version} -o .*/buildctl ${go}$`),
    );
  });

  test('what an interrupted install left is replaced', async () => {
    await fakeGo();
    const path = toolPath('crane', pinned('crane'), env());
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'half');
    expect(await findTool('crane', { env: env() })).toEqual({ path, source: 'installed' });
    expect(await readFile(path, 'utf8')).toContain('built');
  });

  test('a failure says what Go said, and leaves nothing', async () => {
    await fakeGo('echo "go: module lookup disabled" >&2; exit 1');
    const search = findTool('ko', { env: env() });
    await expect(search).rejects.toThrowWithCode('TOOL_MISSING');
    await expect(search).rejects.toThrow('module lookup disabled');
    expect(await readdir(join(toolCache(env()), 'ko'))).toEqual([]);
  });

  test('an interruption is one', async () => {
    const stop = new AbortController();
    await fakeGo('sleep 60');
    const search = findTool('ko', { env: env(), signal: stop.signal, onProgress: () => stop.abort() });
    await expect(search).rejects.toThrowWithCode('CANCELLED');
  });
});

test.each(['ko', 'docker', '../evil'])('%s is nowhere, and there is no Go', async (name) => {
  await expect(findTool(name, { env: env() })).rejects.toThrowWithCode('TOOL_MISSING');
});

test('the doctor tells what is there, what differs, what is broken and what is missing', async () => {
  await program(join(bin, 'git'), 'echo "git version 2.39.5 (Apple Git-154)"');
  await program(join(bin, 'go'), 'echo go version go1.26.8 linux/amd64');
  await program(join(bin, 'ko'), 'echo v0.1.2');
  await program(
    toolPath('registry', pinned('registry'), env()),
    `echo registry x v${pinned('registry').version}+unknown`,
  );
  await writeFile(toolMarker('registry', pinned('registry'), env()), '');
  await program(join(bin, 'docker'), 'echo "Cannot connect to 1.2.3" >&2; exit 1');
  await writeFile(join(bin, 'crane'), 'no interpreter', { mode: 0o755 });
  const reports = await inspectTools(env());
  const told = reports.map(({ name, state, source, version }) => [name, state, source, version].join(' '));
  expect(told).toEqual([
    'git ok path 2.39.5',
    'go ok path 1.26.8',
    'ko differs path 0.1.2',
    'buildctl missing  ',
    'spin missing  ',
    `registry ok cache ${pinned('registry').version}`,
    'crane broken path ',
    'docker broken path ',
  ]);
  for (const report of reports) expect(report.advice === null).toBe(report.state === 'ok');
  const nothing = await inspectTools({ PATH: '', HOME: join(home, 'nobody') });
  expect(nothing.map((report) => report.state)).toEqual(Array(8).fill('missing'));
});

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTempDir } from '../../../test/support/git-repo.ts';
import { listen, type Loopback } from '../../../test/support/loopback.ts';
import type { Env } from '../env.ts';
import { readOrigin } from './install-once.ts';
import { releasePlatform } from './tool-download.ts';
import { pinOf, toolCache, toolPath, type Release, type PinnedTool } from './tool-pins.ts';
import { obtainTool } from './tools.ts';

const SCRIPT = '#!/bin/sh\necho from the release\n';
const servers: Loopback[] = [];
let home: string;
let bin: string;
beforeEach(async () => {
  home = await createTempDir();
  bin = join(home, 'bin');
  await mkdir(bin);
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function release(content: string | Buffer, member = 'pack/tool'): Promise<Buffer> {
  const dir = await createTempDir();
  await mkdir(dirname(join(dir, member)), { recursive: true });
  await writeFile(join(dir, member), content, { mode: 0o600 });
  return execFileSync('tar', ['-czf', '-', '-C', dir, member]);
}

async function makeTree(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const dir = await createTempDir();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content, { mode: 0o755 });
  }
  return execFileSync('tar', ['-czf', '-', '-C', dir, '.']);
}

function releaseOf(sha256: string, member: string, platform = releasePlatform()): Release {
  const whole = member !== 'pack/tool';
  const assets = { [platform]: { name: 'This_machine', sha256 } };
  const path = 'acme/tool/releases/download/v{version}/tool_{version}_{asset}.tar.gz';
  return { path, member, whole, assets };
}

function toolWith(sha256: string, platform = releasePlatform()): PinnedTool {
  const release = releaseOf(sha256, 'pack/tool', platform);
  return { name: 'tool', pin: { version: '1.2.3', go: 'example.com/tool', seconds: 1, release } };
}

const PATH_ON_SERVER = '/acme/tool/releases/download/v1.2.3/tool_1.2.3_This_machine.tar.gz';

async function serve(answer: RequestListener): Promise<{ env: Env; asked: string[]; host: string }> {
  const asked: string[] = [];
  const server = await listen((request, response) => {
    asked.push(`${request.headers.authorization ?? ''} ${request.url ?? ''}`.trim());
    answer(request, response);
  });
  servers.push(server);
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: home, HEPHY_TOOL_MIRROR: `http://${server.host}/` };
  return { env, asked, host: server.host };
}

const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const cached = (env: Env): Promise<string[]> => readdir(join(toolCache(env), 'tool')).catch(() => []);

/** Stands for Go: leaves a program where `go install` would. */
async function fakeGo(): Promise<void> {
  const lines = ['#!/bin/sh', 'printf "#!/bin/sh\\necho built\\n" > "$GOBIN/tool"; chmod 755 "$GOBIN/tool"'];
  await writeFile(join(bin, 'go'), lines.join('\n'));
  await chmod(join(bin, 'go'), 0o755);
}

describe('a release', () => {
  test('is downloaded once, unpacked and remembered', async () => {
    const archive = await release(SCRIPT);
    const { env, asked, host } = await serve((_, response) => response.end(archive));
    const lines: string[] = [];
    const search = { env, onProgress: (line: string) => lines.push(line) };
    const tool = toolWith(sum(archive));
    const found = await Promise.all([obtainTool(tool, search), obtainTool(tool, search)]);
    const path = toolPath('tool', tool.pin, env);
    expect(found).toEqual([1, 2].map(() => ({ path, source: 'downloaded' })));
    expect(asked).toEqual([PATH_ON_SERVER]);
    expect(lines).toContain(`downloading tool 1.2.3 from ${host}`);
    expect(execFileSync(path, { encoding: 'utf8' })).toBe('from the release\n');
    expect(await readOrigin(tool, env)).toBe(`downloaded from ${host}`);
    expect(await readdir(dirname(path))).toEqual(['.origin', 'tool']);
  });

  test('that is a whole tree keeps all that is in it', async () => {
    const tree = await makeTree({
      'go/bin/go': '#!/bin/sh\ncat "${0%/bin/go}/VERSION"\n',
      'go/VERSION': 'go1.2.3\n',
      'go/pkg/tool/a/compile': 'compiles',
    });
    const { env, asked } = await serve((_, response) => response.end(tree));
    const tool = { name: 'go', pin: { version: '1.2.3', release: releaseOf(sum(tree), 'go/bin/go') } };
    const found = await obtainTool(tool, { env });
    expect(found).toEqual({ path: toolPath('go', tool.pin, env), source: 'downloaded' });
    expect(execFileSync(found.path, { encoding: 'utf8' })).toBe('go1.2.3\n');
    const home = join(toolCache(env), 'go/1.2.3', process.arch);
    expect((await readdir(home)).sort()).toEqual(['.origin', 'VERSION', 'bin', 'pkg']);
    expect(await readdir(join(home, 'pkg/tool/a'))).toEqual(['compile']);
    expect(asked).toEqual([PATH_ON_SERVER]);
    const empty = await makeTree({ 'go/VERSION': 'go1.2.3\n' });
    const second = await serve((_, response) => response.end(empty));
    const broken = { ...tool, pin: { version: '1.2.4', release: releaseOf(sum(empty), 'go/bin/go') } };
    await expect(obtainTool(broken, { env: second.env })).rejects.toThrowWithCode('TOOL_DOWNLOAD');
  });

  test('is followed to where it is stored, without the login of the mirror', async () => {
    const archive = await release(SCRIPT);
    const storage = await serve((_, response) => response.end(archive));
    const { env, asked, host } = await serve((_, response) => {
      response.writeHead(302, { location: `http://${storage.host}/signed?x=1` }).end();
    });
    const mirror = `http://ada:s3cret%21@${host}`;
    await obtainTool(toolWith(sum(archive)), { env: { ...env, HEPHY_TOOL_MIRROR: mirror } });
    expect(asked).toEqual([`Basic ${Buffer.from('ada:s3cret!').toString('base64')} ${PATH_ON_SERVER}`]);
    expect(storage.asked).toEqual(['/signed?x=1']);
  });

  test('is asked for again where the server has a bad moment', async () => {
    const archive = await release(SCRIPT);
    const { env, asked } = await serve((_, response) => {
      if (asked.length < 3) response.writeHead(503, { 'retry-after': '0' }).end();
      else response.end(archive);
    });
    await obtainTool(toolWith(sum(archive)), { env });
    expect(asked).toHaveLength(3);
  });
});

describe('what is not what is pinned', () => {
  test.each(['another file', 'a file that was cut short'])(
    '%s is never used, even where Go is there',
    async (what) => {
      await fakeGo();
      const archive = await release(SCRIPT);
      const sent =
        what === 'another file' ? await release('#!/bin/sh\necho evil\n') : archive.subarray(0, 50);
      const { env, asked } = await serve((_, response) => response.end(sent));
      await expect(obtainTool(toolWith(sum(archive)), { env })).rejects.toThrowWithCode('TOOL_CHECKSUM');
      expect(asked).toHaveLength(1);
      expect(await cached(env)).toEqual([]);
    },
  );

  test('a program for another machine, an archive without the program, no archive at all', async () => {
    const header = Buffer.alloc(64);
    header.writeUInt32BE(0x7f454c46);
    header.writeUInt16LE(process.arch === 'x64' ? 0xb7 : 0x3e, 18);
    const archives = [await release(header), await release(SCRIPT, 'other/tool'), Buffer.from('<html>')];
    for (const archive of archives) {
      const { env } = await serve((_, response) => response.end(archive));
      await expect(obtainTool(toolWith(sum(archive)), { env })).rejects.toThrowWithCode('TOOL_DOWNLOAD');
      expect(await cached(env)).toEqual([]);
    }
  });
});

describe('without a release', () => {
  const failures: Readonly<Record<string, RequestListener>> = {
    'it is not there': (_, response) => response.writeHead(404).end('no'),
    'it redirects in a circle': ({ url }, response) => response.writeHead(302, { location: url ?? '' }).end(),
    'it redirects to nowhere': (_, response) => response.writeHead(302).end(),
    'it redirects to a file': (_, response) =>
      response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    'it breaks off every time': (_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('begin', () => response.destroy());
    },
  };

  test.each(Object.keys(failures))('%s: an error, or Go', async (name) => {
    const { env } = await serve((request, response) => failures[name]?.(request, response));
    const tool = toolWith('0'.repeat(64));
    await expect(obtainTool(tool, { env })).rejects.toThrowWithCode('TOOL_DOWNLOAD');
    await fakeGo();
    const lines: string[] = [];
    const found = await obtainTool(tool, { env, onProgress: (line) => lines.push(line) });
    expect(found.source).toBe('installed');
    expect(lines.some((line) => line.startsWith('could not download tool:'))).toBe(true);
    expect(await readOrigin(tool, env)).toBe('built by Go');
  });

  test('nothing is asked for where the checksum is not known, or where downloads are off', async () => {
    await fakeGo();
    const { env, asked } = await serve((_, response) => response.end());
    const off = { ...env, HEPHY_TOOL_MIRROR: 'off' };
    const elsewhere = toolWith('0'.repeat(64), 'plan9-amd64');
    expect(await obtainTool(elsewhere, { env })).toMatchObject({ source: 'installed' });
    expect(
      await obtainTool(toolWith('0'.repeat(64)), { env: { ...off, HOME: await createTempDir() } }),
    ).toMatchObject({
      source: 'installed',
    });
    expect(asked).toEqual([]);
  });

  test.each(['github.com', 'ftp://mirror', 'http://'])('%j is no mirror', async (mirror) => {
    const env = { PATH: '', HOME: home, HEPHY_TOOL_MIRROR: mirror };
    await expect(obtainTool(toolWith('0'.repeat(64)), { env })).rejects.toThrowWithCode('USAGE');
  });

  test('an interruption is one', async () => {
    const stop = new AbortController();
    const { env } = await serve(() => stop.abort());
    await fakeGo();
    const search = obtainTool(toolWith('0'.repeat(64)), { env, signal: stop.signal });
    await expect(search).rejects.toThrowWithCode('CANCELLED');
  });
});

test.each(['ko', 'registry', 'crane', 'buildctl', 'go'])(
  'the release of %s is pinned for the machines of CI',
  (name) => {
    const assets = Object.entries(pinOf(name)?.release?.assets ?? {});
    expect(assets.map(([platform]) => platform)).toEqual(['linux-amd64', 'linux-arm64']);
    for (const [, asset] of assets) expect(asset?.sha256).toMatch(/^[0-9a-f]{64}$/);
  },
);

import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findBuilder, type Builder } from './buildkit-host.ts';
import { pinOf } from '../tools/tool-pins.ts';

const VERSION = pinOf('buildctl')?.version ?? '';
const NAME = `hephy-buildkitd-${VERSION}`;
const SETTINGS = { image: undefined, insecureRegistries: [], registryMirrors: [] };

let home: string;
let bin: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hephy-host-'));
  bin = join(home, 'bin');
  await mkdir(bin);
});
afterEach(() => rm(home, { recursive: true }));

function find(variables: Record<string, string> = {}, settings: object = {}): Promise<Builder> {
  const env = { PATH: bin, HOME: home, SECRET: 'not for children', ...variables };
  return findBuilder({ env, settings: { ...SETTINGS, ...settings } });
}

async function program(name: string, ...lines: readonly string[]): Promise<void> {
  await writeFile(join(bin, name), ['#!/bin/sh', 'PATH=/usr/bin:/bin', ...lines, ''].join('\n'));
  await chmod(join(bin, name), 0o755);
}

/** An engine whose containers are files that hold `true` or `false`; it notes every call. */
function fakeDocker(...extra: readonly string[]): Promise<void> {
  return program(
    'docker',
    `cd '${home}'`,
    'echo "$*" >> calls; [ -z "$SECRET" ] || echo LEAKED >> calls',
    ...extra,
    'case "$1 $2" in',
    '"version --format") echo 28.0.0 ;;',
    '"container inspect") [ -f "$5" ] && cat "$5" ;;',
    '"create --name") echo false > "$3"; env | grep -i proxy >> calls || true ;;',
    '"start "*) [ -f "$2" ] && echo true > "$2" ;;',
    '"rm --force") rm -f "$4" ;;',
    '"cp "*) rm -rf etc; cp -R "$2" etc ;;',
    'esac',
  );
}

async function calls(): Promise<readonly string[]> {
  return (await readFile(join(home, 'calls'), 'utf8')).trim().split('\n');
}

describe('BUILDKIT_HOST', () => {
  test.each([
    'tcp://builder.example.com:1234',
    'unix:///run/buildkit/buildkitd.sock',
    'docker-container://buildkitd?context=remote',
    'kube-pod://buildkitd?namespace=ci&container=main',
  ])('%s is passed on as it is', async (address) => {
    await fakeDocker();
    expect(await find({ BUILDKIT_HOST: address })).toEqual({ address, flags: [] });
    await expect(calls()).rejects.toThrow('ENOENT');
  });

  test('with certificates', async () => {
    const variables = { BUILDKIT_HOST: 'tcp://b:1', HEPHY_BUILDKIT_TLS_DIR: '/certs' };
    expect(await find(variables)).toEqual({ address: 'tcp://b:1', flags: ['--tlsdir', '/certs'] });
  });

  test.each(['builder:1234', 'http://builder', 'tcp://', '--debug'])('%s is none', async (address) => {
    await expect(find({ BUILDKIT_HOST: address })).rejects.toThrowWithCode('BACKEND_MISSING');
  });
});

test('the program that brings its own builder comes before a container', async () => {
  await fakeDocker();
  await program('buildctl-daemonless.sh', 'true');
  expect(await find()).toEqual({ program: join(bin, 'buildctl-daemonless.sh') });
});

describe('a container', () => {
  const ours = { address: `docker-container://${NAME}`, flags: [] };

  test('is started once, found again, and started again when it was stopped', async () => {
    await fakeDocker();
    expect(await find()).toEqual(ours);
    expect(await find()).toEqual(ours);
    await writeFile(join(home, NAME), 'false\n');
    expect(await find({ BUILDKIT_HOST: '' })).toEqual(ours);
    const all = await calls();
    const created = all.filter((call) => call.startsWith('create '));
    expect(created).toHaveLength(1);
    expect(created[0]).toContain('--network host');
    expect(created[0]).toContain('--privileged');
    expect(created[0]).toContain(` moby/buildkit:v${VERSION} `);
    expect(all.filter((call) => call.startsWith('start '))).toHaveLength(3);
    expect(all).not.toContain('LEAKED');
  });

  test('is started once, however many ask at the same time', async () => {
    await fakeDocker();
    await Promise.all([find(), find(), find()]);
    expect((await calls()).filter((call) => call.startsWith('create '))).toHaveLength(1);
  });

  test('gets fewer rights where the engine refuses all of them', async () => {
    await fakeDocker('case "$*" in *--privileged*) echo "operation not permitted" >&2; exit 1 ;; esac');
    expect(await find()).toEqual(ours);
    const created = (await calls()).filter((call) => call.startsWith('create '));
    expect(created[1]).toContain('--cap-add SYS_ADMIN');
  });

  test('is told of registries, and is another one for other settings', async () => {
    await fakeDocker();
    const settings = {
      image: 'registry.example.com/buildkit:1',
      insecureRegistries: ['b.internal:5000', 'a"b'],
      registryMirrors: ['mirror.example.com/hub'],
    };
    const told = await find({}, settings);
    const other = await find({}, { ...settings, registryMirrors: [] });
    expect(told).toEqual({
      address: expect.stringMatching(new RegExp(`^docker-container://${NAME}-[0-9a-f]{8}$`)),
      flags: [],
    });
    expect(other).not.toEqual(told);
    await find({}, settings);
    expect((await calls()).filter((call) => call.startsWith('create '))).toHaveLength(2);
    await find({}, { ...settings, registryMirrors: [], image: 'other' });
    expect(await readFile(join(home, 'etc/buildkit/buildkitd.toml'), 'utf8')).toBe(
      '[registry."a\\"b"]\n  http = true\n\n[registry."b.internal:5000"]\n  http = true\n',
    );
  });
});

test('a container gets the proxies and certificates of this machine, and no password on a command line', async () => {
  await fakeDocker();
  await writeFile(join(home, 'ca.pem'), 'a certificate');
  const variables = {
    HTTPS_PROXY: 'http://me:password@proxy.example.com',
    NO_PROXY: '',
    SSL_CERT_FILE: join(home, 'ca.pem'),
    NODE_EXTRA_CA_CERTS: join(home, 'missing.pem'),
  };
  const { address } = { address: '', ...(await find(variables)) };
  expect(address).toMatch(new RegExp(`${NAME}-[0-9a-f]{8}$`));
  expect(await find({ ...variables, HTTPS_PROXY: 'http://other' })).not.toMatchObject({ address });
  const all = await calls();
  const created = all.find((call) => call.startsWith('create ')) ?? '';
  expect(created).toContain(' --env HTTPS_PROXY ');
  expect(created).not.toContain('password');
  expect(created).not.toContain('NO_PROXY');
  expect(all).toContain('HTTPS_PROXY=http://me:password@proxy.example.com');
  expect(await readFile(join(home, 'etc/ssl/certs/hephy-1.pem'), 'utf8')).toBe('a certificate');
});

describe('no builder at all', () => {
  test.each([
    ['there is no docker', undefined],
    ['no engine answers', 'echo "Cannot connect to the Docker daemon" >&2; exit 1'],
    ['the image cannot be pulled', 'if [ "$1" = create ]; then echo "manifest unknown" >&2; exit 125; fi'],
    ['it ends at once', 'if [ "$1" = exec ]; then echo false > "$2"; exit 1; fi'],
  ])('%s', async (_, line) => {
    if (line !== undefined) await fakeDocker(line);
    const found = find();
    await expect(found).rejects.toThrowWithCode('BACKEND_MISSING');
    await expect(found).rejects.toMatchObject({ hint: expect.stringContaining('BUILDKIT_HOST') });
  });
});

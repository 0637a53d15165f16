import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Env } from '../system/env.ts';
import { loadCredentials, type CredentialOptions, type Credential } from './credentials.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hephy-login-'));
  await mkdir(join(home, '.docker'));
  await mkdir(join(home, 'bin'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const LOGIN = Buffer.from('hephy:se:cret').toString('base64');
const SECRET = { username: 'hephy', password: 'se:cret' };

async function writeConfig(config: unknown, file = '.docker/config.json'): Promise<void> {
  await writeFile(join(home, file), typeof config === 'string' ? config : JSON.stringify(config));
}

async function addHelper(name: string, script: string): Promise<void> {
  const file = join(home, 'bin', `docker-credential-${name}`);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

function find(
  host: string,
  more: Partial<CredentialOptions> & { env?: Env } = {},
): Promise<Credential | undefined> {
  const env = { HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin`, ...more.env };
  return loadCredentials({ ...more, env }).find(host);
}

describe('auths', () => {
  test.each([
    ['auth', { auth: LOGIN }],
    [
      'auth padded with NUL, as Docker once did',
      { auth: Buffer.from('hephy:se:cret\0\0').toString('base64') },
    ],
    ['username and password', { username: 'hephy', password: 'se:cret' }],
  ])('%s', async (_, entry) => {
    await writeConfig({ auths: { 'ghcr.io': entry }, HttpHeaders: { 'User-Agent': 'x' } });
    expect(await find('ghcr.io')).toEqual(SECRET);
  });

  test('an identity token', async () => {
    await writeConfig({ auths: { 'acr.test': { auth: LOGIN, identitytoken: 'refresh' } } });
    expect(await find('acr.test')).toEqual({ username: '', password: '', identityToken: 'refresh' });
  });

  test.each(['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io'])(
    'Docker Hub under the name %s',
    async (key) => {
      await writeConfig({ auths: { [key]: { auth: LOGIN } } });
      expect(await find('docker.io')).toEqual(SECRET);
    },
  );

  test.each(['https://r.test:5000', 'https://r.test:5000/v2/', 'R.TEST:5000'])(
    'the key %s is that host',
    async (key) => {
      await writeConfig({ auths: { [key]: { auth: LOGIN } } });
      expect(await find('r.test:5000')).toEqual(SECRET);
      expect(await find('r.test')).toBe(undefined);
    },
  );

  test('an empty entry, an unknown host, an empty object and no file are nobody', async () => {
    expect(await find('ghcr.io')).toBe(undefined);
    await writeConfig({ auths: { 'ghcr.io': {}, 'quay.io': null } });
    expect(await find('ghcr.io')).toBe(undefined);
    expect(await find('quay.io')).toBe(undefined);
    expect(await find('other.io')).toBe(undefined);
    await writeConfig({});
    expect(await find('ghcr.io')).toBe(undefined);
  });

  test.each([
    ['no JSON', `{"auths": {"ghcr.io": {"auth": "${LOGIN}"`],
    ['a list', '[]'],
    ['an empty file', ''],
    ['a number for an entry', { auths: { 'ghcr.io': 7 } }],
    ['base64 of no login', { auths: { 'ghcr.io': { auth: Buffer.from(LOGIN).toString('base64') } } }],
  ])('%s is REGISTRY_CREDENTIALS, and the secret is not in it', async (_, config) => {
    await writeConfig(config);
    const error = await find('ghcr.io').catch((thrown: unknown) => thrown);
    expect(error).toThrowWithCode('REGISTRY_CREDENTIALS');
    expect(describeAll(error)).not.toMatch(/se:cret|aGVwaHk/);
  });

  test('an entry that is broken matters only to its own host', async () => {
    await writeConfig({ auths: { 'bad.io': 7, 'ghcr.io': { auth: LOGIN } } });
    expect(await find('ghcr.io')).toEqual(SECRET);
  });
});

describe('places', () => {
  test('DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR and DOCKER_AUTH_CONFIG', async () => {
    const config = { auths: { 'ghcr.io': { auth: LOGIN } } };
    await writeConfig(config, 'bin/config.json');
    expect(await find('ghcr.io', { env: { DOCKER_CONFIG: join(home, 'bin') } })).toEqual(SECRET);
    expect(await find('ghcr.io', { env: { REGISTRY_AUTH_FILE: join(home, 'bin/config.json') } })).toEqual(
      SECRET,
    );
    await mkdir(join(home, 'containers'));
    await writeConfig(config, 'containers/auth.json');
    expect(await find('ghcr.io', { env: { XDG_RUNTIME_DIR: home } })).toEqual(SECRET);
    expect(await find('ghcr.io', { env: { DOCKER_AUTH_CONFIG: JSON.stringify(config) } })).toEqual(SECRET);
  });

  test('what the platform knows is the last resort', async () => {
    const known = { 'ghcr.io': { username: 'job', password: 'token' } };
    expect(await find('ghcr.io', { known })).toEqual(known['ghcr.io']);
    await writeConfig({ auths: { 'ghcr.io': { auth: LOGIN } } });
    expect(await find('ghcr.io', { known })).toEqual(SECRET);
  });

  test('a directory in the place of the file is an error', async () => {
    await mkdir(join(home, '.docker/config.json'));
    await expect(find('ghcr.io')).rejects.toThrowWithCode('REGISTRY_CREDENTIALS');
  });
});

const GIVE = `cat > "$HOME/asked"; printf '{"ServerURL":"x","Username":"hephy","Secret":"se:cret"}'`;

describe('helpers', () => {
  test('credHelpers of a host win over credsStore, and both over auths', async () => {
    await addHelper('one', GIVE);
    await addHelper('two', GIVE.replace('hephy', 'two'));
    await writeConfig({
      credsStore: 'two',
      credHelpers: { 'ghcr.io': 'one' },
      auths: { 'ghcr.io': { username: 'old', password: 'old' } },
    });
    expect(await find('ghcr.io')).toEqual(SECRET);
    expect(await readFile(join(home, 'asked'), 'utf8')).toBe('ghcr.io');
    expect(await find('quay.io')).toMatchObject({ username: 'two' });
  });

  test('Docker Hub is asked for by its old address, and a token is told from a password', async () => {
    await addHelper('hub', GIVE.replace('hephy', '<token>'));
    await writeConfig({ credsStore: 'hub' });
    expect(await find('docker.io')).toEqual({ username: '', password: '', identityToken: 'se:cret' });
    expect(await readFile(join(home, 'asked'), 'utf8')).toBe('https://index.docker.io/v1/');
  });

  test('who is not found is nobody, or what auths say', async () => {
    await addHelper('none', 'echo "credentials not found in native keychain"; exit 1');
    await writeConfig({ credsStore: 'none', auths: { 'quay.io': { auth: LOGIN } } });
    expect(await find('ghcr.io')).toBe(undefined);
    expect(await find('quay.io')).toEqual(SECRET);
  });

  test.each([
    ['fails', 'echo "se:cret" >&2; echo "se:cret"; exit 3'],
    ['prints garbage', 'echo "se:cret"'],
    ['prints half an answer', `printf '{"Username":"hephy","Secret":"se:cret"'`],
    ['prints another shape', `printf '{"Username":"hephy","Password":"se:cret"}'`],
    ['prints nothing', 'exit 0'],
    ['is killed', 'kill -9 $$'],
  ])('one that %s is REGISTRY_CREDENTIALS by name, and what it said stays with it', async (_, script) => {
    await addHelper('bad', script);
    await writeConfig({ credsStore: 'bad' });
    const error = await find('ghcr.io').catch((thrown: unknown) => thrown);
    expect(error).toThrowWithCode('REGISTRY_CREDENTIALS');
    expect(describeAll(error)).toContain('docker-credential-bad');
    expect(describeAll(error)).not.toContain('se:cret');
  });

  test('one that hangs is stopped', async () => {
    await addHelper('slow', 'sleep 600 & wait');
    await writeConfig({ credsStore: 'slow' });
    await expect(find('ghcr.io', { helperTimeoutMs: 100 })).rejects.toThrowWithCode('REGISTRY_CREDENTIALS');
  });

  test('one that is missing, or has no program’s name, is named', async () => {
    await writeConfig({ credsStore: 'missing' });
    await expect(find('ghcr.io')).rejects.toThrowWithCode('REGISTRY_CREDENTIALS');
    await writeConfig({ credsStore: '../../bin/sh -c id' });
    await expect(find('ghcr.io')).rejects.toThrowWithCode('REGISTRY_CREDENTIALS');
  });

  test('each registry is asked about once', async () => {
    await addHelper('count', `echo x >> "$HOME/count"; ${GIVE}`);
    await writeConfig({ credsStore: 'count' });
    const env = { HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin` };
    const credentials = loadCredentials({ env });
    const hosts = ['ghcr.io', 'ghcr.io', 'GHCR.IO', 'quay.io'];
    await Promise.all(hosts.map((host) => credentials.find(host)));
    expect(await readFile(join(home, 'count'), 'utf8')).toBe('x\nx\n');
  });

  test('all passwords are told: those of the files when they are read, those of helpers when they answer', async () => {
    await addHelper('told', GIVE);
    const auths = { 'quay.io': { username: 'ada', password: 'from-the-file' }, 'broken.io': { auth: '%%%' } };
    await writeConfig({ auths, credHelpers: { 'ghcr.io': 'told' } });
    const env = { HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin` };
    const told: string[] = [];
    const credentials = loadCredentials({ env, onSecret: (secret) => told.push(secret) });
    await credentials.hosts();
    expect(told).toEqual(['from-the-file']);
    const found = await credentials.find('ghcr.io');
    expect(told).toEqual(['from-the-file', found?.password]);
  });

  test('it sees the variables of its cloud, and no others', async () => {
    await addHelper('env', `env > "$HOME/env"; ${GIVE}`);
    await writeConfig({ credsStore: 'env' });
    await find('ghcr.io', { env: { AWS_PROFILE: 'shop', NPM_TOKEN: 'secret' } });
    const seen = await readFile(join(home, 'env'), 'utf8');
    expect(seen).toContain('AWS_PROFILE=shop');
    expect(seen).not.toContain('NPM_TOKEN');
  });

  test('an interruption is not the fault of the helper', async () => {
    await addHelper('slow', 'sleep 600 & wait');
    await writeConfig({ credsStore: 'slow' });
    await expect(find('ghcr.io', { signal: AbortSignal.timeout(50) })).rejects.toThrowWithCode('CANCELLED');
  });
});

/** All that could be printed of an error, its causes included. */
function describeAll(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.message} ${'hint' in error ? String(error.hint) : ''} ${error.cause === undefined ? '' : describeAll(error.cause)}`;
}

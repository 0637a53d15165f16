import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Cloud, HANDED_OUT, makeIdToken, startCloud } from '../../test/support/clouds.ts';
import { createTempDir } from '../../test/support/git-repo.ts';
import { NO_LOGIN_SETTINGS } from '../domain/login.ts';
import { loadCredentials } from '../registry/credentials.ts';
import { createHttp, type Http } from '../system/http/http.ts';
import { DEFAULT_POLICY, realPace } from '../system/http/retry.ts';
import { type LoginRequest, openLogins } from './open-logins.ts';

const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const USERS_OWN = { auth: Buffer.from('me:mine').toString('base64') };

let home: string;
let cloud: Cloud;
let http: Http;
let heard: { secrets: string[]; warnings: string[] };
beforeEach(async () => {
  home = await createTempDir();
  cloud = await startCloud();
  http = createHttp({});
  heard = { secrets: [], warnings: [] };
  await mkdir(join(home, 'temp'));
  await mkdir(join(home, 'bin'));
});
afterEach(async () => {
  http.close();
  await cloud.stop();
});

function request({ env, ...more }: Partial<LoginRequest> = {}): LoginRequest {
  return {
    host: 'registry.example.com',
    platform: 'github',
    settings: NO_LOGIN_SETTINGS,
    password: undefined,
    token: undefined,
    line: { http, retries: { policy: DEFAULT_POLICY, pace: realPace } },
    required: true,
    onSecret: (secret) => void heard.secrets.push(secret),
    warn: (text) => void heard.warnings.push(text),
    ...more,
    env: { HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin`, RUNNER_TEMP: join(home, 'temp'), ...env },
  };
}

async function writeConfig(config: object): Promise<void> {
  await mkdir(join(home, '.docker'), { recursive: true });
  await writeFile(join(home, '.docker/config.json'), JSON.stringify(config));
}

/** As hephy's own client finds it, which is as every tool does. */
async function findIn({ env }: { env: LoginRequest['env'] }, host: string) {
  return loadCredentials({ env }).find(host);
}

const PASSWORD = { settings: { ...NO_LOGIN_SETTINGS, username: 'ci' }, password: 'pass-word' };

test('a login of a cloud is renewed while the run goes on, and afterwards no more', async () => {
  const keys = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_ENDPOINT_URL: cloud.origin };
  const logins = await openLogins(request({ host: ECR, env: keys, renewMs: 20 }));
  const credentials = loadCredentials({ env: logins.env, validMs: 0 });
  expect(await credentials.find(ECR)).toMatchObject({ password: HANDED_OUT.ecrPassword });
  while (cloud.asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  await logins.close();
  const asked = cloud.asked.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(cloud.asked.length).toBe(asked);
});

describe('a login that was asked for', () => {
  test('lies where only we can read it, and is gone afterwards', async () => {
    const logins = await openLogins(request(PASSWORD));
    const directory = logins.directory ?? '';
    expect(logins.env['DOCKER_CONFIG']).toBe(directory);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'config.json'))).mode & 0o777).toBe(0o600);
    expect(await findIn(logins, 'registry.example.com')).toEqual({ username: 'ci', password: 'pass-word' });
    expect(heard.secrets).toContain('pass-word');
    await logins.close();
    expect(await readdir(join(home, 'temp'))).toEqual([]);
  });

  test('goes before what Docker’s config says, which is left as it was', async () => {
    await writeConfig({ auths: { 'registry.example.com': USERS_OWN, 'quay.io': USERS_OWN } });
    const before = await readFile(join(home, '.docker/config.json'), 'utf8');
    const DOCKER_AUTH_CONFIG = JSON.stringify({
      auths: { 'registry.example.com': USERS_OWN, 'v.test': USERS_OWN },
    });
    const logins = await openLogins(request({ ...PASSWORD, env: { DOCKER_AUTH_CONFIG } }));
    expect(await findIn(logins, 'registry.example.com')).toMatchObject({ username: 'ci' });
    expect(await findIn(logins, 'quay.io')).toEqual({ username: 'me', password: 'mine' });
    expect(await findIn(logins, 'v.test')).toEqual({ username: 'me', password: 'mine' });
    expect(await readFile(join(home, '.docker/config.json'), 'utf8')).toBe(before);
    await logins.close();
    expect(await readdir(join(home, '.docker'))).toEqual(['config.json']);
  });

  test('contexts and plug-ins are still there, and stay when it goes', async () => {
    await writeConfig({ currentContext: 'rootless' });
    await mkdir(join(home, '.docker/contexts/meta'), { recursive: true });
    const logins = await openLogins(request(PASSWORD));
    expect(await readdir(join(logins.directory ?? '', 'contexts'))).toEqual(['meta']);
    await logins.close();
    expect(await readdir(join(home, '.docker/contexts'))).toEqual(['meta']);
  });

  test('in the directory of a step, whose post part removes it', async () => {
    const HEPHY_STEP_DIRECTORY = join(home, 'bin');
    const logins = await openLogins(request({ ...PASSWORD, env: { HEPHY_STEP_DIRECTORY } }));
    expect(logins.directory?.startsWith(HEPHY_STEP_DIRECTORY)).toBe(true);
    await logins.close();
  });

  test('a directory that cannot be written to', async () => {
    const env = { RUNNER_TEMP: join(home, 'missing') };
    await expect(openLogins(request({ ...PASSWORD, env }))).rejects.toThrowWithCode('WORK_DIRECTORY');
  });
});

describe('a job’s own login', () => {
  test('is used where the user has none', async () => {
    const logins = await openLogins(request({ host: 'ghcr.io', token: 'ghs_token' }));
    expect(await findIn(logins, 'ghcr.io')).toMatchObject({ password: 'ghs_token' });
    expect(heard.secrets).toContain('ghs_token');
    await logins.close();
  });

  test('gives way to the user’s, and then there is nothing to write', async () => {
    await writeConfig({ auths: { 'ghcr.io': USERS_OWN } });
    const logins = await openLogins(request({ host: 'ghcr.io', token: 'ghs_token' }));
    expect(logins).toMatchObject({ directory: undefined, env: { HOME: home } });
    expect(await readdir(join(home, 'temp'))).toEqual([]);
  });

  test('GitLab’s, beside the login of another registry', async () => {
    const env = { CI_REGISTRY: 'r.gitlab.test', CI_REGISTRY_USER: 'job', CI_REGISTRY_PASSWORD: 'job-token' };
    const logins = await openLogins(request({ ...PASSWORD, platform: 'gitlab', env }));
    expect(await findIn(logins, 'r.gitlab.test')).toEqual({ username: 'job', password: 'job-token' });
    expect(await findIn(logins, 'registry.example.com')).toMatchObject({ username: 'ci' });
    await logins.close();
  });
});

test('DOCKER_AUTH_CONFIG reaches tools that read files alone', async () => {
  const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { 'v.test': USERS_OWN } });
  const logins = await openLogins(request({ env: { DOCKER_AUTH_CONFIG } }));
  expect(logins.env['DOCKER_AUTH_CONFIG']).toBe(undefined);
  expect(JSON.parse(await readFile(join(logins.directory ?? '', 'config.json'), 'utf8'))).toMatchObject({
    auths: { 'v.test': USERS_OWN },
  });
  await logins.close();
});

describe('ECR', () => {
  const aws = () => ({ AWS_ENDPOINT_URL: cloud.origin, HEPHY_ID_TOKEN: makeIdToken('sts.amazonaws.com') });
  const role = { ...NO_LOGIN_SETTINGS, awsRole: 'arn:aws:iam::123456789012:role/hephy' };

  test('a role', async () => {
    const logins = await openLogins(request({ host: ECR, platform: 'gitlab', settings: role, env: aws() }));
    expect(await findIn(logins, ECR)).toEqual({ username: 'AWS', password: HANDED_OUT.ecrPassword });
    await logins.close();
  });

  test('keys are not tried where the user has logged in', async () => {
    await writeConfig({ auths: { [ECR]: USERS_OWN } });
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'secret-key' };
    const logins = await openLogins(request({ host: ECR, env: { ...aws(), ...keys } }));
    expect(logins.directory).toBe(undefined);
    expect(cloud.asked).toEqual([]);
  });

  test('the helper, where it is on PATH and nothing else is there', async () => {
    const helper = join(home, 'bin/docker-credential-ecr-login');
    await writeFile(helper, `#!/bin/sh\necho '{"Username":"AWS","Secret":"from-helper"}'\n`, { mode: 0o755 });
    const logins = await openLogins(request({ host: ECR, platform: 'local' }));
    expect(await findIn(logins, ECR)).toEqual({ username: 'AWS', password: 'from-helper' });
    await logins.close();
  });

  test('a refusal ends a run that pushes, and is a warning in one that does not', async () => {
    const asking = request({
      host: ECR,
      platform: 'gitlab',
      settings: role,
      env: { AWS_ENDPOINT_URL: cloud.origin },
    });
    await expect(openLogins(asking)).rejects.toThrowWithCode('REGISTRY_LOGIN');
    expect((await openLogins({ ...asking, required: false })).directory).toBe(undefined);
    expect(heard.warnings).toEqual([expect.stringContaining('HEPHY_ID_TOKEN is empty')]);
  });
});

test('half a login ends a run that pushes, and is a warning for a fork, which gets no secrets', async () => {
  const half = request({ ...PASSWORD, password: undefined });
  await expect(openLogins(half)).rejects.toThrowWithCode('REGISTRY_LOGIN');
  expect((await openLogins({ ...half, required: false })).directory).toBe(undefined);
  expect(heard.warnings).toHaveLength(1);
});

import { describe, expect, test } from '@jest/globals';
import { type LoginSettings, NO_LOGIN_SETTINGS } from '../domain/login.ts';
import { chooseLogin, type LoginFacts } from './choose-login.ts';

const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const GAR = 'europe-west1-docker.pkg.dev';
const ACR = 'acme.azurecr.io';
const ROLE = 'arn:aws:iam::123456789012:role/hephy';
const PROVIDER = 'projects/1/locations/global/workloadIdentityPools/ci/providers/github';
const KEYS = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: '' };

interface Given extends Partial<Omit<LoginFacts, 'settings'>> {
  readonly settings?: Partial<LoginSettings>;
}

function choose({ settings, ...more }: Given) {
  return chooseLogin({
    host: 'registry.example.com',
    platform: 'github',
    env: {},
    password: undefined,
    hasEcrHelper: false,
    ...more,
    settings: { ...NO_LOGIN_SETTINGS, ...settings },
  });
}

const EVERYTHING: Partial<LoginSettings> = {
  awsRole: ROLE,
  googleProvider: PROVIDER,
  azureClient: 'client',
  azureTenant: 'tenant',
};

describe('user name and password', () => {
  test('go before everything else, on every host and platform', () => {
    const settings = { ...EVERYTHING, username: 'ci' };
    for (const host of ['registry.example.com', ECR, GAR, ACR, 'ghcr.io']) {
      for (const platform of ['github', 'gitlab', 'local'] as const) {
        expect(choose({ host, platform, settings, password: 'p', env: KEYS })).toEqual({
          kind: 'asked',
          method: { by: 'password', username: 'ci', password: 'p' },
        });
      }
    }
  });

  test.each([
    [{ settings: { username: 'ci' } }, 'registry_username is set'],
    [{ password: 'p' }, 'the user name is missing'],
  ])('%j is half a login', (given, message) => {
    expect(choose(given)).toMatchObject({
      kind: 'incomplete',
      problem: { code: 'REGISTRY_LOGIN', message: expect.stringContaining(message) },
    });
  });
});

test('at a terminal half a login is none: whoever sits there has logged in', () => {
  expect(choose({ platform: 'local', settings: { username: 'ci' } })).toEqual({ kind: 'none' });
});

describe('the job’s identity', () => {
  test.each([
    [ECR, 'aws-role', 'sts.amazonaws.com'],
    ['public.ecr.aws', 'aws-role', 'sts.amazonaws.com'],
    [GAR, 'google', `https://iam.googleapis.com/${PROVIDER}`],
    ['eu.gcr.io', 'google', `https://iam.googleapis.com/${PROVIDER}`],
    [ACR, 'azure', 'api://AzureADTokenExchange'],
    ['acme.azurecr.cn', 'azure', 'api://AzureADTokenExchangeChina'],
  ])('%s: %s, by a token for %s', (host, by, audience) => {
    for (const platform of ['github', 'gitlab'] as const) {
      expect(choose({ host, platform, settings: EVERYTHING })).toMatchObject({
        kind: 'asked',
        method: { by, audience },
      });
    }
    const settings = { ...EVERYTHING, audience: 'me' };
    expect(choose({ host, settings })).toMatchObject({ method: { audience: 'me' } });
  });

  test.each([
    'ghcr.io',
    'registry.example.com',
    'docker.io',
    'evil-docker.pkg.dev.example.com',
    'acme.azurecr.io.example.com',
    'azurecr.io',
    `${ECR}.example.com`,
    '12.dkr.ecr.eu-west-1.amazonaws.com',
    'pkg.dev',
    'gcr.io.example.com',
  ])('%s never sees a token of it', (host) => {
    expect(choose({ host, settings: EVERYTHING, env: KEYS, hasEcrHelper: true })).toEqual({ kind: 'none' });
  });

  test('at a terminal there is no job', () => {
    for (const host of [ECR, GAR, ACR]) {
      const env = { AWS_EC2_METADATA_DISABLED: 'true' };
      expect(choose({ host, platform: 'local', settings: EVERYTHING, env })).toEqual({ kind: 'none' });
    }
  });

  test('a provider may be written as an address', () => {
    const settings = { googleProvider: `https://iam.googleapis.com/${PROVIDER}` };
    expect(choose({ host: GAR, settings })).toMatchObject({ method: { provider: PROVIDER } });
  });

  test.each([{ azureClient: 'c' }, { azureTenant: 't' }])('%j is half of Azure', (settings) => {
    expect(choose({ host: ACR, settings }).kind).toBe('incomplete');
    expect(choose({ host: 'ghcr.io', settings }).kind).toBe('none');
  });
});

describe('what the runner has for Amazon', () => {
  const pod = { AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token' };

  test('a role that was asked for, then keys, then a pod’s role, then the helper', () => {
    const all = { host: ECR, env: { ...KEYS, ...pod }, hasEcrHelper: true };
    expect(choose({ ...all, settings: { awsRole: ROLE } })).toMatchObject({ method: { by: 'aws-role' } });
    expect(choose(all)).toMatchObject({ kind: 'found', method: { by: 'aws-keys' } });
    expect(choose({ ...all, env: pod })).toMatchObject({
      kind: 'found',
      method: { by: 'aws-role', role: ROLE, tokenFile: '/var/run/token' },
    });
    expect(choose({ ...all, env: {} })).toEqual({
      kind: 'found',
      method: { by: 'helper', name: 'ecr-login' },
    });
    const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials' };
    expect(choose({ ...all, env: container })).toMatchObject({ method: { by: 'aws-container' } });
    const bare = { ...all, hasEcrHelper: false };
    expect(choose({ ...bare, env: {} })).toMatchObject({ kind: 'found', method: { by: 'aws-instance' } });
    expect(choose({ ...bare, env: { AWS_EC2_METADATA_DISABLED: 'true' } })).toEqual({ kind: 'none' });
  });

  test('at a terminal too', () => {
    expect(choose({ host: ECR, platform: 'local', env: KEYS })).toMatchObject({
      method: { by: 'aws-keys', keys: { id: 'AKID', secret: 'secret', token: undefined } },
    });
  });

  test('an emulated cloud may have any host', () => {
    const env = { ...KEYS, AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_REGION: 'eu-north-1' };
    expect(choose({ host: 'localhost:4510', env })).toMatchObject({
      method: { ecr: { region: 'eu-north-1' } },
    });
    const ignored = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(choose({ host: 'localhost:4510', env: ignored })).toEqual({ kind: 'none' });
  });
});

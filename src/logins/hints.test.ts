import { expect, test } from '@jest/globals';
import { NO_LOGIN_SETTINGS } from '../domain/login.ts';
import { hintAtLogin } from './hints.ts';

const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

test.each([
  ['github', 'ghcr.io', {}, /packages: write/],
  ['github', 'registry.example.com', {}, /registry-username and registry-password/],
  ['github', 'registry.example.com', { username: 'ci' }, /Check registry_username/],
  ['gitlab', 'registry.gitlab.com', {}, /CI_REGISTRY_IMAGE/],
  ['gitlab', 'ghcr.io', {}, /HEPHY_REGISTRY_PASSWORD/],
  ['gitlab', ECR, {}, /Set aws_role/],
  ['github', ECR, { awsRole: 'arn' }, /ecr:PutImage/],
  ['github', 'europe-docker.pkg.dev', {}, /Set google_provider/],
  ['github', 'europe-docker.pkg.dev', { googleProvider: 'p' }, /artifactregistry.writer/],
  ['github', 'acme.azurecr.io', {}, /Set azure_client/],
  ['github', 'acme.azurecr.io', { azureClient: 'c' }, /AcrPush/],
] as const)('%s, %s, %j', (...[platform, host, settings, hint]) => {
  const env = { CI_REGISTRY: 'registry.gitlab.com' };
  const facts = { platform, env, settings: { ...NO_LOGIN_SETTINGS, ...settings } };
  expect(hintAtLogin(host, facts)).toMatch(hint);
});

test('at a terminal Docker’s own hint is the better one', () => {
  expect(hintAtLogin('ghcr.io', { platform: 'local', env: {}, settings: NO_LOGIN_SETTINGS })).toBe(undefined);
});

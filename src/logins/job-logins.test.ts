import { describe, expect, test } from '@jest/globals';
import { listJobLogins } from './job-logins.ts';

const GITHUB = { platform: 'github' as const, token: 'ghs_token', env: { GITHUB_ACTOR: 'ada' } };

describe('GitHub’s token', () => {
  test('is for its own registry', () => {
    expect(listJobLogins({ ...GITHUB, host: 'ghcr.io' })).toEqual([
      { host: 'ghcr.io', username: 'ada', password: 'ghs_token' },
    ]);
  });

  test.each([
    'docker.io',
    'registry.example.com',
    'ghcr.io.example.com',
    'ghcr.io:8443',
    'containers.github.com',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
  ])('and not for %s', (host) => {
    expect(listJobLogins({ ...GITHUB, host })).toEqual([]);
  });

  test.each([
    ['https://git.example.com', 'containers.git.example.com'],
    ['https://acme.ghe.com', 'containers.acme.ghe.com'],
  ])('of %s is for %s, and not for ghcr.io', (server, own) => {
    const env = { GITHUB_ACTOR: 'ada', GITHUB_SERVER_URL: server };
    expect(listJobLogins({ ...GITHUB, env, host: own })).toMatchObject([{ host: own }]);
    expect(listJobLogins({ ...GITHUB, env, host: 'ghcr.io' })).toEqual([]);
  });

  test('is needed', () => {
    expect(listJobLogins({ ...GITHUB, host: 'ghcr.io', token: undefined })).toEqual([]);
    expect(listJobLogins({ ...GITHUB, host: 'ghcr.io', platform: 'local' })).toEqual([]);
  });
});

describe('GitLab’s logins', () => {
  const env = {
    CI_REGISTRY: 'Registry.Example.com:5050',
    CI_REGISTRY_USER: 'gitlab-ci-token',
    CI_REGISTRY_PASSWORD: 'job-token',
    CI_DEPENDENCY_PROXY_SERVER: 'gitlab.example.com:443',
    CI_DEPENDENCY_PROXY_USER: 'gitlab-ci-token',
    CI_DEPENDENCY_PROXY_PASSWORD: 'job-token',
  };
  const gitlab = { platform: 'gitlab' as const, host: 'ghcr.io', token: 'a GitHub token' };

  test('are for its registry and its proxy, whatever is pushed to', () => {
    expect(listJobLogins({ ...gitlab, env })).toEqual([
      { host: 'registry.example.com:5050', username: 'gitlab-ci-token', password: 'job-token' },
      { host: 'gitlab.example.com:443', username: 'gitlab-ci-token', password: 'job-token' },
    ]);
  });

  test('a project without a registry has none', () => {
    expect(
      listJobLogins({ ...gitlab, env: { ...env, CI_REGISTRY: '', CI_DEPENDENCY_PROXY_USER: '' } }),
    ).toEqual([]);
  });
});

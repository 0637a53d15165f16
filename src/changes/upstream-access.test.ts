import { expect, test } from '@jest/globals';
import { accessEnv, tokenVariable } from './upstream-access.ts';

test.each([
  ['github.com', 'GITHUB_COM'],
  ['git-lab.example.com:8443', 'GIT__LAB_EXAMPLE_COM_8443'],
  ['git_lab.example.com', 'GIT___LAB_EXAMPLE_COM'],
  ['[::1]:8443', '___1__8443'],
])('the token of %s is in HEPHY_UPSTREAM_TOKEN_%s', (host, name) => {
  expect(tokenVariable(host)).toBe(`HEPHY_UPSTREAM_TOKEN_${name}`);
});

/** What git is told, by the names of its settings, and the login that the helper would give. */
function told(url: string, env: Record<string, string>): Record<string, string | undefined> {
  const given = accessEnv({ url }, env);
  const names = Object.entries(given).filter(([name]) => name.startsWith('GIT_CONFIG_KEY_'));
  return {
    settings: names.map(([, value]) => value).join(' '),
    user: given['HEPHY_GIT_USER'],
    password: given['HEPHY_GIT_PASSWORD'],
  };
}

const NOBODY = { settings: '', user: undefined, password: undefined };
const ON_GITHUB = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_TOKEN: 'job' };

test('without a token, by ssh, and on another host than that of the token there is no login', () => {
  expect(told('https://github.com/a/b', {})).toEqual(NOBODY);
  expect(told('https://github.com/a/b', { HEPHY_UPSTREAM_TOKEN: 'x' })).toEqual(NOBODY);
  expect(told('git@github.com:a/b', ON_GITHUB)).toEqual(NOBODY);
  expect(told('https://github.com.evil.example/a/b', ON_GITHUB)).toEqual(NOBODY);
  expect(told('https://github.com:8443/a/b', ON_GITHUB)).toEqual(NOBODY);
});

test('the token of the host goes before that for upstreams, and that before the job’s', () => {
  const url = 'https://github.com/a/b';
  const every = {
    ...ON_GITHUB,
    HEPHY_UPSTREAM_TOKEN: 'mine',
    HEPHY_UPSTREAM_TOKEN_GITHUB_COM: 'ada:its\r\npath=x',
  };
  const { HEPHY_UPSTREAM_TOKEN_GITHUB_COM: _, ...less } = every;
  expect(told(url, every)).toMatchObject({ user: 'ada', password: 'itspath=x' });
  expect(told(url, less)).toMatchObject({ user: 'x-access-token', password: 'mine' });
  expect(told(url, ON_GITHUB)).toMatchObject({
    settings: 'credential.helper credential.https://github.com.helper',
    password: 'job',
  });
});

test('settings stand behind those of the user', () => {
  const env = { ...ON_GITHUB, GIT_CONFIG_COUNT: '2' };
  expect(accessEnv({ url: 'https://github.com/a/b' }, env)).toMatchObject({
    GIT_CONFIG_COUNT: '4',
    GIT_CONFIG_KEY_2: 'credential.helper',
    GIT_ALLOW_PROTOCOL: 'https:ssh',
  });
});

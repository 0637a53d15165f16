import { expect, test } from '@jest/globals';
import { HephyError } from '../errors.ts';
import type { Credential, Credentials } from './credentials.ts';
import { renderLogins } from './login-file.ts';

/** Undefined: no login; an error: its helper fails. */
function logins(answers: Readonly<Record<string, Credential | Error | undefined>>): Credentials {
  return {
    hosts: async () => Object.keys(answers),
    find: async (host) => {
      const answer = answers[host];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

const ADA = { username: 'ada', password: 'a:b "c" é' };
const broken = new HephyError('REGISTRY_CREDENTIALS', 'docker-credential-x failed');

test('every login that there is, in Docker’s own words', async () => {
  const token = { username: '', password: '', identityToken: 'refresh' };
  const found = { 'docker.io': ADA, 'r.example.com:5000': token, 'nobody.example.com': undefined };
  const text = await renderLogins(logins(found), 'other.example.com');
  expect(JSON.parse(text ?? '')).toEqual({
    auths: {
      'https://index.docker.io/v1/': { auth: Buffer.from('ada:a:b "c" é').toString('base64') },
      'r.example.com:5000': { identitytoken: 'refresh' },
    },
  });
});

test('the registry that is pushed to is asked for though no config mentions it, by any of its names', async () => {
  const credentials: Credentials = {
    hosts: async () => [],
    find: async (host) => (host === 'docker.io' ? ADA : undefined),
  };
  expect(await renderLogins(credentials, 'index.docker.io')).toContain('https://index.docker.io/v1/');
});

test('a helper that fails matters where it is needed, and nowhere else', async () => {
  const credentials = logins({ 'a.example.com': broken, 'b.example.com': ADA });
  expect(await renderLogins(credentials, 'b.example.com')).not.toContain('a.example.com');
  await expect(renderLogins(credentials, 'a.example.com')).rejects.toThrowWithCode('REGISTRY_CREDENTIALS');
});

test('nobody is logged in', async () => {
  expect(await renderLogins(logins({}), 'r.example.com')).toBeUndefined();
});

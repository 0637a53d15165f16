import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadCredentials } from '../registry/credentials.ts';
import { createTempDir } from '../../test/support/git-repo.ts';
import { settings as makeSettings } from '../../test/support/configured.ts';
import { makeContainerSite } from './container-site.ts';

test('certificates that exist, the settings, and logins that nobody else can read', async () => {
  const scratch = await createTempDir();
  const ca = join(scratch, 'ca.pem');
  await writeFile(ca, 'certificate');
  const login = { auths: { 'r.example.com': { auth: Buffer.from('ada:secret').toString('base64') } } };
  const env = {
    ...{ HOME: '/nonexistent', DOCKER_AUTH_CONFIG: JSON.stringify(login) },
    ...{ SSL_CERT_FILE: ca, NODE_EXTRA_CA_CERTS: '/nonexistent/ca.pem' },
  };
  const settings = makeSettings({
    ...{ kanikoImage: 'r.example.com/kaniko:v1', registryMirrors: ['m'], insecureRegistries: ['i:5000'] },
  });
  const place = { settings, env, credentials: loadCredentials({ env }), registry: 'r.example.com/shop' };
  const loginFile = join(scratch, 'logins.json');
  expect(await makeContainerSite(place, scratch)).toEqual({
    ...{ image: 'r.example.com/kaniko:v1', mirrors: ['m'], insecureRegistries: ['i:5000'] },
    ...{ loginFile, caFiles: [ca] },
  });
  expect(JSON.parse(await readFile(loginFile, 'utf8'))).toEqual(login);
  expect((await stat(loginFile)).mode & 0o077).toBe(0);
});

test('nothing of all that', async () => {
  const env = { HOME: '/nonexistent' };
  const place = {
    settings: makeSettings(),
    env,
    credentials: loadCredentials({ env }),
    registry: 'r.example.com/shop',
  };
  expect(await makeContainerSite(place, await createTempDir())).toEqual({
    ...{ image: null, loginFile: null, caFiles: [], mirrors: [], insecureRegistries: [] },
  });
});

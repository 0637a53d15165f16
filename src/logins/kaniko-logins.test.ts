import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTempDir } from '../../test/support/git-repo.ts';
import { type LoginSettings, NO_LOGIN_SETTINGS } from '../domain/login.ts';
import { parseSource } from '../registry/docker-config.ts';
import { renderKanikoLogins } from './kaniko-logins.ts';

/** kaniko's image has busybox. */
const SHELLS = [['/bin/sh'], ['busybox', 'sh']].filter(
  ([file = '']) => file === '/bin/sh' || spawnSync(file, ['true']).status === 0,
);
const PROGRAMS = ['base64', 'tr', 'mkdir'];

test('busybox was there to be asked', () => {
  if (SHELLS.length < 2) console.warn('busybox is not installed: logins were tried with /bin/sh alone');
  expect(SHELLS.length).toBeGreaterThan(0);
});

interface Given {
  readonly host?: string;
  readonly settings?: Partial<LoginSettings>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly required?: boolean;
}

describe.each(SHELLS)('%s', (file = '', ...rest) => {
  /** With three programs to call and no others: whatever is secret is an argument of none. */
  async function run({
    host = 'registry.example.com',
    settings = {},
    variables = {},
    required = true,
  }: Given) {
    const home = await createTempDir();
    await mkdir(join(home, 'bin'));
    for (const name of PROGRAMS) {
      const path = execFileSync('/bin/sh', ['-c', `command -v ${name}`])
        .toString()
        .trim();
      await symlink(path, join(home, 'bin', name));
    }
    const directory = join(home, "it's here/.docker");
    const all = { ...NO_LOGIN_SETTINGS, ...settings };
    const { lines } = renderKanikoLogins({ host, settings: all, env: {}, required, directory });
    const script = ['set -eu', ...lines, 'export -p', 'umask'].join('\n');
    const shell = execFileSync('/bin/sh', ['-c', `command -v ${file}`])
      .toString()
      .trim();
    const env = { PATH: join(home, 'bin'), ...variables };
    const done = spawnSync(shell, [...rest, '-c', script], { env, encoding: 'utf8' });
    const config = await readFile(join(directory, 'config.json'), 'utf8').catch(() => '{}');
    return { ...done, directory, script, logins: parseSource('config.json', config) };
  }

  const GITLAB = {
    CI_REGISTRY: 'registry.gitlab.test:5050',
    CI_REGISTRY_USER: 'gitlab-ci-token',
    CI_REGISTRY_PASSWORD: 'job-token-1234',
  };

  test('the job’s own logins, for the job alone to read, and nothing said', async () => {
    const done = await run({ variables: GITLAB });
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(done.logins.entry('registry.gitlab.test:5050')).toEqual({
      username: 'gitlab-ci-token',
      password: 'job-token-1234',
    });
    expect((await stat(join(done.directory, 'config.json'))).mode & 0o777).toBe(0o600);
    expect(done.script).not.toContain('job-token-1234');
  });

  test('files that a build writes later are as open as they were', async () => {
    const plain = spawnSync('/bin/sh', ['-c', 'umask'], { encoding: 'utf8' });
    expect((await run({ variables: GITLAB })).stdout.trim().split('\n').at(-1)).toMatch(
      new RegExp(`${plain.stdout.trim()}$`),
    );
  });

  test('none at all, where a job has none', async () => {
    expect((await run({})).logins.hosts).toEqual([]);
    expect((await run({ variables: { ...GITLAB, CI_REGISTRY_PASSWORD: '' } })).logins.hosts).toEqual([]);
    expect((await run({ variables: { ...GITLAB, CI_REGISTRY: 'x":{},"y' } })).logins.hosts).toEqual([]);
  });

  test('the login of the settings goes before the job’s, whatever is in it', async () => {
    const secret = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((text) => /^[^\0]*[^\0\n]$/.test(text));
    const username = secret.filter((text) => !text.includes(':'));
    await fc.assert(
      fc.asyncProperty(username, secret, async (name, password) => {
        const variables = { ...GITLAB, HEPHY_REGISTRY_PASSWORD: password };
        const done = await run({
          host: 'registry.gitlab.test:5050',
          settings: { username: name },
          variables,
        });
        expect(done).toMatchObject({ status: 0, stderr: '' });
        expect(done.logins.entry('registry.gitlab.test:5050')).toEqual({ username: name, password });
      }),
      {
        numRuns: 12,
        examples: [
          ["o'neill $(id)", '"$(id)`id`\'\\\n${HOME}%s%n'],
          ['-n', '-e \\0101'],
        ],
      },
    );
  });

  test('Docker Hub is called what tools look for', async () => {
    const variables = { HEPHY_REGISTRY_PASSWORD: 'pass-word\n' };
    const done = await run({ host: 'docker.io', settings: { username: 'ci' }, variables });
    expect(done.logins.entry('docker.io')).toEqual({ username: 'ci', password: 'pass-word' });
    expect(await readFile(join(done.directory, 'config.json'), 'utf8')).toContain(
      'https://index.docker.io/v1/',
    );
  });

  test('a password that is missing ends the job and says which', async () => {
    const done = await run({ settings: { username: 'ci' }, variables: GITLAB });
    expect(done.status).not.toBe(0);
    expect(done.stderr).toContain('HEPHY_REGISTRY_PASSWORD: registry_username is set');
    const fork = await run({ settings: { username: 'ci' }, variables: GITLAB, required: false });
    expect(fork).toMatchObject({ status: 0, stderr: '' });
    expect(fork.logins.hosts).toEqual(['registry.gitlab.test:5050']);
  });

  test('a role: its token in a file, and the variables that AWS’s programs read', async () => {
    const settings = { awsRole: 'arn:aws:iam::123456789012:role/it’s $me' };
    const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
    const variables = {
      HEPHY_ID_TOKEN: 'eyJ.token',
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'key',
    };
    const done = await run({ host, settings, variables });
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(await readFile(join(done.directory, 'id-token'), 'utf8')).toBe('eyJ.token');
    expect((await stat(join(done.directory, 'id-token'))).mode & 0o777).toBe(0o600);
    expect(done.stdout).toContain('role/it’s $me');
    expect(done.stdout).not.toContain('AKID');
    const without = await run({ host, settings });
    expect(without.status).not.toBe(0);
    expect(without.stderr).toContain('HEPHY_ID_TOKEN: give this job id_tokens');
    expect(without.stderr).toContain('sts.amazonaws.com');
  });

  test('Google’s file and Azure’s variables', async () => {
    const googleProvider = 'projects/1/locations/global/workloadIdentityPools/ci/providers/gitlab';
    const google = { googleProvider, googleServiceAccount: 'hephy@acme.iam.gserviceaccount.com' };
    const variables = { HEPHY_ID_TOKEN: 'eyJ.token', AZURE_CLIENT_SECRET: 'old-secret' };
    const first = await run({ host: 'europe-docker.pkg.dev', settings: google, variables });
    expect(JSON.parse(await readFile(join(first.directory, 'google.json'), 'utf8'))).toMatchObject({
      type: 'external_account',
      audience: `//iam.googleapis.com/${googleProvider}`,
      credential_source: { file: join(first.directory, 'id-token') },
      service_account_impersonation_url: expect.stringContaining('hephy@acme.iam'),
    });
    const azure = { azureClient: 'client-1', azureTenant: 'tenant-1' };
    const second = await run({ host: 'acme.azurecr.io', settings: azure, variables });
    expect(second).toMatchObject({ status: 0, stderr: '' });
    for (const word of ['client-1', 'tenant-1', 'AzurePublicCloud']) expect(second.stdout).toContain(word);
    expect(second.stdout).not.toContain('old-secret');
  });
});

test('whom the jobs’ tokens are for', () => {
  const facts = { host: 'acme.azurecr.io', env: {}, required: true };
  const settings = { ...NO_LOGIN_SETTINGS, azureClient: 'c', azureTenant: 't' };
  expect(renderKanikoLogins({ ...facts, settings }).audience).toBe('api://AzureADTokenExchange');
  expect(renderKanikoLogins({ ...facts, settings: { ...settings, audience: 'me' } }).audience).toBe('me');
  expect(renderKanikoLogins({ ...facts, settings: { ...settings, username: 'ci' } }).audience).toBe(
    undefined,
  );
  expect(renderKanikoLogins({ ...facts, settings: NO_LOGIN_SETTINGS }).audience).toBe(undefined);
});

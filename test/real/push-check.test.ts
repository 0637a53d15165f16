import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createGitRepo, type GitRepo } from '../support/git-repo.ts';
import { goImage } from '../support/go-shop.ts';
import { hephy } from '../support/hephy.ts';
import { startRegistry, TEST_PASSWORD, TEST_USER, type TestRegistry } from '../support/registry.ts';

/** Everyone may read here, and who has no login may not push. */
let registry: TestRegistry;
let repo: GitRepo;
let flags: readonly string[];

beforeAll(async () => {
  registry = await startRegistry({ auth: 'token', anonymousPull: true });
  repo = await createGitRepo(goImage('api', 'ko_config: {base_image: "127.0.0.1:1/nowhere"}\n'));
  flags = ['--all', '--registry', `${registry.host}/shop`];
});
afterAll(() => registry.stop());

test.each(['prepare', 'build'])('%s without a login ends before anything is built', async (verb) => {
  const said = await hephy([verb, ...flags], { cwd: repo.dir });
  expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('REGISTRY_AUTH') });
  const logs = await readdir(join(repo.dir, '.hephy/logs')).catch(() => []);
  expect(logs.filter((name) => name.endsWith('.log'))).toEqual([]);
});

test('with a login prepare goes on, and leaves nothing in the registry', async () => {
  const auth = Buffer.from(`${TEST_USER}:${TEST_PASSWORD}`).toString('base64');
  const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [registry.host]: { auth } } }) };
  const said = await hephy(['prepare', ...flags, '--json'], { cwd: repo.dir, env });
  expect(said).toMatchObject({ code: 0 });
});

import { beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { compileWithFifthBackend } from '../support/fifth-backend.ts';
import { createGitRepo, createTempDir, TEST_GIT_ENV } from '../support/git-repo.ts';

/** What CONTRIBUTING.md promises: a new backend is one folder, one import and one entry. */
let program = '';

beforeAll(async () => {
  program = await compileWithFifthBackend(await createTempDir());
});

async function run(args: readonly string[], cwd: string): Promise<string> {
  const command = promisify(execFile)(process.execPath, [program, ...args], { cwd, env: TEST_GIT_ENV });
  return (await command).stdout;
}

test('a backend that is added is planned, explained and offered to editors', async () => {
  const { dir } = await createGitRepo({
    'hello/build-config.yaml': 'build_backend: echo\n',
    'hello/index.html': 'hello\n',
    'world/build-config.yaml': 'depends_on: [hello]\n',
    'world/Dockerfile': 'FROM scratch\n',
  });
  const plan = JSON.parse(await run(['plan', '--all', '--json'], dir));
  expect(plan.images).toMatchObject([
    { name: 'hello', backend: 'echo', source: { dockerfile: null } },
    { name: 'world', backend: 'kaniko', dependsOn: ['hello'] },
  ]);
  expect(plan.images[0].legs.map(({ id }: { id: string }) => id)).toEqual([
    'hello/linux-amd64',
    'hello/linux-arm64',
  ]);
  expect(await run(['explain', 'hello', '--all'], dir)).toMatch(/backend +echo +build_backend/);
  const schema = JSON.parse(await run(['schema'], dir));
  expect(JSON.stringify(schema.properties.build_backend)).toContain('"echo"');
});

test('an override may name it', async () => {
  const { dir } = await createGitRepo({
    'hello/build-config.yaml': 'build_backend: echo\nplatforms: [linux/amd64]\n',
  });
  const override = JSON.parse(await run(['plan', '--backend', 'hello=echo', '--all', '--json'], dir));
  expect(override.images).toMatchObject([{ backend: 'echo', reason: 'HEPHY_BACKEND' }]);
});

import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KANIKO_IMAGE } from '../../src/backends/kaniko/image.ts';
import { renderScript } from '../../src/backends/kaniko/script.ts';
import { NO_LOGIN_SETTINGS } from '../../src/domain/login.ts';
import { renderKanikoLogins } from '../../src/logins/kaniko-logins.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { hephy, TOOL_PATH } from '../support/hephy.ts';
import { kanikoLeg } from '../support/kaniko-leg.ts';
import { describeWith } from '../support/requirements.ts';
import { startRegistry, TEST_PASSWORD, TEST_USER, type TestRegistry } from '../support/registry.ts';

describeWith(['kaniko'], 'kaniko pushes by user name and password', () => {
  const secret = { HEPHY_REGISTRY_PASSWORD: TEST_PASSWORD };
  let registry: TestRegistry;
  let repo: GitRepo;
  beforeAll(async () => {
    registry = await startRegistry({ auth: 'basic' });
    repo = await createGitRepo({
      'web/build-config.yaml': 'build_backend: kaniko\nplatforms: [linux/amd64]\n',
      'web/Dockerfile': 'FROM scratch\nCOPY Dockerfile /\n',
    });
  });
  afterAll(() => registry.stop());

  test('in a container, which is handed the login', async () => {
    const env = { ...secret, HEPHY_REGISTRY_USERNAME: TEST_USER, DOCKER_CONFIG: await createTempDir() };
    const place = ['--registry', `${registry.host}/shop`];
    const said = await hephy(['build', '--all', ...place], { cwd: repo.dir, env });
    expect(said).toMatchObject({ code: 0 });
    expect(said.stdout + said.stderr).not.toContain(TEST_PASSWORD);
  });

  test.each([
    ['the settings', { ...NO_LOGIN_SETTINGS, username: TEST_USER }, () => secret],
    ['the job', NO_LOGIN_SETTINGS, gitlabVariables],
  ])('in a job, which writes the login of %s by itself', (_, settings, variablesOf) => {
    const { lines } = renderKanikoLogins({ host: registry.host, settings, env: {}, required: true });
    const leg = kanikoLeg({ repository: `${registry.host}/job`, insecure: true });
    const script = ['set -eu', ...lines, ...renderScript(leg, { root: '.', digestFile: '.hephy/digest' })];
    const done = runJob(script.join('\n'), variablesOf());
    expect(done).toMatchObject({ status: 0 });
    expect(String(done.stdout) + String(done.stderr)).not.toContain(TEST_PASSWORD);
  });

  function gitlabVariables(): Record<string, string> {
    return { CI_REGISTRY: registry.host, CI_REGISTRY_USER: TEST_USER, CI_REGISTRY_PASSWORD: TEST_PASSWORD };
  }

  function runJob(script: string, variables: Readonly<Record<string, string>>): ReturnType<typeof spawnSync> {
    const place = ['--mount', `type=bind,source=${repo.dir},target=/builds/shop`, '-w', '/builds/shop'];
    const names = Object.keys(variables).map((name) => `--env=${name}`);
    const words = ['run', '--rm', '--network=host', ...place, ...names, '--entrypoint=sh', KANIKO_IMAGE];
    return spawnSync('docker', [...words, '-c', script], { env: { PATH: TOOL_PATH, ...variables } });
  }
});

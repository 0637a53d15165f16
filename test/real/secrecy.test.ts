import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AnyRegistry, startAnyRegistry } from '../support/any-registry.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { hephy, type Said, TOOL_PATH } from '../support/hephy.ts';
import { findLeaks } from '../support/secrecy.ts';
import { watchProcesses } from '../support/watch-processes.ts';

/** Each by the way it comes; all of them are printed by a build that has gone mad. */
const SECRETS = {
  fromEnv: 'npm_0123456789abcdefghij',
  fromFile: 'file-Secret-3f9a8b7c6d5e',
  keyLine: 'MIIEowIBAAKCAQEAx3fjklm',
  login: 'registry-Passw0rd-77aa',
  upstream: 'upstream-T0ken-55bb66cc',
  job: 'ghs_JobToken0123456789',
  proxy: 'proxy-Pa55word-1234',
} as const;

const ACCOUNT = '123456789012';
const ECR = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;

let registry: AnyRegistry;
let server: GitServer;
let repo: GitRepo;
let env: Record<string, string>;
let reports: string;
let said: readonly Said[];
const seen = { cmdlines: '' };

beforeAll(async () => {
  registry = await startAnyRegistry();
  const upstream = await createGitRepo({ 'go.mod': 'module x\n', 'cmd/x/main.go': 'package main\n' });
  server = await startGitServer(join(upstream.dir, '..'), { login: `ada:${SECRETS.upstream}` });
  repo = await createGitRepo({
    '.gitignore': 'api/key.pem\n',
    'api/Dockerfile': 'FROM scratch\n',
    'api/build-config.yaml':
      'build_backend: buildkit\nplatforms: [linux/amd64]\nlabels: {team: a}\nsecrets: [{id: npm, env: PLAIN_NAME}, {id: key, file: key.pem}]\n',
    'up/build-config.yaml': `build_backend: ko\nplatforms: [linux/amd64]\nupstream_repo: ${server.url}/repo\n`,
  });
  await repo.write({ 'api/key.pem': `${SECRETS.fromFile}\n${SECRETS.keyLine}\n` });
  env = await surround();
  const watching = watchProcesses();
  said = [
    await hephy(['plan', '--all', '--json'], { cwd: repo.dir, env }),
    await hephy(['build', '--all', '--json'], { cwd: repo.dir, env: { ...env, RUNNER_DEBUG: '1' } }),
    await hephy(['build', '--all', '--json'], { cwd: repo.dir, env: { ...env, ...(await onGitlab()) } }),
  ];
  watching.stop();
  seen.cmdlines = await watching.found;
});
afterAll(() => Promise.all([server.stop(), registry.stop()]));

/** A home with a login, build tools that print whatever they find, and a platform with a token. */
async function surround(): Promise<Record<string, string>> {
  const home = await createTempDir();
  await mkdir(join(home, 'bin'));
  await mkdir(join(home, '.docker'));
  const auth = Buffer.from(`ada:${SECRETS.login}`).toString('base64');
  await writeFile(
    join(home, '.docker/config.json'),
    JSON.stringify({ auths: { 'registry.example.com': { auth } } }),
  );
  await writeFile(join(home, 'all'), Object.values(SECRETS).join('\n'));
  await writeFile(join(home, 'ca.pem'), server.certificate);
  for (const tool of ['ko', 'buildctl']) await writeFile(join(home, 'bin', tool), MAD_TOOL, { mode: 0o755 });
  return {
    ...{ HOME: home, PATH: `${join(home, 'bin')}:${TOOL_PATH}`, GIT_SSL_CAINFO: join(home, 'ca.pem') },
    BUILDKIT_HOST: 'tcp://127.0.0.1:1',
    PLAIN_NAME: SECRETS.fromEnv,
    GITHUB_TOKEN: SECRETS.job,
    SOME_PROXY: `http://ada:${SECRETS.proxy}@127.0.0.1:1`,
    [`HEPHY_UPSTREAM_TOKEN_${server.host.replace(/[.:]/g, '_')}`]: `ada:${SECRETS.upstream}`,
    HEPHY_REGISTRY: `${ECR}/shop`,
    ...registry.envFor(ECR),
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'workflow_dispatch',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SHA: await repo.git('rev-parse', 'HEAD'),
    GITHUB_STEP_SUMMARY: await emptyFile(home, 'summary.md'),
    GITHUB_OUTPUT: await emptyFile(home, 'output'),
  };
}

/** The same as a job of GitLab, whose files are read by people as well. */
async function onGitlab(): Promise<Record<string, string | undefined>> {
  reports = await createTempDir();
  const commit = { CI_COMMIT_SHA: env['GITHUB_SHA'], CI_COMMIT_REF_NAME: 'main', CI_DEBUG_TRACE: 'true' };
  return { ...commit, GITHUB_ACTIONS: undefined, GITLAB_CI: 'true', CI_PROJECT_DIR: reports };
}

/** As a runner hands them out. */
async function emptyFile(home: string, name: string): Promise<string> {
  const path = join(home, name);
  await writeFile(path, '');
  return path;
}

const MAD_TOOL = `#!/bin/sh
env; cat "$HOME/all" "$HOME/.docker/config.json"
while read -r secret; do
  echo "both streams: $secret" >&2
  printf 'in two: %.6s' "$secret"; sleep 0.02; printf '%s\\n' "$secret" | cut -c7-
  printf 'user:%s' "$secret" | base64
done < "$HOME/all"
echo "pushing to ${ECR}/shop"
find . -name config -path '*.git*' -exec cat {} +
exit 1
`;

function leaks(text: string): readonly string[] {
  return [...findLeaks(SECRETS, text), ...(text.includes(ACCOUNT) ? ['account'] : [])];
}

test('the build ran, failed and said so', () => {
  const [plan, build] = said;
  expect(plan?.code).toBe(0);
  expect(build?.code).toBe(1);
  expect(build?.stderr).toContain('***');
  expect(build?.stderr).toMatch(/^::debug::\$ git /m);
  expect(JSON.parse(build?.stdout ?? '')).toMatchObject({
    images: [{ state: 'failed' }, { state: 'failed' }],
  });
  expect(seen.cmdlines).toContain('fetch');
});

/** The runner takes these lines out of the log: they tell it what to hide in the output of other steps. */
function withoutMasks(text: string): string {
  return text.replace(/^::add-mask::.*$/gm, '');
}

test('none of it is printed, by the plan or by the build', () => {
  for (const { stdout, stderr } of said) expect(leaks(withoutMasks(stdout + stderr))).toEqual([]);
});

test('nor stands in a log, a summary or an argument list', async () => {
  const dir = join(repo.dir, '.hephy/logs');
  const logs = (await readdir(dir)).filter((name) => name.endsWith('.log'));
  expect(logs.sort()).toEqual(['api-linux-amd64.log', 'up-linux-amd64.log']);
  for (const name of logs) {
    const log = await readFile(join(dir, name), 'utf8');
    expect(log).toContain('both streams: ***');
    expect(leaks(log)).toEqual([]);
  }
  for (const name of ['GITHUB_STEP_SUMMARY', 'GITHUB_OUTPUT']) {
    const text = await readFile(env[name] ?? '', 'utf8');
    expect(text).not.toBe('');
    expect(leaks(text)).toEqual([]);
  }
  const files = ['hephy-code-quality.json', 'hephy-report.html', 'hephy-summary.md'];
  expect((await readdir(reports)).filter((name) => name.startsWith('hephy')).sort()).toEqual(files);
  for (const name of files) expect(leaks(await readFile(join(reports, name), 'utf8'))).toEqual([]);
  expect(leaks(seen.cmdlines).filter((name) => name !== 'account')).toEqual([]);
});

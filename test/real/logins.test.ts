import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HANDED_OUT, makeIdToken } from '../support/clouds.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { goImage } from '../support/go-shop.ts';
import { hephy, type Said, startHephy, TOOL_PATH } from '../support/hephy.ts';
import { watchProcesses } from '../support/watch-processes.ts';
import { ECR, GIVEN, startWideWorld, type WideWorld } from '../support/wide-world.ts';

const ROLE = 'arn:aws:iam::123456789012:role/hephy';
const PROVIDER = 'projects/1/locations/global/workloadIdentityPools/ci/providers/ci';
const ACCOUNT = 'hephy@acme.iam.gserviceaccount.com';
const AUDIENCES = [
  'sts.amazonaws.com',
  `https://iam.googleapis.com/${PROVIDER}`,
  'api://AzureADTokenExchange',
];

let world: WideWorld;
let repo: GitRepo;
beforeAll(async () => {
  world = await startWideWorld();
  const platform = 'platforms: [linux/amd64]\n';
  repo = await createGitRepo({
    ...goImage('api', `${platform}ko_config: {base_image: registry.test/base}\n`),
    ...goImage('check', `${platform}ko_config: {base_image: "\${HEPHY_REGISTRY}:\${API_TAG}"}\n`),
  });
});
afterAll(() => world.stop());

type Variables = Readonly<Record<string, string>>;

interface Job {
  readonly env: Variables;
  /** Everything that a run may write to besides the checkout. */
  readonly temp: string;
}

async function startJob(variables: Variables): Promise<Job> {
  const temp = await createTempDir();
  for (const name of ['runner', 'tmp']) await mkdir(join(temp, name));
  for (const name of ['output', 'summary', 'state']) await writeFile(join(temp, name), '');
  const place = { RUNNER_TEMP: join(temp, 'runner'), TMPDIR: join(temp, 'tmp') };
  return { temp, env: { ...world.env, ...place, DOCKER_CONFIG: join(temp, 'none'), ...variables } };
}

async function onGithub(variables: Variables): Promise<Job> {
  const job = await startJob({
    ...{ GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'workflow_dispatch', GITHUB_REF: 'refs/heads/main' },
    ...{
      GITHUB_SHA: await repo.git('rev-parse', 'HEAD'),
      GITHUB_REPOSITORY: 'Acme/Shop',
      GITHUB_ACTOR: 'ada',
    },
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://actions.test/id-token?api-version=2.0',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: HANDED_OUT.githubBearer,
    INPUT_TOKEN: GIVEN.jobToken,
    // The toolkit of GitHub trusts SSL_CERT_FILE from Node 22.19 on; its runners have 24.
    NODE_EXTRA_CA_CERTS: world.env['SSL_CERT_FILE'] ?? '',
    ...variables,
  });
  const files = {
    GITHUB_OUTPUT: join(job.temp, 'output'),
    GITHUB_STEP_SUMMARY: join(job.temp, 'summary'),
    GITHUB_STATE: join(job.temp, 'state'),
  };
  return { ...job, env: { ...job.env, ...files } };
}

async function onGitlab(variables: Variables): Promise<Job> {
  return startJob({
    ...{ GITLAB_CI: 'true', CI_PIPELINE_SOURCE: 'web', CI_COMMIT_REF_NAME: 'main' },
    CI_COMMIT_SHA: await repo.git('rev-parse', 'HEAD'),
    CI_PROJECT_DIR: '',
    ...{ CI_REGISTRY: 'registry.gitlab.test', CI_REGISTRY_IMAGE: 'registry.gitlab.test/group/shop' },
    ...{ CI_REGISTRY_USER: 'gitlab-ci-token', CI_REGISTRY_PASSWORD: GIVEN.jobToken },
    ...variables,
  });
}

/** What is secret, also as a Docker config and a header hold it. */
const SECRETS = [
  ...Object.values(GIVEN),
  ...Object.values(HANDED_OUT),
  ...AUDIENCES.map((one) => makeIdToken(one)),
];
const FORMS = SECRETS.flatMap((secret) => [
  secret,
  ...['', ':', 'xx:'].map((user) =>
    Buffer.from(user + secret)
      .toString('base64')
      .slice(4, -4),
  ),
]);

function leaks(text: string): readonly string[] {
  return FORMS.filter((form) => text.includes(form));
}

/** The lines by which a runner is told what to hide are for it alone: it prints none of them. */
function shown({ stdout, stderr }: Said): string {
  return `${stdout}\n${stderr}`.replace(/^::add-mask::.*$/gm, '');
}

async function readAll(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

async function build({ env, temp }: Job): Promise<Said> {
  const said = await hephy(['build', '--all', '--json'], { cwd: repo.dir, env });
  expect(leaks(shown(said))).toEqual([]);
  expect(leaks(await readAll(temp))).toEqual([]);
  expect(leaks(await readAll(join(repo.dir, '.hephy')))).toEqual([]);
  expect(await readdir(join(temp, 'runner'))).toEqual([]);
  return said;
}

const CLOUDS: readonly (readonly [string, string, Variables])[] = [
  ['ECR by a role', ECR, { AWS_ROLE: ROLE }],
  [
    'Artifact Registry by a provider and a service account',
    'europe-docker.pkg.dev',
    { GOOGLE_PROVIDER: PROVIDER, GOOGLE_SERVICE_ACCOUNT: ACCOUNT },
  ],
  ['Azure by an application', 'acme.azurecr.io', { AZURE_CLIENT: 'client-1', AZURE_TENANT: 'tenant-1' }],
];

describe('a pipeline builds, pushes and joins without a docker login', () => {
  async function expectPublished(job: Job, place: string): Promise<void> {
    const said = await build(job);
    expect(said).toMatchObject({ code: 0 });
    expect(JSON.parse(said.stdout)).toMatchObject({ images: [{ state: 'built' }, { state: 'built' }] });
    const path = place.slice(place.indexOf('/') + 1);
    expect(await world.tags(path)).toEqual(expect.arrayContaining(['api-latest', 'check-latest']));
  }

  test('to ghcr.io by the job’s token', async () => {
    const watching = watchProcesses();
    await expectPublished(await onGithub({}), 'ghcr.io/acme/shop').finally(watching.stop);
    expect(leaks(await watching.found)).toEqual([]);
  });

  test('to GitLab’s registry by the job’s token', async () => {
    await expectPublished(await onGitlab({}), 'registry.gitlab.test/group/shop');
  });

  test.each([
    ['GitHub', (variables: Variables) => onGithub(variables), 'INPUT_REGISTRY-PASSWORD'],
    ['GitLab', (variables: Variables) => onGitlab(variables), 'HEPHY_REGISTRY_PASSWORD'],
    ['a terminal', (variables: Variables) => startJob(variables), 'HEPHY_REGISTRY_PASSWORD'],
  ])('to any registry by user name and password, from %s', async (name, start, variable) => {
    const place = `registry.acme.test/${name.toLowerCase().replace(' ', '-')}`;
    const login = { HEPHY_REGISTRY_USERNAME: 'ci', [variable]: GIVEN.password };
    await expectPublished(await start({ HEPHY_REGISTRY: place, ...login }), place);
  });

  test.each(CLOUDS)('to %s, from GitHub', async (name, host, settings) => {
    const place = `${host}/github-${name.split(' ')[0]?.toLowerCase()}`;
    const inputs = Object.entries(settings).map(([name, value]) => [
      `INPUT_${name.replaceAll('_', '-')}`,
      value,
    ]);
    const job = await onGithub({ INPUT_REGISTRY: place, ...Object.fromEntries(inputs) });
    await expectPublished(job, place);
  });

  test.each(CLOUDS)('to %s, from GitLab', async (name, host, settings) => {
    const path = `gitlab-${name.split(' ')[0]?.toLowerCase()}`;
    const variables = Object.entries(settings).map(([name, value]) => [`HEPHY_${name}`, value]);
    const audience = AUDIENCES[CLOUDS.findIndex(([, one]) => one === host)] ?? '';
    const place = { HEPHY_REGISTRY: `${host}/${path}`, HEPHY_ID_TOKEN: makeIdToken(audience) };
    await expectPublished(await onGitlab({ ...place, ...Object.fromEntries(variables) }), `${host}/${path}`);
  });

  test('and no host was sent another one’s login, nor any that needs none', () => {
    const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;
    expect([...(world.heard.get('ghcr.io') ?? [])]).toEqual([basic(`ada:${GIVEN.jobToken}`)]);
    expect([...(world.heard.get(ECR) ?? [])]).toEqual([basic(`AWS:${HANDED_OUT.ecrPassword}`)]);
    expect([...(world.heard.get('registry.acme.test') ?? [])]).toEqual([basic(`ci:${GIVEN.password}`)]);
    expect(world.heard.has('registry.test')).toBe(false);
    const elsewhere = [...world.heard].filter(([host]) => !/^(ghcr\.io|registry\.gitlab\.test)$/.test(host));
    expect(
      leaks(elsewhere.flatMap(([, all]) => [...all]).join('\n')).filter((form) => form.includes('ghs_')),
    ).toEqual([]);
  });
});

test('what a tool that has gone mad prints of a login is hidden', async () => {
  const bin = await createTempDir();
  const print = [
    ...['#!/bin/sh', 'cat "$DOCKER_CONFIG/config.json"'],
    `sed -n 's/.*"auth": "\\([^"]*\\)".*/\\1/p' "$DOCKER_CONFIG/config.json" | base64 -d`,
    'exit 1',
  ].join('\n');
  await writeFile(join(bin, 'ko'), print, { mode: 0o755 });
  const job = await onGithub({
    INPUT_REGISTRY: `${ECR}/mad`,
    'INPUT_AWS-ROLE': ROLE,
    PATH: `${bin}:${TOOL_PATH}`,
  });
  const said = await build(job);
  expect(said.code).toBe(1);
  expect(said.stderr).toContain('"auth": "QVdTOm***');
  expect(said.stderr).toContain('AWS:***');
});

describe('without a login', () => {
  test('the first screen says what to write, and nothing was built', async () => {
    const job = await onGithub({
      INPUT_REGISTRY: `${ECR}/x`,
      'INPUT_AWS-ROLE': ROLE,
      ACTIONS_ID_TOKEN_REQUEST_URL: '',
    });
    const said = await build(job);
    expect(said.code).toBe(1);
    expect(said.stderr).toContain('REGISTRY_LOGIN');
    expect(said.stderr).toContain('permissions: id-token: write');
    expect(said.stderr).not.toContain('api/linux-amd64');
  });

  test('a pull request from a fork builds all the same', async () => {
    const payload = { pull_request: { number: 7, base: { ref: 'main', repo: { full_name: 'acme/shop' } } } };
    const path = join(await createTempDir(), 'event.json');
    await writeFile(path, JSON.stringify(payload));
    const fork = {
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: path,
      ACTIONS_ID_TOKEN_REQUEST_URL: '',
    };
    const job = await onGithub({ ...fork, INPUT_REGISTRY: `${ECR}/x`, 'INPUT_AWS-ROLE': ROLE });
    const said = await build(job);
    expect(said.code).toBe(0);
    expect(said.stderr).toContain('warning: could not log in to <ECR-REGISTRY>');
  });

  test('a login that is refused names what may be wrong with it on this platform', async () => {
    world.lock('ghcr.io');
    const said = await build(await onGithub({ GITHUB_REPOSITORY: 'acme/locked' }));
    expect(said.code).toBe(1);
    expect(said.stderr).toContain('REGISTRY_AUTH');
    expect(said.stderr).toContain('permissions: packages: write');
  });
});

test('what a killed step leaves, its post part removes', async () => {
  const job = await onGithub({
    ...{
      INPUT_STEP: 'all',
      GITHUB_WORKSPACE: repo.dir,
      HEPHY_REGISTRY_USERNAME: 'ci',
      HEPHY_REBUILD: 'always',
    },
    ...{ INPUT_REGISTRY: 'registry.acme.test/killed', 'INPUT_REGISTRY-PASSWORD': GIVEN.password },
  });
  const { child, said } = startHephy([], { cwd: repo.dir, env: job.env });
  while (!(await readAll(join(job.temp, 'runner'))).includes('"auths"') && child.exitCode === null);
  child.kill('SIGKILL');
  expect((await said).code).toBe(null);
  expect(leaks(await readAll(job.temp))).not.toEqual([]);
  const state = await readFile(join(job.temp, 'state'), 'utf8');
  const saved = [...state.matchAll(/^(\w+)<<(\S+)\n([^]*?)\n\2\n/gm)].map(([, name, , value]) => [
    `STATE_${name}`,
    value,
  ]);
  const env = { ...job.env, ...Object.fromEntries(saved) };
  expect(await hephy([], { cwd: repo.dir, env })).toMatchObject({ code: 0 });
  expect(await readdir(join(job.temp, 'runner'))).toEqual([]);
});

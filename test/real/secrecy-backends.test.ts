import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseRepository } from '../../src/registry/reference.ts';
import { startBuildkitd, type TestBuilder } from '../support/buildkitd.ts';
import { pushBusybox } from '../support/busybox-base.ts';
import { commitLongAgo } from '../support/docker-shop.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { goImage, onBase } from '../support/go-shop.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { openClient } from '../support/registry-client.ts';
import { has, testWith } from '../support/requirements.ts';
import { startRegistry, TEST_PASSWORD, TEST_USER, type TestRegistry } from '../support/registry.ts';
import { findLeaks, readImage, readTree } from '../support/secrecy.ts';
import { watchProcesses } from '../support/watch-processes.ts';

/** The login is the registry's own, so that what is pushed has really needed it. */
const SECRETS = {
  login: TEST_PASSWORD,
  fromEnv: 'npm_4f8Qz1Lw7Xc0Vb3Nm6',
  fromFile: 'file-Secret-3f9a8b7c6d5e',
  githubToken: 'ghs_JobToken9w8e7r6t5y',
  gitlabToken: 'glcbt-64_q9w8e7r6t5y4',
  runtimeToken: 'eyJhbGciOiJSUzI1NiJ9-runtime',
  cloudKey: 'wJalrXUtnFEMI0K7MDENGbPxRfi',
  upstreamToken: 'upstream-T0ken-55bb66cc',
} as const;

const IMAGES = [
  { name: 'prog', requires: 'ko' },
  { name: 'web', requires: 'buildkit' },
  { name: 'old', requires: 'kaniko' },
] as const;

let bases: TestRegistry;
let registry: TestRegistry;
let builder: TestBuilder;
let repo: GitRepo;
let home: string;
let said: Said;
let cmdlines: string;
let TMPDIR: string;

beforeAll(async () => {
  [bases, registry, builder] = await Promise.all([
    startRegistry(),
    startRegistry({ auth: 'basic' }),
    startBuildkitd(),
  ]);
  await pushBusybox(`${bases.host}/base:latest`);
  repo = await createShop(`${bases.host}/base:latest`);
  [home, TMPDIR] = await Promise.all([createHome(), createTempDir()]);
  const watching = watchProcesses();
  said = await hephy(['build', '--all', '--registry', `${registry.host}/shop`], {
    cwd: repo.dir,
    env: environment(),
  });
  watching.stop();
  cmdlines = await watching.found;
});
afterAll(() => Promise.all([bases.stop(), registry.stop(), builder.stop()]));

/** Reads its secrets as steps do, and keeps all else that a step can see. */
function dockerfile(base: string): string {
  return `FROM ${base}
RUN --mount=type=secret,id=npm wc -c /run/secrets/npm
RUN --mount=type=secret,id=key wc -c /run/secrets/key
RUN env > /environment
`;
}

async function createShop(base: string): Promise<GitRepo> {
  const made = await createGitRepo();
  const secrets = 'secrets: [{id: npm, env: NPM_TOKEN}, {id: key, file: key.pem}]';
  const config = `platforms: [linux/amd64]\nadditional_tags: [latest]\n${secrets}\n`;
  await made.write({
    ...goImage('prog', `platforms: [linux/amd64]\n${onBase(bases.host)}`),
    'web/build-config.yaml': `build_backend: buildkit\nbuildkit_config: {provenance: max}\n${config}`,
    'web/Dockerfile': dockerfile(base),
    '.gitignore': 'key.pem\n',
    ...(has('kaniko') && {
      'old/build-config.yaml': `build_backend: kaniko\n${config}`,
      'old/Dockerfile': dockerfile(base),
    }),
  });
  await commitLongAgo(made);
  for (const name of ['web', 'old']) {
    await mkdir(join(made.dir, name), { recursive: true });
    await writeFile(join(made.dir, name, 'key.pem'), SECRETS.fromFile);
  }
  return made;
}

async function createHome(): Promise<string> {
  const made = await createTempDir();
  await mkdir(join(made, '.docker'));
  const auth = Buffer.from(`${TEST_USER}:${SECRETS.login}`).toString('base64');
  const logins = JSON.stringify({ auths: { [registry.host]: { auth } } });
  await writeFile(join(made, '.docker/config.json'), logins);
  return made;
}

function environment(): Record<string, string> {
  return {
    ...{ HOME: home, TMPDIR, XDG_CACHE_HOME: join(homedir(), '.cache'), BUILDKIT_HOST: builder.address },
    ...{ GOCACHE: join(homedir(), '.cache/go-build'), GOMODCACHE: join(homedir(), 'go/pkg/mod') },
    NPM_TOKEN: SECRETS.fromEnv,
    GITHUB_TOKEN: SECRETS.githubToken,
    CI_JOB_TOKEN: SECRETS.gitlabToken,
    ACTIONS_RUNTIME_TOKEN: SECRETS.runtimeToken,
    AWS_SECRET_ACCESS_KEY: SECRETS.cloudKey,
    HEPHY_UPSTREAM_TOKEN: SECRETS.upstreamToken,
  };
}

test('all images were built and pushed, with the login and the secrets that they need', () => {
  expect(said).toMatchObject({ code: 0 });
  expect(cmdlines).toContain('buildctl');
});

/** What was published of an image, and the layers that its builder keeps beside. */
async function readAll(name: string): Promise<readonly string[]> {
  const { registries, http } = openClient({ logins: [registry.host] });
  const places = ['shop', ...(name === 'old' ? ['shop/cache/old-amd64'] : [])];
  const read = places.map(async (place) => {
    const repository = registries.repository(parseRepository(`${registry.host}/${place}`));
    const tags = (await repository.listTags()).filter((tag) => place !== 'shop' || tag.includes(name));
    return Promise.all(tags.map((tag) => readImage(repository, tag)));
  });
  const all = (await Promise.all(read)).flat();
  http.close();
  return all;
}

for (const { name, requires } of IMAGES) {
  const title = `${name} holds none of it, in a layer, its config, its history or its provenance`;
  testWith([requires], title, async () => {
    const all = await readAll(name);
    expect(all.length).toBeGreaterThanOrEqual(name === 'prog' ? 2 : 3);
    expect(all.some((bytes) => bytes.includes('org.opencontainers.image.revision'))).toBe(true);
    for (const bytes of all) expect(findLeaks(SECRETS, bytes)).toEqual([]);
  });
}

test('no program that ran had any of it among its arguments', () => {
  expect(findLeaks(SECRETS, cmdlines)).toEqual([]);
});

test('nothing was printed or logged', async () => {
  expect(findLeaks(SECRETS, said.stdout + said.stderr)).toEqual([]);
  const logs = await readTree(join(repo.dir, '.hephy'));
  expect(logs).toContain('prog-linux-amd64.log');
  expect(findLeaks(SECRETS, logs)).toEqual([]);
});

test('no temporary file was left behind, and no secret in the home of the user', async () => {
  expect(await readdir(TMPDIR)).toEqual([]);
  // Go keeps its counters there.
  const { login: _itsOwn, ...others } = SECRETS;
  expect(findLeaks(others, await readTree(home))).toEqual([]);
  expect(await repo.git('status', '--porcelain')).toBe('');
  expect(await readFile(join(repo.dir, 'web/key.pem'), 'utf8')).toBe(SECRETS.fromFile);
});

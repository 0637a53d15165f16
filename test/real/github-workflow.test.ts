import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exportProject } from '../support/export-project.ts';
import { createGithubShop, type GithubShop, RUNNER } from '../support/github-shop.ts';
import { fakeTool } from '../support/fake-tool.ts';
import { crane, craneJson, goProgram } from '../support/go-shop.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

let registry: TestRegistry;
let project: string;
let shop: GithubShop;

beforeAll(async () => {
  [registry, project] = await Promise.all([startRegistry(), exportProject()]);
});
afterAll(() => registry.stop());
beforeEach(async () => {
  shop = await createGithubShop(registry.host, project);
});

const platforms = async (tag: string): Promise<readonly string[]> => {
  const { manifests } = await craneJson<{ manifests: { platform: { architecture: string } }[] }>(
    'manifest',
    `${shop.registry}:${tag}`,
  );
  return manifests.map(({ platform }) => platform.architecture);
};

describe('a push', () => {
  test('builds on a machine for each architecture, joins, and the one check is green', async () => {
    const done = await shop.play();
    expect(done).toMatchObject({ code: 0 });
    expect(done.jobs).toEqual([
      { id: 'build amd64-1', result: 'success' },
      { id: 'build arm64-1', result: 'success' },
      { id: 'hephy', result: 'success' },
      { id: 'manifest', result: 'success' },
      { id: 'prepare', result: 'success' },
    ]);
    expect(await platforms('check-latest')).toEqual(['amd64', 'arm64']);
    expect(done.summary).toContain('check-latest');
  });

  test('that changes nothing to build starts no machine to build on, and is green', async () => {
    const before = await shop.repo.git('rev-parse', 'HEAD');
    await shop.repo.write({ 'README.md': 'words' });
    await shop.repo.commit();
    const done = await shop.play({ payload: { before } });
    expect(done).toMatchObject({ code: 0 });
    expect(done.jobs).toEqual([
      { id: 'hephy', result: 'success' },
      { id: 'prepare', result: 'success' },
    ]);
    expect(done.output('build')).toBe('false');
  });

  test('of one image fetches the commit before it, and builds that image and what is built on it', async () => {
    const before = await shop.repo.git('rev-parse', 'HEAD');
    await shop.repo.write({ 'check/cmd/check/main.go': goProgram('fmt.Println("more")') });
    await shop.repo.commit();
    await crane('copy', `${registry.host}/base:latest`, `${shop.registry}:api-latest`);
    const done = await shop.play({ payload: { before } });
    expect(done).toMatchObject({ code: 0 });
    expect(done.output('images')).toBe('["check"]');
    expect(await platforms('check-latest')).toEqual(['amd64', 'arm64']);
  });

  test('of what the registry has already joins it again on no machine but that of manifest', async () => {
    expect(await shop.play()).toMatchObject({ code: 0 });
    await shop.repo.commit('nothing but a commit');
    const done = await shop.play();
    expect(done).toMatchObject({ code: 0 });
    expect(done.jobs.map(({ id }) => id)).toEqual(['hephy', 'manifest', 'prepare']);
    const sha = (await shop.repo.git('rev-parse', 'HEAD')).slice(0, 7);
    expect(await crane('ls', shop.registry)).toContain(`-${sha}\n`);
  });
});

/** What a server says that does not tell a workflow where it comes from. */
const MIRRORED = `on: push
jobs:
  images:
    permissions: { contents: read, packages: write }
    uses: platform/mirror/.github/workflows/build.yml@stable
    with:
      registry: \${{ vars.REGISTRY }}
      images: api
      builder-repository: platform/mirror
      builder-ref: v2
      runs-on: '["self-hosted", "linux"]'
      runners: linux/amd64=self-hosted+linux+x64,linux/arm64=self-hosted+linux+arm64
`;

test('under another owner, on machines of one’s own, it takes its action from there', async () => {
  await shop.repo.write({ '.github/workflows/images.yml': MIRRORED });
  await shop.repo.commit();
  const done = await shop.play({
    labels: ['linux', 'x64', 'arm64'],
    repositories: { 'acme/shop': shop.origin, 'platform/mirror': project },
    flags: ['--local-repository', `platform/mirror@stable=${project}`],
    env: {
      HEPHY_TEST_REPOSITORIES: JSON.stringify({ 'acme/shop': shop.origin, 'platform/mirror': project }),
    },
  });
  expect(done).toMatchObject({ code: 0 });
  expect(done.jobs).toHaveLength(5);
  expect(done.log).toContain('platform/mirror at v2');
});

test('an image of the whole repository is built from the repository, and not from what lies beside it', async () => {
  await shop.repo.write({
    '.hephy/build-config.yaml': 'name: all\nplatforms: [linux/amd64]\nbuild_backend: kaniko\n',
    Dockerfile: 'FROM scratch\nCOPY . /\n',
    '.dockerignore': '.git\n',
  });
  await shop.repo.commit();
  const before = await shop.repo.git('rev-parse', 'HEAD~1');
  const printed = 'case "$1" in run) printf "argument %s\\n" "$@"; exit 1 ;; esac';
  const docker = await fakeTool('docker', `${printed}\nPATH=\${PATH#*:} exec docker "$@"`);
  const done = await shop.play({ payload: { before }, env: { PATH: `${docker}:${RUNNER.PATH}` } });
  const places = done.log.match(/argument .*hostexecutor.*/g) ?? [];
  expect(places.length).toBeGreaterThan(0);
  expect(places.filter((place) => !/hostexecutor\/source\b/.test(place))).toEqual([]);
});

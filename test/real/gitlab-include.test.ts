import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import type { GitRepo } from '../support/git-repo.ts';
import { createGitRepo } from '../support/git-repo.ts';
import { listGitlabJobs } from '../support/gitlab-ci-local.ts';
import { gitlabCi, playParent, startMirror, type Mirror } from '../support/gitlab-shop.ts';
import { BUNDLE } from '../support/hephy.ts';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

/** A port where nobody is: the registry is asked for nothing in these. */
const NOWHERE = '127.0.0.1:9/shop';

let mirror: Mirror;

beforeAll(async () => {
  mirror = await startMirror();
});
afterAll(() => mirror.stop());

async function createShop(files: Readonly<Record<string, string>> = {}): Promise<GitRepo> {
  const repo = await createGitRepo({ '.gitlab-ci.yml': gitlabCi(mirror), ...files });
  await repo.git('remote', 'add', 'origin', 'https://gitlab.com/acme/shop.git');
  return repo;
}

type Jobs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

test('the include and the component are the same jobs', async () => {
  const include: Jobs = parse(await read('gitlab/hephy-build.yml'));
  const component: Jobs = parseAllDocuments(await read('templates/build.yml'))[1]?.toJS();
  for (const name of ['hephy:prepare', 'hephy:build']) {
    const other = component[`$[[ inputs.job_prefix ]]${name}`] ?? {};
    for (const key of ['script', 'rules', 'artifacts', 'inherit', 'retry', 'id_tokens', 'interruptible']) {
      expect(other[key]).toEqual(include[name]?.[key]);
    }
    expect(Object.keys(other)).toEqual(Object.keys(include[name] ?? {}));
  }
  expect(Object.keys(include)).toEqual(['hephy:prepare', 'hephy:build']);
});

describe('which pipelines have the two jobs', () => {
  const both = ['hephy:build', 'hephy:prepare'];
  test.each([
    ['a push to the default branch', { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main' }, both],
    ['a push to another branch', { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'feature' }, []],
    ['a merge request', { CI_PIPELINE_SOURCE: 'merge_request_event', CI_MERGE_REQUEST_IID: '7' }, both],
    ['a schedule', { CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_BRANCH: 'main' }, both],
    ['a tag', { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_TAG: 'v1.0.0' }, both],
    ['one started by hand', { CI_PIPELINE_SOURCE: 'web', CI_COMMIT_BRANCH: 'feature' }, both],
  ])('%s', async (_, variables, expected) => {
    const { dir } = await createShop();
    const all = { CI_DEFAULT_BRANCH: 'main', ...variables };
    const unset = Object.hasOwn(variables, 'CI_COMMIT_BRANCH') ? [] : ['CI_COMMIT_BRANCH'];
    expect(await listGitlabJobs({ cwd: dir, variables: all, unset, flags: ['--fetch-includes'] })).toEqual(
      expected,
    );
  });
});

describe('the bundle', () => {
  const play = (repo: GitRepo, variables: Readonly<Record<string, string>>): ReturnType<typeof playParent> =>
    playParent({ repo, mirror, registry: NOWHERE, run: { variables } });

  test('that is not the one that is pinned is not run', async () => {
    const { jobs, log } = await play(await createShop(), { HEPHY_SHA256: 'a'.repeat(64) });
    expect(jobs).toEqual([{ id: 'hephy:prepare', result: 'failure' }]);
    expect(log).toMatch(/could not be fetched from http:.*its SHA-256 is [0-9a-f]{64}, and should be a{64}/);
    expect(log).not.toContain('--child-pipeline\n');
  });

  test('that is not there: what was asked for, and what to do', async () => {
    const { jobs, log } = await play(await createShop(), { HEPHY_SOURCE: `${mirror.url}/missing.mjs` });
    expect(jobs).toEqual([{ id: 'hephy:prepare', result: 'failure' }]);
    expect(log).toContain('missing.mjs: the server answers 404');
    expect(log).toContain('HEPHY_SOURCE names a mirror or a file of this repository');
  });

  test('from a file of the repository; nothing to do is one tiny job, which runs nothing of ours', async () => {
    const repo = await createShop();
    await mkdir(join(repo.dir, 'ci'));
    await copyFile(BUNDLE, join(repo.dir, 'ci/hephy.mjs'));
    await repo.commit('vendored');
    const { jobs } = await play(repo, { HEPHY_SOURCE: 'ci/hephy.mjs', HEPHY_SHA256: '' });
    expect(jobs).toEqual([{ id: 'hephy:prepare', result: 'success' }]);
    const child: Jobs = parse(await readFile(join(repo.dir, '.hephy/run/pipeline.yml'), 'utf8'));
    expect(Object.keys(child)).toEqual(['workflow', 'stages', 'variables', 'nothing-to-do']);
    expect(child['nothing-to-do']).toMatchObject({ image: 'busybox:1.37' });
  });
});

test('a config that is wrong: on file and line in the log and for Code Quality, and nothing is started', async () => {
  const repo = await createShop({
    'web/build-config.yaml': 'dockerfile: x\n',
    'web/Dockerfile': 'FROM scratch\n',
  });
  await writeFile(join(repo.dir, 'unused'), '');
  const { jobs, log } = await playParent({ repo, mirror, registry: NOWHERE, run: { jobs: [] } });
  expect(jobs).toContainEqual({ id: 'hephy:prepare', result: 'failure' });
  expect(jobs).not.toContainEqual({ id: 'hephy:build', result: 'success' });
  expect(log).toContain('web/build-config.yaml:1:1');
  expect(log).toContain('did you mean "dockerfile_path"?');
});

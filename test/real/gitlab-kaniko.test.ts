import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pushBusybox } from '../support/busybox-base.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { runKanikoJob } from '../support/gitlab-kaniko.ts';
import { crane, craneJson } from '../support/go-shop.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { fileOf } from '../support/image-files.ts';
import { describeWith } from '../support/requirements.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

/** As the first version had it: nothing says what a backend is, and the tag of the base comes as an argument. */
const config = (fields = ''): string =>
  `use_local_context: true\nupstream_repo: null\nupstream_ref: null\ndockerfile_path: Dockerfile\ntarget: ""\n` +
  `context_path: .\nbuild_args: []\nplatforms:\n  - linux/amd64\nadditional_tags:\n  - latest\n${fields}`;

describeWith(['busybox', 'kaniko'], 'kaniko’s jobs in its own image', () => {
  let registry: TestRegistry;
  let base: string;
  let count = 0;

  beforeAll(async () => {
    registry = await startRegistry();
    base = `${registry.host}/base:latest`;
    await pushBusybox(base);
  });

  afterAll(() => registry.stop());

  interface Run {
    readonly repo: GitRepo;
    readonly place: string;
    readonly env: Readonly<Record<string, string>>;
  }

  async function start(files: Readonly<Record<string, string>>): Promise<Run> {
    const repo = await createGitRepo(files);
    const place = `${registry.host}/shop${count++}`;
    await repo.git('remote', 'add', 'origin', 'https://gitlab.example.com/acme/shop.git');
    const env = {
      ...{
        GITLAB_CI: 'true',
        CI_PIPELINE_SOURCE: 'push',
        CI_COMMIT_REF_NAME: 'main',
        CI_JOB_NAME: 'hephy:prepare',
      },
      ...{ CI_COMMIT_SHA: await repo.git('rev-parse', 'HEAD'), CI_COMMIT_BEFORE_SHA: '0'.repeat(40) },
      ...{ CI_PROJECT_DIR: repo.dir, ECR_REGISTRY: place, HEPHY_ALLOW_FILE_UPSTREAMS: 'true' },
    };
    return { repo, place, env };
  }

  async function prepare({ repo, env }: Run): Promise<Said> {
    const said = await hephy(['prepare', '--child-pipeline'], { cwd: repo.dir, env });
    expect(said).toMatchObject({ code: 0 });
    return said;
  }

  /** Each job has a checkout of its own. */
  async function play(
    { repo }: Run,
    job: string,
  ): Promise<ReturnType<typeof runKanikoJob> & { checkout: string }> {
    const checkout = await createTempDir();
    await cp(repo.dir, checkout, { recursive: true });
    return { ...runKanikoJob({ checkout, job }), checkout };
  }

  async function publish({ repo, env }: Run): Promise<Said> {
    return hephy(['manifest', '--plan', '.hephy/run/plan.json'], { cwd: repo.dir, env });
  }

  test('a repository of the first version: two images, one on the other, in one job', async () => {
    const run = await start({
      'curl/build-config.yaml': config(),
      'curl/Dockerfile': `FROM ${base}\nRUN echo curl > /curl\n`,
      'tool/build-config.yaml': config().replace(
        'build_args: []',
        'build_args:\n  - ECR_REGISTRY=${ECR_REGISTRY}\n  - CURL_TAG=${CURL_TAG}',
      ),
      'tool/Dockerfile':
        'ARG ECR_REGISTRY\nARG CURL_TAG\nFROM ${ECR_REGISTRY}:${CURL_TAG}\nRUN echo tool > /tool\n',
      'rebuild-weekly.txt': 'curl\n',
    });
    await prepare(run);
    const { code, output, checkout } = await play(run, 'kaniko-amd64-1');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await readdir(join(checkout, '.hephy/digests'))).toEqual([
      'curl-linux-amd64.txt',
      'tool-linux-amd64.txt',
    ]);
    const tag = (await readFile(join(checkout, 'tool-amd64.tag'), 'utf8')).trim();
    const digest = (await readFile(join(checkout, '.hephy/digests/tool-linux-amd64.txt'), 'utf8')).trim();
    expect(await crane('digest', `${run.place}:${tag}`)).toBe(digest);
    expect(await publish(run)).toMatchObject({ code: 0 });
    expect(await fileOf(`${run.place}:tool-latest`, 'curl')).toBe('curl\n');
    expect(await fileOf(`${run.place}:tool-latest`, 'tool')).toBe('tool\n');
    await rm(join(run.repo.dir, '.hephy'), { recursive: true });
    const again = await prepare(run);
    expect(again.stdout).toContain('unchanged');
    expect(await readFile(join(run.repo.dir, '.hephy/run/pipeline.yml'), 'utf8')).not.toContain('kaniko');
  });

  test('a step that fails: what needs it is not built, the rest is published, and the end says why', async () => {
    const run = await start({
      'bad/build-config.yaml': config(),
      'bad/Dockerfile': `FROM ${base}\nRUN echo about to fail && false\n`,
      'next/build-config.yaml': config(),
      'next/Dockerfile': 'ARG ECR_REGISTRY\nARG BAD_TAG\nFROM ${ECR_REGISTRY}:${BAD_TAG}\n',
      'good/build-config.yaml': config(),
      'good/Dockerfile': `FROM ${base}\nRUN echo good > /good\n`,
      '.hephy/project.yaml': 'max_jobs: 1\n',
    });
    await prepare(run);
    const { code, output } = await play(run, 'kaniko-amd64-1');
    expect({ code, output }).toMatchObject({ code: 1 });
    const [, summary = ''] = output.split('Some legs were not built:');
    expect(summary).toContain('bad/linux-amd64 failed after');
    expect(summary).toContain('exit status 1');
    expect(summary).toContain('next/linux-amd64 was not built, because bad/linux-amd64 was not');
    const published = await publish(run);
    expect(published.code).toBe(1);
    expect(published.stdout + published.stderr).toContain('bad');
    expect(await fileOf(`${run.place}:good-latest`, 'good')).toBe('good\n');
    await expect(crane('digest', `${run.place}:bad-latest`)).rejects.toThrow();
  });

  test('an upstream comes packed; an image of the whole checkout has nothing of ours in it', async () => {
    const upstream = await createGitRepo({
      'deploy/Dockerfile': `FROM ${base}\nCOPY note /note\n`,
      note: 'upstream\n',
    });
    const run = await start({
      'theirs/build-config.yaml': `upstream_repo: file://${upstream.dir}\nupstream_ref: main\ndockerfile_path: deploy/Dockerfile\nplatforms: [linux/amd64]\nadditional_tags: [latest]\n`,
      '.hephy/build-config.yaml': `name: whole\n${config()}`,
      Dockerfile: `FROM ${base}\nCOPY . /all/\nRUN ls -a /all /all/.hephy > /list\n`,
      '.hephy/project.yaml': 'max_jobs: 1\n',
    });
    await prepare(run);
    const { code, output } = await play(run, 'kaniko-amd64-1');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await publish(run)).toMatchObject({ code: 0 });
    expect(await fileOf(`${run.place}:theirs-latest`, 'note')).toBe('upstream\n');
    const list = await fileOf(`${run.place}:whole-latest`, 'list');
    expect(list).toContain('Dockerfile');
    expect(list).not.toMatch(/^run$|^digests$|^logs$|\.tag$/m);
    const { config: image } = await craneJson<{ config: { Labels: Record<string, string> } }>(
      'config',
      `${run.place}:whole-latest`,
    );
    expect(image.Labels['dev.hephy.backend']).toBe('kaniko');
  });

  test('a merge request: one job builds on what another one pushed for it, and nothing is published', async () => {
    const goBase = `ko_config: {base_image: "${base}"}\nplatforms: [linux/amd64]\nadditional_tags: [latest]\n`;
    const run = await start({
      'api/build-config.yaml': goBase,
      'api/go.mod': 'module example.com/api\n\ngo 1.22\n',
      'api/cmd/api/main.go': 'package main\n\nfunc main() {}\n',
      'web/build-config.yaml': config(),
      'web/Dockerfile':
        'ARG HEPHY_REGISTRY\nARG API_TAG\nFROM ${HEPHY_REGISTRY}:${API_TAG}\nRUN ls /ko-app > /list\n',
    });
    const request = {
      ...{
        CI_PIPELINE_SOURCE: 'merge_request_event',
        CI_MERGE_REQUEST_IID: '7',
        CI_MERGE_REQUEST_PROJECT_ID: '5',
      },
      ...{ CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '5', CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' },
    };
    const env = { ...run.env, ...request, HEPHY_REBUILD: 'always' };
    await run.repo.git('update-ref', 'refs/remotes/origin/main', await run.repo.git('rev-parse', 'HEAD'));
    await run.repo.write({ 'api/go.mod': 'module example.com/api\n\ngo 1.22\n\n// changed\n' });
    const CI_COMMIT_SHA = await run.repo.commit('a change');
    await prepare({ ...run, env: { ...env, CI_COMMIT_SHA } });
    const child = { ...env, CI_COMMIT_SHA, CI_PIPELINE_SOURCE: 'parent_pipeline' };
    const plan = '.hephy/run/plan.json';
    const built = await hephy(['build', '--plan', plan, '--job', 'amd64-1'], {
      cwd: run.repo.dir,
      env: child,
    });
    expect(built).toMatchObject({ code: 0 });
    const tag = (await readFile(join(run.repo.dir, 'api-amd64.tag'), 'utf8')).trim();
    expect(tag).toMatch(/^api-mr7-[0-9a-f]{7}-amd64$/);
    const { code, output, checkout } = await play(run, 'kaniko-amd64-1');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await readdir(checkout)).not.toContain('web-amd64.tag');
    expect(
      (await crane('ls', run.place))
        .trim()
        .split('\n')
        .filter((name) => !name.endsWith('.sbom')),
    ).toEqual([tag]);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createGitRepo, createTempDir } from '../support/git-repo.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { startRegistry } from '../support/registry.ts';
import { playKaniko } from '../support/shell-job.ts';

const DOCKERFILE = 'FROM scratch\n';

/** Every verb that reads configs gives the same answer, calmly and soon. */
async function validate(files: Readonly<Record<string, string>>): Promise<Said> {
  const repo = await createGitRepo(files);
  const said = await hephy(['validate'], { cwd: repo.dir });
  expect(said.stdout + said.stderr).not.toMatch(/^ +at .*:\d+:\d+|INTERNAL|node:internal/m);
  // Names of others cannot steer a terminal.
  expect(said.stdout + said.stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
  return said;
}

function image(config: string): Record<string, string> {
  return { 'a/build-config.yaml': config, 'a/Dockerfile': DOCKERFILE };
}

describe('good configs that look odd', () => {
  test.each([
    ['empty', ''],
    ['only a comment', '# later\n'],
    ['null', 'null\n'],
    ['Windows line ends and a byte order mark', '\ufeffadditional_tags:\r\n  - latest\r\n'],
    ['numbers that are tags', 'additional_tags: [1.10, 012, 1e3, 0x10]\n'],
    ['an anchor and a merge key', 'labels: &x {a: b}\nannotations:\n  <<: *x\n  c: d\n'],
    ['every field absent', 'target: ""\nbuild_args: []\nupstream_repo: null\nmanual_images: null\n'],
    ['names of the language', 'labels: {constructor: a, toString: b}\nbuild_args: {hasOwnProperty: c}\n'],
  ])('%s', async (_, config) => {
    expect(await validate(image(config))).toMatchObject({ code: 0, stderr: '' });
  });

  test('numbers stay the text that was written', async () => {
    const repo = await createGitRepo(image('additional_tags: [1.10, 012, 1e3]\n'));
    const { stdout } = await hephy(['plan', '--json'], { cwd: repo.dir });
    const plan: { images: { tags: string[] }[] } = JSON.parse(stdout);
    expect(plan.images[0]?.tags.slice(1)).toEqual(['a-1.10', 'a-012', 'a-1e3']);
  });
});

describe('bad configs are errors with a place, and exit 2', () => {
  const bomb = `${'abcdefghi'
    .split('')
    .map(
      (name, at, all) =>
        `${name}: &${name} [${Array(9)
          .fill(at === 0 ? 'x' : `*${all[at - 1]}`)
          .join(', ')}]`,
    )
    .join('\n')}\n`;
  test.each([
    ['a tab', 'labels:\n\ta: b\n', 'CONFIG_SYNTAX'],
    ['an open bracket', 'platforms: [linux/amd64\n', 'CONFIG_SYNTAX'],
    ['a key twice', 'name: a\nname: b\n', 'CONFIG_DUPLICATE_KEY'],
    ['an alias to itself', 'labels: &x\n  <<: *x\n', 'CONFIG_'],
    ['a bomb of aliases', bomb, 'CONFIG_LIMIT'],
    ['ten megabytes', `# ${'x'.repeat(10_000_000)}\n`, 'CONFIG_LIMIT'],
    ['a list', '- a\n- b\n', 'CONFIG_TYPE'],
    ['two documents', 'name: a\n---\nname: b\n', 'CONFIG_SYNTAX'],
    ['deep nesting', `labels: ${'['.repeat(20_000)}\n`, 'CONFIG_'],
    ['__proto__', '__proto__: {name: x}\n', 'CONFIG_UNKNOWN_KEY'],
    ['a merge conflict', 'name: a\n<<<<<<< HEAD\njobs: 1\n=======\n>>>>>>> b\n', 'unresolved merge conflict'],
    ['a NUL byte', 'name: a\n\0\n', 'contains a NUL byte'],
    ['a key with a slip', 'dockerfle: x\n', 'did you mean "dockerfile_path"'],
    ['an unknown key', 'dockerfile: x\n', 'CONFIG_UNKNOWN_KEY'],
    ['a platform with a slip', 'platforms: [linux/arm46]\n', 'CONFIG_PLATFORM'],
    ['a path out of the repository', 'context_path: ../..\n', 'CONFIG_PATH'],
    ['a name that steers a terminal', 'name: "a\\x1b[31mb"\n', 'CONFIG_NAME'],
    ['a name of two lines', 'name: "a\\nb"\n', 'CONFIG_NAME'],
    ['a switch for a name', 'name: --upload-pack=x\n', 'CONFIG_NAME'],
    ['a backend with a slip', 'build_backend: kankio\n', 'CONFIG_VALUE'],
    ['an address that runs a program', 'upstream_repo: "ext::sh -c id"\n', 'UPSTREAM_URL'],
  ])('%s', async (_, config, code) => {
    const said = await validate(image(config));
    expect(said).toMatchObject({ code: 2, stdout: '' });
    expect(said.stderr).toMatch(/^a\/build-config\.yaml/);
    expect(said.stderr).toContain(code);
  });

  test('all of them at once, each with its file, and a sum', async () => {
    const said = await validate({
      ...image('platforms: [linux/arm46]\ndockerfile: x\n'),
      'b/build-config.yaml': 'build_backend: kankio\n',
      'c/build-config.yaml': 'name: a\n',
      'c/Dockerfile': DOCKERFILE,
    });
    expect(said.code).toBe(2);
    expect(said.stderr).toContain('a/build-config.yaml:1:13: platforms[0]');
    expect(said.stderr).toContain('a/build-config.yaml:2:1: ');
    expect(said.stderr).toContain('b/build-config.yaml:1:16: ');
    expect(said.stderr).toMatch(
      /\d problems in \d files\. Nothing was built\. Reference: docs\/build-config\.md/,
    );
  });

  test('a circle, drawn', async () => {
    const on = (name: string): string => `depends_on: [${name}]\n`;
    const said = await validate({
      'a/build-config.yaml': on('b'),
      'a/Dockerfile': DOCKERFILE,
      'b/build-config.yaml': on('a'),
      'b/Dockerfile': DOCKERFILE,
    });
    expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining('CONFIG_CYCLE') });
    expect(said.stderr).toMatch(/a → b → a|b → a → b/);
  });

  test('and the project file counts among them', async () => {
    const said = await validate({ ...image('{}\n'), '.hephy/project.yaml': 'layuot: tag\n' });
    expect(said.code).toBe(2);
    expect(said.stderr).toMatch(/^\.hephy\/project\.yaml:1:1: .*did you mean "layout"/);
  });
});

describe('symbolic links', () => {
  test('that stay in the repository are followed', async () => {
    const repo = await createGitRepo({ 'shared/config': 'platfrms: []\n', 'shared/Dockerfile': DOCKERFILE });
    await repo.link('a/build-config.yaml', '../shared/config');
    await repo.link('a/Dockerfile', '../shared/Dockerfile');
    await repo.commit();
    const bad = await hephy(['validate'], { cwd: repo.dir });
    expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "platforms"') });
    await repo.write({ 'shared/config': 'platforms: [linux/amd64]\n' });
    expect(await hephy(['validate'], { cwd: repo.dir })).toMatchObject({ code: 0, stderr: '' });
  });

  test('that lead out of it are named with their target', async () => {
    const repo = await createGitRepo();
    await repo.link('a/build-config.yaml', '/etc/passwd');
    await repo.commit();
    const said = await hephy(['validate'], { cwd: repo.dir });
    expect(said.code).toBe(2);
    expect(said.stderr).toMatch(
      /^a\/build-config\.yaml: .*a\/build-config\.yaml -> \/etc\/passwd.*CONFIG_PATH/,
    );
  });
});

describe('variables in build arguments', () => {
  const files = {
    'curl/build-config.yaml': 'platforms: [linux/amd64]\n',
    'curl/Dockerfile': DOCKERFILE,
    'tool/build-config.yaml':
      'platforms: [linux/amd64]\nbuild_args:\n  - ECR_REGISTRY=${ECR_REGISTRY}\n  - CURL_TAG=${CURL_TAG}\n' +
      '  - BRANCH=${GITHUB_REF_NAME}\n  - PRICE=$$5 $${NAME} $NAME\n',
    'tool/Dockerfile': 'ARG ECR_REGISTRY\nARG CURL_TAG\nFROM ${ECR_REGISTRY}:${CURL_TAG}\n',
  };
  const gitlab = {
    ...{ GITLAB_CI: 'true', CI_PIPELINE_SOURCE: 'push', CI_COMMIT_REF_NAME: 'main' },
    ...{ CI_COMMIT_BRANCH: 'main', CI_COMMIT_BEFORE_SHA: '0'.repeat(40) },
  };

  test("are filled in for GitLab's kaniko jobs, whose environment has none of them", async () => {
    const repo = await createGitRepo(files);
    const registry = await startRegistry();
    const ECR_REGISTRY = `${registry.host}/shop`;
    const env = { ...gitlab, ECR_REGISTRY, CI_COMMIT_SHA: await repo.git('rev-parse', 'HEAD') };
    const said = await hephy(['prepare', '--child-pipeline', '--date', '20261120'], { cwd: repo.dir, env });
    await registry.stop();
    expect(said).toMatchObject({ code: 0 });
    const job = await playKaniko(await readFile(join(repo.dir, '.hephy/run/pipeline.yml'), 'utf8'));
    const { code, output } = job.play('kaniko-amd64-1', ['/bin/sh', '-c']);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/^<--build-arg=CURL_TAG=curl-20261120-[0-9a-f]{7}-amd64>$/m);
    expect(output).toContain(`<--build-arg=ECR_REGISTRY=${ECR_REGISTRY}>`);
    expect(output).toContain('<--build-arg=BRANCH=main>');
    expect(output).toContain('<--build-arg=PRICE=$$5 ${NAME} $NAME>');
  });
});

describe('dockerfile_path', () => {
  const v1 = 'context_path: ..\ndockerfile_path: Dockerfile\n';

  test("is counted from the image's directory as v1 did, and of two files both are named", async () => {
    const files = { ...image(v1), Dockerfile: 'FROM busybox\n' };
    const said = await validate(files);
    expect(said.code).toBe(0);
    expect(said.stderr).toMatch(/a\/build-config\.yaml:2:18: dockerfile_path: a\/Dockerfile .* Dockerfile /);
    const repo = await createGitRepo(files);
    const { stdout } = await hephy(['plan', '--json'], { cwd: repo.dir });
    expect(JSON.parse(stdout)).toMatchObject({
      images: [{ source: { context: '.', dockerfile: 'a/Dockerfile' } }],
    });
  });

  test('is counted from context_path where only that has one', async () => {
    const said = await validate({ 'a/build-config.yaml': v1, Dockerfile: DOCKERFILE });
    expect(said).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    [
      'counted from the root',
      'dockerfile_path: docker/Dockerfile\n',
      'docker/Dockerfile',
      '../docker/Dockerfile',
    ],
    ['misspelled', 'dockerfile_path: Dockerfle.prod\n', 'a/Dockerfile.prod', 'Dockerfile.prod'],
    ['in small letters', '', 'a/dockerfile', 'dockerfile'],
    ["Podman's name", '', 'a/Containerfile', 'Containerfile'],
    ['further down', 'context_path: .\n', 'a/deploy/Dockerfile', 'deploy/Dockerfile'],
  ])(
    'that names no file: the one that was probably meant is named (%s)',
    async (...[, config, file, value]) => {
      const said = await validate({ 'a/build-config.yaml': config, [file]: DOCKERFILE });
      expect(said.code).toBe(2);
      expect(said.stderr).toContain('CONFIG_DOCKERFILE');
      expect(said.stderr).toContain(`Did you mean ${file}? Set dockerfile_path: ${value}`);
    },
  );
});

describe('what is left out', () => {
  const files = {
    ...image('name: api\n'),
    'docs/demo/build-config.yaml': '',
    'attic/old/build-config.yaml': '',
    'attic/old/Dockerfile': DOCKERFILE,
  };

  test.each([['validate'], ['plan'], ['explain']])(
    '%s counts and names the configs that are ignored',
    async (verb) => {
      const repo = await createGitRepo(files);
      const { code, stdout } = await hephy([verb], { cwd: repo.dir });
      expect(code).toBe(0);
      expect(stdout).toContain('2 configs ignored');
      expect(stdout).toMatch(/attic\/old +ignored/);
      expect(stdout).toMatch(/docs\/demo +ignored/);
    },
  );

  test('images are asked for by name or by directory, and one that is ignored is said to be', async () => {
    const repo = await createGitRepo(files);
    const ask = async (images: string): Promise<Said> =>
      hephy(['plan', '--json', '--images', images], { cwd: repo.dir });
    for (const word of ['api', 'a', './a/']) {
      const { stdout } = await ask(word);
      expect(JSON.parse(stdout)).toMatchObject({ images: [{ name: 'api', why: 'requested' }] });
    }
    const ignored = await hephy(['plan', '--images', 'attic/old'], { cwd: repo.dir });
    expect(ignored).toMatchObject({ code: 2, stderr: expect.stringContaining('IMAGE_UNKNOWN') });
    expect(ignored.stderr).toContain('"attic/old" is not built: ignored');
    expect(await hephy(['explain', 'a'], { cwd: repo.dir })).toMatchObject({ code: 0 });
    const env = {
      GITLAB_CI: 'true',
      CI_PIPELINE_SOURCE: 'web',
      HEPHY_IMAGES: 'a',
      CI_COMMIT_REF_NAME: 'main',
    };
    const { stdout } = await hephy(['plan', '--json'], { cwd: repo.dir, env });
    expect(JSON.parse(stdout)).toMatchObject({ images: [{ name: 'api', why: 'requested' }] });
  });
});

describe('a repository that is not finished', () => {
  test('validate needs no commit', async () => {
    const dir = await createTempDir();
    execFileSync('git', ['init', '--quiet', dir]);
    await mkdir(join(dir, 'a'));
    await writeFile(join(dir, 'a/build-config.yaml'), 'platforms: [linux/arm46]\n');
    expect(await hephy(['validate'], { cwd: dir })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('CONFIG_PLATFORM'),
    });
    await writeFile(join(dir, 'a/build-config.yaml'), '');
    await writeFile(join(dir, 'a/Dockerfile'), DOCKERFILE);
    expect(await hephy(['validate'], { cwd: dir })).toMatchObject({
      code: 0,
      stdout: '1 image, no problems.\n',
    });
    expect((await hephy(['plan'], { cwd: dir })).stderr).toContain('GIT_REVISION');
  });

  test('outside a repository the error says so', async () => {
    const said = await hephy(['validate'], { cwd: await createTempDir() });
    expect(said.stderr).toContain('NOT_A_REPOSITORY');
    expect(said.stderr).toContain('git init');
  });

  test('tags of an upstream that cannot be reached show what is not known', async () => {
    const repo = await createGitRepo({
      'up/build-config.yaml': 'upstream_repo: https://127.0.0.1:1/acme/up.git\nadditional_tags: [latest]\n',
    });
    for (const args of [['explain'], ['explain', '--json']]) {
      const { code, stdout } = await hephy(args, { cwd: repo.dir });
      expect(code).toBe(0);
      expect(stdout).toMatch(/up-\d{8}-\{sha\}/);
      expect(stdout).toContain('up-latest');
      expect(stdout).not.toMatch(/up-\d{8}-unresolved["\s]/);
    }
  });
});

test.each([
  ['https://gitlab.com/acme/shop.git', []],
  ['git@gitlab.example.com:acme/shop.git', []],
  ['https://github.com/acme/shop.git', ['ubuntu-24.04']],
])('in a clone of %s the runners are those of its platform', async (url, runner) => {
  const repo = await createGitRepo(image('platforms: [linux/amd64]\n'));
  await repo.git('remote', 'add', 'origin', url);
  const { stdout } = await hephy(['plan', '--json'], { cwd: repo.dir });
  expect(JSON.parse(stdout)).toMatchObject({ jobs: [{ runner }] });
});

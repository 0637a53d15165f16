import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { explainFailure } from '../../src/backends/ko/failures.ts';
import { cloneShallow, createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { BUILD_ENV, build, pull, pushBase, runKo, saveProgram } from '../support/ko-builds.ts';
import { koLeg, type LegChanges } from '../support/ko-leg.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const shop = fileURLToPath(new URL('../../examples/shop', import.meta.url));
const run = promisify(execFile);

const HELLO = `package main

import "fmt"

var version, motto = "unset", "unset"

func main() { fmt.Printf("%s|%s", version, motto) }
`;

let registry: TestRegistry;
let repo: GitRepo;
let temporary: string;
let legs = 0;

beforeAll(async () => {
  registry = await startRegistry();
  temporary = await createTempDir();
  const both = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));
  await pushBase(`${registry.host}/base`, both);
  repo = await createGitRepo({
    'go.mod': 'module example.com/hello\n\ngo 1.22\n',
    'cmd/hello/main.go': HELLO,
    'lib/lib.go': 'package lib\n',
  });
});
afterAll(() => registry.stop());

/** A leg of the small program, with a base that is here, unless a test says otherwise. */
function leg(changes: LegChanges = {}) {
  return koLeg({
    root: repo.dir,
    context: '.',
    scratch: join(temporary, `leg-${++legs}`),
    repository: `${registry.host}/hello`,
    tag: `t${legs}`,
    ...changes,
    options: {
      import_path: './cmd/hello',
      base_image: `${registry.host}/base`,
      sbom: 'none',
      ...changes.options,
    },
  });
}

describe('the shop', () => {
  test.each(['amd64', 'arm64'] as const)('api, and smoketest on that very api, for %s', async (arch) => {
    const root = join(temporary, `shop-${arch}`);
    await cp(shop, root, { recursive: true });
    const common = { root, platform: `linux/${arch}`, repository: `${registry.host}/shop` } as const;
    const labels = { 'org.opencontainers.image.revision': 'a1b2c3d' };
    const options = { import_path: './cmd/server', ldflags: ['-s -w', "-X 'main.version=one two'"] };
    const api = leg({ ...common, context: 'services/api', tag: `api-1-${arch}`, labels, options });
    const built = await build(api);
    const pulled = await pull(api.repository, api.tag);
    expect(pulled.digest).toBe(built.digest);
    expect(pulled.config).toMatchObject({ os: 'linux', architecture: arch, config: { Labels: labels } });
    expect(pulled.config.created).toBe('2026-11-20T00:00:00Z');
    expect(await readdir(api.scratch)).toEqual(['image-refs', 'ko.json']);

    const buildArgs = { HEPHY_REGISTRY: api.repository, API_TAG: api.tag };
    const smoke = leg({
      ...{ ...common, context: 'tools/smoketest', tag: `smoketest-1-${arch}`, buildArgs },
      options: { import_path: './cmd/smoketest', base_image: '${HEPHY_REGISTRY}:${API_TAG}', sbom: true },
    });
    await build(smoke);
    const onTop = await pull(smoke.repository, smoke.tag);
    expect(onTop.manifest.layers.slice(0, 3)).toEqual(pulled.manifest.layers);
    expect(onTop.manifest.annotations?.['org.opencontainers.image.base.digest']).toBe(built.digest);
  });
});

describe('what reaches the image', () => {
  test('ldflags, templates, build arguments and named variables', async () => {
    const ldflags = ['-X \'main.motto=a b $HOME "c"\'', '-X main.version={{.Env.VERSION}}-{{.Env.SUFFIX}}'];
    const one = leg({ options: { ldflags }, buildArgs: { VERSION: '1.4.2' } });
    await build(one, {
      ...BUILD_ENV,
      SUFFIX: 'rc1',
      VERSION: 'not this',
      KO_DEFAULTLDFLAGS: '-X main.motto=no',
    });
    const program = await saveProgram(one.repository, await pull(one.repository, one.tag), one.scratch);
    expect((await run(program)).stdout).toBe('1.4.2-rc1|a b $HOME "c"');
  });

  test('labels and annotations as they were written', async () => {
    const texts = {
      comma: 'a,b=c',
      quote: 'say "hi"',
      newline: 'one\ntwo',
      dollar: '$(id) `id`',
      empty: '',
      é: '🙂',
    };
    const one = leg({ labels: texts, annotations: texts });
    await build(one);
    const { config, manifest } = await pull(one.repository, one.tag);
    expect(config.config.Labels).toEqual(texts);
    expect(manifest.annotations).toMatchObject(texts);
  });

  test("the project's own .ko.yaml, with ko_config laid over it", async () => {
    const file = [
      `DefaultBaseImage: ${registry.host}/base`,
      'builds:',
      '  - {id: other, main: ./lib, env: [GOARCH=s390x]}',
      '  - {id: hello, main: ./cmd/hello, env: [GOARCH=s390x], ldflags: [-X main.version=theirs -X main.motto=theirs]}',
    ].join('\n');
    const options = { base_image: undefined, ldflags: ['-X main.motto=ours'] };
    const one = leg({ options, inputFiles: { '.ko.yaml': file } });
    const { outcome } = await build(one, {
      ...BUILD_ENV,
      GOARCH: 'mips',
      KO_DOCKER_REPO: 'evil.example.com',
    });
    expect(outcome.output).toContain('Using build config hello');
    const program = await saveProgram(one.repository, await pull(one.repository, one.tag), one.scratch);
    expect((await run(program)).stdout).toBe('theirs|ours');
  });

  test("the user's KO_DEFAULTBASEIMAGE, where no config names a base", async () => {
    const base = { KO_DEFAULTBASEIMAGE: `${registry.host}/base` };
    const { outcome } = await build(leg({ options: { base_image: undefined } }), { ...BUILD_ENV, ...base });
    expect(outcome.output).toContain(`Using base ${registry.host}/base`);
  });

  test('nothing of the environment that was not named', async () => {
    const one = leg({ options: { ldflags: ['-X main.version={{.Env.PASSWORD}}'] } });
    const { output } = await runKo(leg({ options: { ldflags: ['-X main.version={{.Env}}'] } }), {
      ...BUILD_ENV,
      PASSWORD: 'hunter2',
    });
    expect(output).not.toContain('hunter2');
    expect(explainFailure(await runKo(one), one)).toThrowWithCode('CONFIG_VARIABLE');
  });
});

test('one digest: on another day, in another directory, in a shallow clone, beside untracked files', async () => {
  await repo.git('tag', 'v1.2.3');
  const first = await build(leg());
  const elsewhere = join(temporary, 'elsewhere');
  await cp(repo.dir, elsewhere, { recursive: true });
  await rm(join(elsewhere, '.git'), { recursive: true });
  await mkdir(join(elsewhere, 'untracked'));
  const shallow = await cloneShallow(repo.dir);
  await shallow.write({ 'untracked.txt': 'x' });
  for (const root of [elsewhere, shallow.dir]) {
    expect((await build(leg({ root }), { ...BUILD_ENV, TZ: 'Asia/Tokyo' })).digest).toBe(first.digest);
  }
  expect((await build(leg({ sourceDateEpoch: 1 }))).digest).not.toBe(first.digest);
});

test('a module above the context and a working directory in it', async () => {
  await repo.write({ 'deep/er/cmd/main.go': HELLO });
  const nested = leg({ context: 'deep', options: { import_path: '.', working_dir: 'er/cmd' } });
  expect((await build(nested)).digest).toMatch(/^sha256:/);
});

test('a directory with a hostile name', async () => {
  const context = 'a \'b\' "c" $d; \\e -f é';
  await cp(join(repo.dir, 'cmd'), join(repo.dir, context, 'cmd'), { recursive: true });
  await cp(join(repo.dir, 'go.mod'), join(repo.dir, context, 'go.mod'));
  expect((await build(leg({ context }))).digest).toMatch(/^sha256:/);
});

describe('failures that are named', () => {
  test.each([
    ['./lib', {}, 'CONFIG_KO'],
    ['./nowhere', {}, 'CONFIG_KO'],
    ['./...', {}, 'CONFIG_KO'],
    ['--tags=evil', {}, 'CONFIG_KO'],
    ['./cmd/hello', { ldflags: ['{{'] }, 'CONFIG_VALUE'],
    ['./cmd/hello', { base_image: '${HEPHY_REGISTRY}/nothing:here' }, 'REGISTRY_NOT_FOUND'],
    ['./cmd/hello', { base_image: 'No Reference' }, 'REGISTRY_REFERENCE'],
    ['./cmd/hello', { base_image: '127.0.0.1:1/base' }, 'REGISTRY_UNAVAILABLE'],
  ] as const)('%s with %j is %s', async (import_path, options, code) => {
    const one = leg({ options: { import_path, ...options }, buildArgs: { HEPHY_REGISTRY: registry.host } });
    const outcome = await runKo(one);
    expect(outcome.exitCode).toBe(1);
    expect(explainFailure(outcome, leg())).toThrowWithCode(code);
  });

  test('a platform that the base does not have', async () => {
    const error = explainFailure(await runKo(leg({ platform: 'linux/arm/v7' })), leg());
    expect(error).toMatchObject({ code: 'BUILD_FAILED', message: expect.stringContaining('platform') });
  });

  test('a program that does not compile: its first mistake, with its place', async () => {
    await repo.write({ 'cmd/broken/main.go': 'package main\n\nfunc main() { undefined() }\n' });
    const broken = leg({ options: { import_path: './cmd/broken' } });
    expect(explainFailure(await runKo(broken), broken)).toMatchObject({
      code: 'BUILD_FAILED',
      message: 'undefined: undefined',
      at: { file: 'cmd/broken/main.go', line: 3, column: 15 },
    });
  });

  test('no Go, no module, no registry', async () => {
    const withoutGo = { ...BUILD_ENV, PATH: '/usr/bin:/bin' };
    expect(explainFailure(await runKo(leg(), withoutGo), leg())).toThrowWithCode('TOOL_MISSING');
    const bare = join(temporary, 'bare');
    await mkdir(bare);
    expect(explainFailure(await runKo(leg({ root: bare })), leg())).toThrowWithCode('CONFIG_KO');
    const nobody = leg({ repository: '127.0.0.1:1/shop' });
    expect(explainFailure(await runKo(nobody), nobody)).toThrowWithCode('REGISTRY_UNAVAILABLE');
  });

  test('a registry that wants a login', async () => {
    const guarded = await startRegistry({ auth: 'basic' });
    try {
      const outcome = await runKo(leg({ repository: `${guarded.host}/shop` }));
      expect(explainFailure(outcome, leg())).toThrowWithCode('REGISTRY_AUTH');
    } finally {
      await guarded.stop();
    }
  });
});

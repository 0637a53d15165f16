import { describe, expect, test } from '@jest/globals';
import { lines, load } from '../../test/support/load-configs.ts';
import { IGNORED } from './load-settings.ts';
import type { Settings } from './settings.ts';

describe('which files are configs', () => {
  test('any depth, both endings, the root by .hephy; a disabled one is none', async () => {
    const { images, problems } = await load({
      '.hephy/build-config.yaml': '',
      'curl/build-config.yml': '',
      'services/api/build-config.yaml': '# nothing yet\n',
      'kaniko/disabled-build-config.yaml': 'nonsense: [',
      'curl/build-config.yaml.bak': '[',
    });
    expect(problems).toEqual([]);
    expect(images.map(({ name, dir, context, dockerfile }) => [name, dir, context, dockerfile])).toEqual([
      ['shop', '.', '.', 'Dockerfile'],
      ['curl', 'curl', 'curl', 'curl/Dockerfile'],
      ['services-api', 'services/api', 'services/api', 'services/api/Dockerfile'],
    ]);
  });

  test('two for one image are an error', async () => {
    const loaded = await load({
      'a/build-config.yaml': '',
      'a/build-config.yml': '',
      'build-config.yaml': '',
      '.hephy/build-config.yaml': '',
    });
    expect(lines(loaded)).toEqual([
      'a/build-config.yml CONFIG_CONFLICT a/build-config.yaml already describes the same image',
      'build-config.yaml CONFIG_CONFLICT .hephy/build-config.yaml already describes the same image',
    ]);
  });

  test('what is ignored is told, and is not read', async () => {
    const files = {
      'docs/x/build-config.yaml': '[',
      'attic/build-config.yaml': '[',
      'legacy/api/build-config.yaml': '',
      'legacy/web/build-config.yaml': '[',
      'vendor/.hephy/build-config.yaml': '[',
    };
    const ignore = [...IGNORED, '/legacy/', '!legacy/api'];
    const { images, skipped, problems } = await load(files, { settings: { ignore } });
    expect(problems).toEqual([]);
    expect(images.map(({ name }) => name)).toEqual(['legacy-api']);
    expect(skipped).toEqual([
      { dir: 'attic', reason: 'ignored' },
      { dir: 'docs/x', reason: 'ignored' },
      { dir: 'legacy/web', reason: 'ignored' },
      { dir: 'vendor/.hephy', reason: 'a .hephy directory is only read at the root of the repository' },
    ]);
  });

  test('an image of the other CI platform is left to it; both may have the name', async () => {
    const files = {
      'a/build-config.yaml': 'name: app\nci_platform: gitlab\nuse_local_context: false',
      'b/build-config.yaml': 'name: app\nci_platform: github',
      'c/build-config.yaml': 'depends_on: [app, extra]',
      'd/build-config.yaml': 'name: extra\nci_platform: gitlab',
    };
    const { images, skipped, problems, warnings } = await load(files, { platformId: 'github' });
    expect(problems).toEqual([]);
    expect(images.map(({ dir }) => dir)).toEqual(['b', 'c']);
    expect(skipped.map(({ dir, name, reason }) => [dir, name, reason])).toEqual([
      ['a', 'app', 'ci_platform: gitlab'],
      ['d', 'extra', 'ci_platform: gitlab'],
    ]);
    expect(images[1]?.values.depends_on).toEqual(['app']);
    expect(warnings).toEqual([
      'c/build-config.yaml: depends_on: "extra" is ignored here, because the other CI platform builds it',
    ]);
  });
});

describe('v1 files', () => {
  test('local, with everything written out', async () => {
    const text = `# comment
use_local_context: true
dockerfile_path: Dockerfile
target: ""
context_path: .
build_args: []
platforms:
  - linux/amd64 # both
  - linux/arm64
additional_tags:
  - latest
`;
    const { images, problems, warnings } = await load({ 'curl/build-config.yaml': text });
    expect([problems, warnings]).toEqual([[], []]);
    expect(images[0]).toMatchObject({
      name: 'curl',
      context: 'curl',
      dockerfile: 'curl/Dockerfile',
      namesDockerfile: true,
      platforms: ['linux/amd64', 'linux/arm64'],
      platformsOrigin: 'platforms',
    });
    expect(images[0]?.values.target).toBeUndefined();
    expect(images[0]?.values.build_args).toBeUndefined();
  });

  test('upstream: paths are from its root', async () => {
    const text = `upstream_repo: https://example.com/kaniko.git
upstream_ref: v1.25.3
dockerfile_path: deploy/Dockerfile
context_path: src
target: "kaniko-debug"
platforms: null
`;
    const { images, problems } = await load({ 'kaniko/build-config.yaml': text });
    expect(problems).toEqual([]);
    expect(images[0]).toMatchObject({
      context: 'src',
      dockerfile: 'deploy/Dockerfile',
      platforms: undefined,
      platformsOrigin: undefined,
    });
    expect(images[0]?.values).toMatchObject({ upstream_ref: 'v1.25.3', target: 'kaniko-debug' });
  });

  test('ko: its platforms count, and its working_dir of the container is passed over', async () => {
    const text = `build_backend: ko
ko_config:
  import_path: ./cmd/server
  platforms: [linux/arm64]
  ldflags:
    - "-s"
  working_dir: /app
`;
    const { images, problems, warnings } = await load({ 'api/build-config.yaml': text });
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/^api\/build-config\.yaml:7:16: ko_config\.working_dir: /),
    ]);
    expect(images[0]).toMatchObject({ platforms: ['linux/arm64'], platformsOrigin: 'ko_config.platforms' });
    expect(images[0]?.values.ko_config).toEqual({
      import_path: './cmd/server',
      platforms: ['linux/arm64'],
      env: [],
      flags: [],
      ldflags: ['-s'],
      sbom: true,
    });
    expect(images[0]?.namesDockerfile).toBe(false);
  });

  test('manual images', async () => {
    const text = 'manual_build: true\nmanual_images:\n  arm64: r/x:arm\n  amd64: r/x:amd\n';
    const { images, problems } = await load({ 'x/build-config.yaml': text });
    expect(problems).toEqual([]);
    expect(images[0]).toMatchObject({
      platforms: ['linux/amd64', 'linux/arm64'],
      platformsOrigin: 'manual_images',
    });
    expect(images[0]?.values.manual_images).toEqual({ 'linux/amd64': 'r/x:amd', 'linux/arm64': 'r/x:arm' });
  });
});

test('all errors of all files in one run, each with its place', async () => {
  const loaded = await load({
    'services/api/build-config.yaml': 'platforms:\n  - linux/amd64\n  - linux/arm46\nnmae: x\n',
    'web/build-config.yaml':
      'context_path: .\n\ndockerfile: x\ncache: {mode: maxx}\nuse_local_context: false\n',
    'bad/build-config.yaml': 'a: [b',
  });
  expect(lines(loaded)).toEqual([
    'bad/build-config.yaml:1:6 CONFIG_SYNTAX flow sequence in block collection must be sufficiently indented and end with a ]',
    'services/api/build-config.yaml:3:5 CONFIG_PLATFORM platforms[1]: unknown platform "linux/arm46", did you mean "linux/arm64"?',
    'services/api/build-config.yaml:4:1 CONFIG_UNKNOWN_KEY unknown key "nmae", did you mean "name"?',
    'web/build-config.yaml:3:1 CONFIG_UNKNOWN_KEY unknown key "dockerfile", did you mean "dockerfile_path"?',
    'web/build-config.yaml:4:15 CONFIG_VALUE cache.mode: unknown cache mode "maxx", did you mean "max"?',
    'web/build-config.yaml:5:20 CONFIG_CONFLICT use_local_context: is false, which needs upstream_repo',
  ]);
});

describe('names', () => {
  test('two of one name, or a target that is called like an image, name both files', async () => {
    const loaded = await load({
      'a/build-config.yaml': 'name: curl\n',
      'curl/build-config.yaml': 'targets: [debug]\n',
      'curl-debug/build-config.yaml': '',
      'services/api/build-config.yaml': '',
      'services-api/build-config.yaml': '',
      'x/build-config.yaml': 'name: curl\n',
    });
    expect(lines(loaded)).toEqual([
      'curl/build-config.yaml:1:1 CONFIG_NAME_CLASH targets: curl/build-config.yaml and curl-debug/build-config.yaml would both publish "curl-debug"',
      'services/api/build-config.yaml CONFIG_NAME_CLASH name: services/api/build-config.yaml and services-api/build-config.yaml would both publish "services-api"',
      'x/build-config.yaml:1:7 CONFIG_NAME_CLASH name: x/build-config.yaml and a/build-config.yaml would both publish "curl"',
    ]);
  });

  test('that differ only in case name both files', async () => {
    const loaded = await load({ 'Web/build-config.yaml': '', 'b/build-config.yaml': 'name: web\n' });
    expect(loaded.problems.map(({ code, at }) => [code, at?.file])).toEqual([
      ['CONFIG_NAME_CLASH', 'b/build-config.yaml'],
    ]);
    expect(loaded.problems[0]?.message).toContain('Web/build-config.yaml');
  });

  test('are cleaned from directories, and asked for where nothing is left', async () => {
    const files = { 'My App/é+1/build-config.yaml': '', '日本/build-config.yaml': '' };
    const { images, problems } = await load(files);
    expect(images.map(({ name }) => name)).toEqual(['My-App-e-1']);
    expect(problems).toMatchObject([{ code: 'CONFIG_NAME', at: { file: '日本/build-config.yaml' } }]);
    const inRepositories = await load(
      { 'My__App/build-config.yaml': '', 'b/build-config.yaml': 'name: B' },
      { settings: { layout: 'repository' } },
    );
    expect(inRepositories.images.map(({ name }) => name)).toEqual(['my-app']);
    expect(inRepositories.problems).toMatchObject([{ code: 'CONFIG_NAME', hint: 'Set name: b' }]);
  });

  test('depends_on is not judged while a config cannot be read', async () => {
    const loaded = await load({ 'a/build-config.yaml': 'depends_on: [b]', 'c/build-config.yaml': 'name: [' });
    expect(loaded.problems.map(({ code }) => code)).toEqual(['CONFIG_SYNTAX']);
  });
});

describe('what is given back', () => {
  test('build arguments in one shape, texts as they were written', async () => {
    const text = `build_args:
  - A=1=2
  - EMPTY=
  - FROM_ENV
additional_tags: [1.10, 012, no, on, 1e3, 0x10, 2026-11-20, true, 1_000, 12345678901234567890, "x"]
labels: {version: 1.10, gone: null, n: 7}
annotations:
cache: on
`;
    const { images, problems } = await load({ 'a/build-config.yaml': text });
    expect(problems).toEqual([]);
    expect(images[0]?.values).toMatchObject({
      build_args: { A: '1=2', EMPTY: '', FROM_ENV: '${FROM_ENV}' },
      additional_tags: [
        '1.10',
        '012',
        'no',
        'on',
        '1e3',
        '0x10',
        '2026-11-20',
        'true',
        '1_000',
        '12345678901234567890',
        'x',
      ],
      labels: { version: '1.10', n: '7' },
      cache: true,
    });
    const mapped = await load({ 'a/build-config.yaml': 'build_args: {A: 1.10, B: , C: true}' });
    expect(mapped.images[0]?.values.build_args).toEqual({ A: '1.10', B: '${B}', C: 'true' });
  });

  test('platforms by both spellings, each once', async () => {
    const { images } = await load({ 'a/build-config.yaml': 'platforms: [wasi/wasm32, wasm32-wasi]' });
    expect(images[0]?.platforms).toEqual(['wasm32-wasi']);
  });

  test('places of fields, or of what is around them', async () => {
    const text = 'depends_on:\n  - b\nko_config:\n  env: [A=1]\n';
    const { images } = await load({ 'a/build-config.yaml': text, 'b/build-config.yaml': '' });
    const image = images[0];
    expect(image?.positionOf('depends_on[0]')).toEqual({ line: 2, column: 5 });
    expect(image?.positionOf('depends_on')).toEqual({ line: 1, column: 1 });
    expect(image?.positionOf('ko_config.env[7]')).toEqual({ line: 4, column: 3 });
    expect(image?.positionOf('labels["a.b"]')).toBeUndefined();
    expect(images[1]?.positionOf('name')).toBeUndefined();
  });
});

describe('project-wide defaults', () => {
  test('are below an image’s own values; maps merge, lists do not', async () => {
    const defaults: Settings['defaults'] = {
      platforms: ['linux/arm64'],
      labels: { team: 'a', tier: '1' },
      build_args: { A: '1', B: '1' },
      ko_config: { base_image: 'base', sbom: false },
      targets: ['x'],
      additional_tags: ['latest'],
    };
    const text =
      'labels: {team: b}\nbuild_args: [B=2]\nko_config: {flags: [-v]}\ntarget: y\nadditional_tags: [edge]\nplatforms: []\n';
    const { images, problems } = await load(
      { 'a/build-config.yaml': text, 'b/build-config.yaml': 'target: null\n' },
      { settings: { defaults } },
    );
    expect(problems).toEqual([]);
    expect(images[0]?.values).toMatchObject({
      labels: { team: 'b', tier: '1' },
      build_args: { A: '1', B: '2' },
      ko_config: { base_image: 'base', sbom: false, flags: ['-v'], env: [] },
      target: 'y',
      additional_tags: ['edge'],
      platforms: ['linux/arm64'],
    });
    expect(images[0]?.platformsOrigin).toBe('defaults in .hephy/project.yaml');
    expect(images[0]?.values.targets).toBeUndefined();
    expect(images[1]?.values).toMatchObject({ targets: ['x'], ko_config: { sbom: false, flags: [] } });
  });

  test('what is wrong with them says where it came from, and nobody depends on itself by them', async () => {
    const defaults: Settings['defaults'] = { depends_on: ['base'], watch: ['/x'] };
    const loaded = await load(
      { 'base/build-config.yaml': '', 'a/build-config.yaml': 'watch: [b]' },
      { settings: { defaults } },
    );
    expect(lines(loaded)).toEqual([
      'base/build-config.yaml CONFIG_PATH watch[0]: "/x" leaves the repository (from defaults in .hephy/project.yaml)',
    ]);
    expect(loaded.images[0]?.values.depends_on).toEqual(['base']);
  });
});

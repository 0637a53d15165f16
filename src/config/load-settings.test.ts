import { describe, expect, test } from '@jest/globals';
import { memoryTree } from '../../test/support/memory-tree.ts';
import { NO_LOGIN_SETTINGS } from '../domain/login.ts';
import { formatPosition } from '../errors.ts';
import { loadProject } from './load-project.ts';
import { IGNORED, resolveSettings } from './load-settings.ts';
import type { SettingSources } from './load-settings.ts';
import { SETTINGS } from './settings-table.ts';

interface Given {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly file?: string;
  readonly platformId?: SettingSources['platformId'];
  readonly defaultRegistry?: string;
}

async function resolve({ inputs = {}, env = {}, file, platformId = 'local', defaultRegistry }: Given) {
  const tree = memoryTree(file === undefined ? {} : { '.hephy/project.yaml': file });
  const { project, problems } = await loadProject(tree);
  const resolved = resolveSettings({
    input: (name) => inputs[name],
    env,
    project,
    platformId,
    defaultRegistry,
  });
  const all = [...problems, ...resolved.problems];
  return {
    settings: resolved.settings,
    problems: all.map(({ at, code, message }) => `${at ? `${formatPosition(at)} ` : ''}${code} ${message}`),
  };
}

describe('where a setting comes from', () => {
  const file = 'layout: repository\nmax_jobs: 2\npush: never\n';

  test('input > variable > file > default', async () => {
    expect((await resolve({})).settings.layout).toBe('tag');
    expect((await resolve({ file })).settings.layout).toBe('repository');
    expect((await resolve({ file, env: { HEPHY_LAYOUT: 'tag' } })).settings.layout).toBe('tag');
    const { settings, problems } = await resolve({
      file,
      env: { HEPHY_MAX_JOBS: '3', HEPHY_PUSH: 'auto' },
      inputs: { 'max-jobs': '5', push: ' ' },
    });
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({ layout: 'repository', maxJobs: 5, push: 'auto' });
  });

  test('nothing said', async () => {
    const { settings, problems } = await resolve({ defaultRegistry: 'ghcr.io/acme/shop' });
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      registry: 'ghcr.io/acme/shop',
      layout: 'tag',
      tagFormat: '{name}-{date}-{sha}',
      ignore: IGNORED,
      defaults: {},
      runners: {
        'linux/amd64': ['ubuntu-24.04'],
        'linux/arm64': ['ubuntu-24.04-arm'],
        'linux/arm/v7': ['ubuntu-24.04-arm'],
        'wasm32-wasi': ['ubuntu-24.04'],
      },
      backendOverride: { byImage: {} },
      jobs: undefined,
      maxJobs: 4,
      fanOut: 'native',
      kanikoJobs: false,
      rebuild: 'changed',
      rebuildDependents: true,
      push: 'auto',
      redact: true,
      insecureRegistries: [],
      registryMirrors: [],
      login: NO_LOGIN_SETTINGS,
      kanikoImage: undefined,
      buildkitImage: undefined,
    });
  });

  test('the registry: v1’s variable counts, the platform’s own comes last', async () => {
    const env = { ECR_REGISTRY: '123.dkr.ecr.eu-west-1.amazonaws.com/x/' };
    const given = { defaultRegistry: 'ghcr.io/a/b', file: 'registry: r.example.com/a' };
    expect((await resolve({ ...given, env })).settings.registry).toBe(
      '123.dkr.ecr.eu-west-1.amazonaws.com/x',
    );
    expect((await resolve({ ...given, env: { ...env, HEPHY_REGISTRY: 'h/x' } })).settings.registry).toBe(
      'h/x',
    );
    expect((await resolve(given)).settings.registry).toBe('r.example.com/a');
  });

  test('the tag format follows the layout', async () => {
    expect((await resolve({ file: 'layout: repository' })).settings.tagFormat).toBe('{date}-{sha}');
    expect((await resolve({ file: 'tag_format: "{name}-{date}"' })).settings.tagFormat).toBe('{name}-{date}');
  });

  test('an empty ignore list ignores nothing', async () => {
    expect((await resolve({ file: 'ignore: []' })).settings.ignore).toEqual([]);
    expect((await resolve({ file: 'ignore:' })).settings.ignore).toEqual(IGNORED);
  });
});

describe('how it is written', () => {
  test.each([
    ['', { byImage: {} }],
    ['auto', { byImage: {} }],
    ['ko', { all: 'ko' }],
    ['api=ko,web=buildkit', { byImage: { api: 'ko', web: 'buildkit' } }],
    [' api = ko \n web=auto\n', { byImage: { api: 'ko' } }],
    ['{"api": "spin"}', { byImage: { api: 'spin' } }],
  ])('backend %j', async (text, expected) => {
    const { settings, problems } = await resolve({ env: { HEPHY_BACKEND: text } });
    expect(problems).toEqual([]);
    expect(settings.backendOverride).toEqual(expected);
  });

  test.each([
    ['linux/amd64=self-hosted+x64,arm64=arm', [['self-hosted', 'x64'], ['arm']]],
    ['{"amd64": "big", "linux/arm64": ["self-hosted", "arm64"]}', [['big'], ['self-hosted', 'arm64']]],
    ['arm64=graviton', [['ubuntu-24.04'], ['graviton']]],
  ])('runners %j', async (text, [amd64, arm64]) => {
    const { settings, problems } = await resolve({ inputs: { runners: text } });
    expect(problems).toEqual([]);
    expect(settings.runners).toMatchObject({ 'linux/amd64': amd64, 'linux/arm64': arm64 });
  });

  test('runners on GitLab: v1’s tags between the file and HEPHY_RUNNERS', async () => {
    const { settings } = await resolve({
      platformId: 'gitlab',
      file: 'runners: {amd64: from-file, wasm: from-file}',
      env: { CICD_TAG_AMD64: 'v1-amd64', CICD_TAG_ARM64: 'v1-arm64', HEPHY_RUNNERS: 'arm64=mine' },
    });
    expect(settings.runners).toEqual({
      'linux/amd64': ['v1-amd64'],
      'linux/arm64': ['mine'],
      'linux/arm/v7': ['v1-arm64'],
      'wasm32-wasi': ['v1-amd64'],
    });
    expect((await resolve({ platformId: 'gitlab' })).settings.runners['linux/arm64']).toEqual([]);
  });

  test('lists and switches', async () => {
    const env = {
      HEPHY_IGNORE: '{a,b}/**, c',
      HEPHY_REDACT: '0',
      HEPHY_REBUILD_DEPENDENTS: 'No',
      HEPHY_INSECURE_REGISTRIES: '["r:5000"]',
    };
    const { settings, problems } = await resolve({ env });
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      ignore: ['{a,b}/**', 'c'],
      redact: false,
      rebuildDependents: false,
      insecureRegistries: ['r:5000'],
    });
    expect((await resolve({ env: { HEPHY_IGNORE: 'a\nb,c' } })).settings.ignore).toEqual(['a', 'b,c']);
  });
});

describe('what is wrong names where it stands', () => {
  test('inputs, variables and the file, all at once', async () => {
    const { problems } = await resolve({
      inputs: { layout: 'tags', runners: 'linux/arm46=x' },
      env: { HEPHY_BACKEND: 'api=kko', HEPHY_JOBS: 'many', HEPHY_RUNNERS: '{oops', ECR_REGISTRY: 'x' },
      file: 'fan_out: singel\nrunner: {}\ndefaults: {platforms: [linux/amd46]}\n',
    });
    expect(problems).toEqual([
      '.hephy/project.yaml:1:10 CONFIG_VALUE fan_out: unknown fan-out "singel", did you mean "single"?',
      '.hephy/project.yaml:2:1 CONFIG_UNKNOWN_KEY unknown key "runner", did you mean "runners"?',
      '.hephy/project.yaml:3:24 CONFIG_PLATFORM defaults.platforms[0]: unknown platform "linux/amd46", did you mean "linux/amd64"?',
      'CONFIG_VALUE --layout: unknown layout "tags", did you mean "tag"?',
      'CONFIG_UNKNOWN_KEY --runners: unknown key "linux/arm46", did you mean "linux/arm64"?',
      'CONFIG_VALUE HEPHY_BACKEND: api: unknown backend "kko", did you mean "ko"?',
      'CONFIG_VALUE HEPHY_JOBS: expected a positive integer, got "many"',
    ]);
  });

  test('an input of a platform is called so', async () => {
    const { problems } = await resolve({ inputs: { layout: 'tags' }, platformId: 'github' });
    expect(problems).toEqual(['CONFIG_VALUE input layout: unknown layout "tags", did you mean "tag"?']);
  });

  test.each([
    [
      'HEPHY_RUNNERS',
      'big',
      'CONFIG_TYPE HEPHY_RUNNERS: expected a mapping from architecture to value, got "big"',
    ],
    [
      'HEPHY_RUNNERS',
      '{oops',
      'CONFIG_TYPE HEPHY_RUNNERS: expected a mapping from architecture to value, got "{oops"',
    ],
    [
      'HEPHY_BACKEND',
      'kanico',
      'CONFIG_VALUE HEPHY_BACKEND: unknown backend "kanico", did you mean "kaniko"?',
    ],
    ['HEPHY_BACKEND', 'ko,api=spin', 'CONFIG_VALUE HEPHY_BACKEND: unknown backend "ko,api=spin"'],
    ['HEPHY_IGNORE', '[oops', 'CONFIG_TYPE HEPHY_IGNORE: expected a list, got "[oops"'],
    ['HEPHY_REDACT', 'maybe', 'CONFIG_VALUE HEPHY_REDACT: expected true or false, got "maybe"'],
    ['HEPHY_MAX_JOBS', '0', 'CONFIG_VALUE HEPHY_MAX_JOBS: expected a positive integer, got "0"'],
  ])('%s=%s', async (name, text, problem) => {
    expect((await resolve({ env: { [name]: text } })).problems).toEqual([problem]);
  });

  test('hostile image names in an override stay names', async () => {
    const { settings } = await resolve({ env: { HEPHY_BACKEND: '__proto__=ko,constructor=ko' } });
    expect(settings.backendOverride).not.toHaveProperty('all');
    expect(Object.getPrototypeOf(settings.backendOverride)).toBe(Object.prototype);
  });
});

describe('.hephy/project.yaml', () => {
  test('keeps only what was written in its defaults', async () => {
    const { settings } = await resolve({ file: 'defaults:\n  ko_config: {base_image: b}\n  cache: false\n' });
    expect(settings.defaults).toEqual({ ko_config: { base_image: 'b' }, cache: false });
  });

  test('.yml is read too, and both together are an error', async () => {
    const one = await loadProject(
      memoryTree({ '.hephy/project.yml': 'deploy: {target: hephy, replicas: 2}' }),
    );
    expect(one).toEqual({ project: { deploy: { target: 'hephy', replicas: 2 } }, problems: [] });
    const two = await loadProject(memoryTree({ '.hephy/project.yml': '', '.hephy/project.yaml': '' }));
    expect(two.problems).toMatchObject([{ code: 'CONFIG_CONFLICT', at: { file: '.hephy/project.yml' } }]);
  });
});

test('every setting is described once, under its three names', () => {
  expect(SETTINGS.map(({ name }) => name)).toEqual([...new Set(SETTINGS.map(({ name }) => name))]);
  expect(SETTINGS).toContainEqual(
    expect.objectContaining({
      name: 'max_jobs',
      input: 'max-jobs',
      variable: 'HEPHY_MAX_JOBS',
      standard: '`4`',
    }),
  );
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { load, problemsOf } from '../../test/support/load-configs.ts';
import { ImageConfig } from './schema.ts';

describe('one field', () => {
  test.each([
    [
      'build_backend: kanico',
      '1:16 CONFIG_VALUE build_backend: unknown backend "kanico", did you mean "kaniko"?',
    ],
    ['platforms: linux/amd64', '1:12 CONFIG_TYPE platforms: expected a list, got "linux/amd64"'],
    [
      'platforms: [amd64]',
      '1:13 CONFIG_PLATFORM platforms[0]: unknown platform "amd64", did you mean "linux/amd64"?',
    ],
    ['platforms:\n  - null', '2:5 CONFIG_TYPE platforms[0]: expected a platform, got nothing'],
    ['additional_tags:\n  -\n  - b', '2:4 CONFIG_TYPE additional_tags[0]: expected text, got nothing'],
    ['additional_tags: [{a: b}]', '1:19 CONFIG_TYPE additional_tags[0]: expected text, got a mapping'],
    ['use_local_context: maybe', '1:20 CONFIG_VALUE use_local_context: expected true or false, got "maybe"'],
    ['build_args: [A-B=1]', '1:14 CONFIG_VALUE build_args[0]: expected KEY=value or KEY, got "A-B=1"'],
    [
      'build_args: {A-B: 1}',
      '1:14 CONFIG_VALUE build_args.A-B: expected a name of letters, digits and _, got "A-B"',
    ],
    ['build_args: 1', '1:13 CONFIG_TYPE build_args: expected a list of KEY=value, or a mapping, got 1'],
    ['secrets: [{env: A}]', '1:11 CONFIG_TYPE secrets[0].id: is missing: expected text'],
    [
      'secrets: [{id: "a,src=/etc/passwd", env: A}]',
      '1:16 CONFIG_VALUE secrets[0].id: expected an id of letters, digits, ".", "_" and "-", got "a,src=/etc/passwd"',
    ],
    [
      'labels: {"a=b": c}',
      '1:10 CONFIG_VALUE labels["a=b"]: expected a name without spaces and =, got "a=b"',
    ],
    [
      'ko_config: {ldflag: x}',
      '1:13 CONFIG_UNKNOWN_KEY ko_config: unknown key "ldflag", did you mean "ldflags"?',
    ],
    [
      'ko_config: {sbom: cyclone}',
      '1:19 CONFIG_VALUE ko_config.sbom: expected true, false, spdx or none, got "cyclone"',
    ],
    [
      'manual_images: {amd46: x}',
      '1:17 CONFIG_UNKNOWN_KEY manual_images: unknown key "amd46", did you mean "amd64"?',
    ],
    [
      'manual_build: true\nmanual_images: {amd64: x, linux/amd64: y}',
      '2:40 CONFIG_VALUE manual_images["linux/amd64"]: linux/amd64 is set twice',
    ],
    ['deploy: {target: k8s}', '1:18 CONFIG_VALUE deploy.target: unknown deploy target "k8s"'],
    [
      'target: --privileged',
      '1:9 CONFIG_VALUE target: expected the name of a Dockerfile stage, got "--privileged"',
    ],
    ['- a', ' CONFIG_TYPE expected a mapping, got a list'],
    ['just a text', ' CONFIG_TYPE expected a mapping, got "just a text"'],
  ])('%s', async (text, problem) => {
    expect(await problemsOf(text)).toEqual([
      problem.startsWith(' ') ? `api/build-config.yaml${problem}` : problem,
    ]);
  });

  test('a hostile value cannot steer a terminal, nor fill it', async () => {
    const [problem = ''] = await problemsOf(
      `build_backend: "\\e[31m\\n::error::x\\u202e${'y'.repeat(5_000)}"`,
    );
    expect(problem).toMatch(
      /^1:16 CONFIG_VALUE build_backend: unknown backend "\\u001b\[31m\\n::error::x\\u202ey+…"$/,
    );
    expect(problem.length).toBeLessThan(200);
  });
});

describe('rules across fields', () => {
  const upstream = 'upstream_repo: https://example.com/a.git\n';
  test.each([
    [`${upstream}use_local_context: true`, '2:20 CONFIG_CONFLICT use_local_context'],
    ['use_local_context: false', '1:20 CONFIG_CONFLICT use_local_context'],
    ['upstream_ref: v1', '1:15 CONFIG_CONFLICT upstream_ref'],
    ['upstream_submodules: true', '1:22 CONFIG_CONFLICT upstream_submodules'],
    ['upstream_lfs: false', '1:15 CONFIG_CONFLICT upstream_lfs'],
    ['target: a\ntargets: [b]', '1:9 CONFIG_CONFLICT target'],
    ['context_path: ../..', '1:15 CONFIG_PATH context_path'],
    ['context_path: /srv', '1:15 CONFIG_PATH context_path'],
    ['dockerfile_path: ../../Dockerfile', '1:18 CONFIG_PATH dockerfile_path'],
    [`${upstream}dockerfile_path: ../Dockerfile`, '2:18 CONFIG_PATH dockerfile_path'],
    [`${upstream}context_path: ..`, '2:15 CONFIG_PATH context_path'],
    ['ko_config: {import_path: ../../cmd}', '1:26 CONFIG_PATH ko_config.import_path'],
    ['ko_config: {import_path: /cmd}', '1:26 CONFIG_PATH ko_config.import_path'],
    ['ko_config: {working_dir: ../..}', '1:26 CONFIG_PATH ko_config.working_dir'],
    ['spin_config: {manifest_path: ../../spin.toml}', '1:30 CONFIG_PATH spin_config.manifest_path'],
    ['secrets: [{id: a, file: /etc/passwd}]', '1:25 CONFIG_PATH secrets[0].file'],
    ['secrets: [{id: a}]', '1:11 CONFIG_CONFLICT secrets[0]'],
    ['secrets: [{id: a, env: A, file: b}]', '1:11 CONFIG_CONFLICT secrets[0]'],
    ['secrets:\n- {id: a, env: A}\n- {id: a, env: B}', '3:8 CONFIG_CONFLICT secrets[1].id'],
    ['watch: [/etc]', '1:9 CONFIG_PATH watch[0]'],
    ['watch: [../x/**]', '1:9 CONFIG_PATH watch[0]'],
    ['name: my api', '1:7 CONFIG_NAME name'],
    ['name: -x', '1:7 CONFIG_NAME name'],
    [`name: ${'n'.repeat(101)}`, '1:7 CONFIG_NAME name'],
    ['manual_build: true', '1:15 CONFIG_CONFLICT manual_build'],
    [
      'manual_build: true\nplatforms: [linux/amd64, linux/arm64]\nmanual_images: {amd64: a}',
      '3:1 CONFIG_CONFLICT manual_images',
    ],
    ['build_backend: ko\nplatforms: [linux/amd64, wasm32-wasi]', '2:26 CONFIG_PLATFORM platforms[1]'],
    [
      'build_backend: spin\nko_config: {platforms: [linux/amd64]}',
      '2:25 CONFIG_PLATFORM ko_config.platforms[0]',
    ],
    ['depends_on: [apy, api]', '1:14 CONFIG_DEPENDENCY depends_on[0]|1:19 CONFIG_CYCLE depends_on[1]'],
  ])('%s', async (text, expected) => {
    const found = await problemsOf(text);
    expect(found.map((line) => line.replace(/: .*/, ''))).toEqual(expected.split('|'));
  });

  test('paths may leave the image’s directory, as long as they stay in the repository', async () => {
    const text =
      'context_path: ../\ndockerfile_path: ./api/../api/D\nsecrets: [{id: a, file: ../token}]\nwatch: [proto/**]\n';
    const { images, problems } = await load({ 'svc/api/build-config.yaml': text });
    expect(problems).toEqual([]);
    expect(images[0]).toMatchObject({ context: 'svc', dockerfile: 'svc/api/D' });
    expect(images[0]?.values.secrets).toEqual([{ id: 'a', file: 'svc/token' }]);
  });

  test('a field that is wrong is not taken for absent', async () => {
    const found = await problemsOf('use_local_context: false\nupstream_repo: [x]\nupstream_ref: v1\n');
    expect(found).toEqual(['2:1 CONFIG_TYPE upstream_repo: expected text, got a list']);
  });

  test('manual_images alone are odd, not wrong', async () => {
    const { problems, warnings } = await load({ 'a/build-config.yaml': 'manual_images: {amd64: x}' });
    expect(problems).toEqual([]);
    expect(warnings).toEqual(['a/build-config.yaml:1:1: manual_images: ignored without manual_build: true']);
  });
});

describe('whatever stands in a config', () => {
  const WORDS = [
    'constructor',
    '__proto__',
    'linux/amd64',
    '..',
    '/x',
    'ko',
    '',
    '-',
    'a=b',
    'A=1',
    '\u0000',
    '\u009b31m',
  ];
  const SECTIONS = [
    'id',
    'env',
    'file',
    'mode',
    'amd64',
    'import_path',
    'working_dir',
    'platforms',
    'toString',
  ];
  const leaf = fc.oneof(fc.constantFrom<unknown>(...WORDS, null, 1, 1.5, true), fc.string());
  const list = fc.array(leaf, { maxLength: 3 });
  const section = fc.dictionary(fc.oneof(fc.constantFrom(...SECTIONS), fc.string()), fc.oneof(leaf, list), {
    maxKeys: 3,
  });
  const value = fc.oneof(leaf, list, section, fc.array(section, { maxLength: 2 }));
  const field = fc.constantFrom(...Object.keys(ImageConfig.shape), 'constructor', '__proto__', 'x');
  const config = fc.dictionary(field, value, { maxKeys: 6 });

  test('comes out as an image inside the repository, or as a message that a person can read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(config, { minLength: 1, maxLength: 3 }), async (configs) => {
        const files = configs.map((content, index) => [`dir${index}/build-config.yaml`, stringify(content)]);
        const { images, problems } = await load(Object.fromEntries(files));
        for (const { context, dockerfile } of images) {
          expect(`${context} ${dockerfile}`).not.toMatch(/(^| )(\.\.(\/|$| )|\/)/);
        }
        for (const { message } of problems) {
          expect(message).not.toMatch(/undefined|\[object|NaN|Invalid|[\u0000-\u001f\u007f-\u009f]/);
        }
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});

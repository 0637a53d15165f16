import { describe, expect, test } from '@jest/globals';
import { configured, facts } from '../../test/support/configured.ts';
import type { ConfiguredImage, Settings } from '../config/settings.ts';
import type { Choice, ContextFacts } from '../domain/choice.ts';
import { chooseBackend } from './choose.ts';
import { readDockerfile } from '../dockerfile/dockerfile.ts';
import { findUnknownOverrides } from './override.ts';

const NONE: Settings['backendOverride'] = { byImage: {} };

function choose(
  image: ConfiguredImage,
  found: ContextFacts | null = facts({ dockerfile: 'FROM a\n' }),
  override = NONE,
): Choice {
  const text = found?.dockerfile;
  const dockerfile = text === undefined ? undefined : readDockerfile(text);
  return chooseBackend({ image, facts: found, dockerfile, override });
}

const GO = facts({ hasGoMod: true, hasCmd: true, commands: ['server'] });

describe('the order of precedence', () => {
  test('override, then build_backend', () => {
    const image = configured('api', { build_backend: 'kaniko' });
    const both = facts({ ...GO, dockerfile: 'FROM a' });
    expect(choose(image, both, { all: 'ko' })).toMatchObject({ backend: 'ko', reason: 'HEPHY_BACKEND' });
    expect(choose(image, both, { byImage: { api: 'buildkit' } })).toMatchObject({ backend: 'buildkit' });
    expect(choose(image, both, { byImage: { web: 'ko' } })).toMatchObject({
      backend: 'kaniko',
      reason: 'build_backend',
    });
  });

  test('go.mod and cmd/, then spin.toml, then the Dockerfile', () => {
    const all = facts({ ...GO, hasSpinToml: true, dockerfile: 'FROM a' });
    expect(choose(configured('api'), all)).toMatchObject({ backend: 'ko', reason: 'go.mod and cmd/' });
    expect(choose(configured('api'), { ...all, hasCmd: false })).toMatchObject({
      backend: 'spin',
      reason: 'spin.toml',
    });
    expect(choose(configured('api'))).toMatchObject({ backend: 'kaniko', reason: 'Dockerfile' });
  });

  test('what kaniko cannot do chooses buildkit, and the reason names the line', () => {
    const found = facts({ dockerfile: 'FROM a\n\n\nRUN --mount=type=cache,target=/x npm ci\n' });
    expect(choose(configured('web'), found)).toMatchObject({
      backend: 'buildkit',
      reason: 'web/Dockerfile:4 RUN --mount=type=cache',
    });
  });

  test('an explicit kaniko stays, and is told what it cannot do', () => {
    const found = facts({ dockerfile: 'FROM a\nRUN --mount=type=ssh git clone x\n' });
    const choice = choose(configured('web', { build_backend: 'kaniko' }), found);
    expect(choice.backend).toBe('kaniko');
    expect(choice.suggestions).toEqual([
      'web/Dockerfile:2 RUN --mount=type=ssh: build_backend: buildkit supports this fully',
    ]);
  });

  test('what kaniko ignores is a warning; what it can do is none', () => {
    const lines = [
      'FROM a',
      'RUN --mount=type=cache,target=/c --mount=type=secret,id=s true',
      'RUN --network=none --mount=type=bind,from=x,target=/x true',
      'ADD --checksum=sha256:0 https://example.com/x /x',
      'RUN <<EOF',
      'true',
      'EOF',
    ];
    const found = facts({ dockerfile: lines.join('\n') });
    expect(choose(configured('web', { build_backend: 'kaniko' }), found).warnings).toEqual([
      'web/Dockerfile:3: kaniko ignores RUN --mount=from',
      'web/Dockerfile:3: kaniko ignores RUN --network',
      'web/Dockerfile:4: kaniko ignores ADD --checksum',
    ]);
    expect(choose(configured('web'), found).warnings).toEqual([]);
  });

  test('a config that names a Dockerfile has chosen it, and is told what else there is', () => {
    const found = facts({ ...GO, dockerfile: 'FROM a' });
    const choice = choose(configured('api', { dockerfile_path: 'Dockerfile' }), found);
    expect(choice).toMatchObject({ backend: 'kaniko', reason: 'Dockerfile' });
    expect(choice.suggestions).toEqual([
      'go.mod and cmd/ found: build_backend: ko would build this without a Dockerfile',
    ]);
  });

  test('a v1 file with build_backend: ko keeps it, whatever Dockerfile fields it carries', () => {
    const image = configured('api', { build_backend: 'ko', dockerfile_path: 'Dockerfile', target: '' });
    expect(choose(image, GO)).toMatchObject({ backend: 'ko', suggestions: [] });
  });

  test('an upstream repository is not looked into', () => {
    expect(choose(configured('curl', { upstream_repo: 'https://x/y.git' }), null).backend).toBe('kaniko');
  });
});

describe('what cannot be', () => {
  test('nothing to build from', () => {
    expect(() => choose(configured('a'), facts())).toThrowWithCode('CONFIG_DOCKERFILE');
    expect(() => choose(configured('a', { build_backend: 'kaniko' }), GO)).toThrowWithCode(
      'CONFIG_DOCKERFILE',
    );
    expect(() => choose(configured('a', { build_backend: 'ko' }))).toThrowWithCode('CONFIG_KO');
    expect(() => choose(configured('a', { build_backend: 'spin' }))).toThrowWithCode('CONFIG_PATH');
  });

  test('an override that the context does not allow', () => {
    expect(() => choose(configured('a'), undefined, { all: 'ko' })).toThrowWithCode('CONFIG_OVERRIDE');
    expect(() => choose(configured('a'), GO, { all: 'buildkit' })).toThrowWithCode('CONFIG_OVERRIDE');
  });

  test('a Go module above the context, or elsewhere, is enough for an explicit ko', () => {
    const image = configured('a', { build_backend: 'ko' });
    expect(choose(image, facts({ inGoModule: true })).backend).toBe('ko');
    const elsewhere = configured('a', {
      build_backend: 'ko',
      ko_config: { working_dir: 'go', env: [], flags: [], ldflags: [], sbom: true },
    });
    expect(choose(elsewhere, facts()).backend).toBe('ko');
  });

  test('platforms: the default of each backend, and those that it cannot build for', () => {
    expect(choose(configured('a')).platforms).toEqual(['linux/amd64', 'linux/arm64']);
    expect(choose(configured('a'), facts({ hasSpinToml: true })).platforms).toEqual(['wasm32-wasi']);
    const linux = configured('a', {}, { platforms: ['linux/arm/v7', 'linux/arm/v7'] });
    expect(choose(linux).platforms).toEqual(['linux/arm/v7']);
    expect(() => choose(linux, facts({ hasSpinToml: true }))).toThrowWithCode('CONFIG_PLATFORM');
    const wasm = configured('a', {}, { platforms: ['wasm32-wasi'] });
    expect(() => choose(wasm, GO)).toThrowWithCode('CONFIG_PLATFORM');
  });

  test('an image that is not built needs nothing', () => {
    expect(choose(configured('a', { manual_build: true }), facts()).reason).toBe('manual_build');
  });

  test('an override for an image that does not exist', () => {
    const [problem] = findUnknownOverrides({ byImage: { apo: 'ko' } }, ['api', 'web']);
    expect(problem).toMatchObject({ code: 'CONFIG_OVERRIDE', hint: 'Did you mean "api"?' });
    expect(findUnknownOverrides({ all: 'ko' }, [])).toEqual([]);
  });
});

describe('the Go program', () => {
  function importPath(commands: readonly string[], name = 'api', dir = name): unknown {
    const image = configured(name, { build_backend: 'ko' }, { dir });
    return choose(image, facts({ hasGoMod: true, hasCmd: true, commands })).options;
  }

  test('the only one, the one that is called like the image or its directory, or cmd itself', () => {
    expect(importPath(['server'])).toMatchObject({ import_path: './cmd/server', sbom: true });
    expect(importPath(['.'])).toMatchObject({ import_path: './cmd' });
    expect(importPath(['api', 'worker'])).toMatchObject({ import_path: './cmd/api' });
    expect(importPath(['api', 'worker'], 'services-api', 'services/api')).toMatchObject({
      import_path: './cmd/api',
    });
  });

  test('several, none of which is meant, and none at all', () => {
    expect(() => importPath(['one', 'two'])).toThrowWithCode('CONFIG_KO');
    expect(() => importPath([])).toThrowWithCode('CONFIG_KO');
  });

  test('no cmd/ is the root of the module, and no base image is chosen here', () => {
    const choice = choose(configured('api', { build_backend: 'ko' }), facts({ hasGoMod: true }));
    expect(choice.options).toEqual({ import_path: '.', env: [], flags: [], ldflags: [], sbom: true });
  });

  test.each([
    ['target', { target: 'x' }],
    ['secrets', { secrets: [{ id: 'npm', file: 'npmrc' }] }],
  ])('%s would be lost on ko and spin', (_, values) => {
    for (const build_backend of ['ko', 'spin'] as const) {
      expect(() =>
        choose(configured('a', { build_backend, ...values }), { ...GO, hasSpinToml: true }),
      ).toThrowWithCode('CONFIG_CONFLICT');
    }
    expect(choose(configured('a', { build_backend: 'ko', target: '' }), GO).backend).toBe('ko');
    const variable = { secrets: [{ id: 'npm', env: 'NPM_TOKEN' }] };
    const spin = configured('a', { build_backend: 'spin', ...variable });
    expect(choose(spin, { ...GO, hasSpinToml: true }).backend).toBe('spin');
    expect(() => choose(configured('a', { build_backend: 'ko', ...variable }), GO)).toThrowWithCode(
      'CONFIG_CONFLICT',
    );
  });

  test('targets are stages, which ko has none of', () => {
    expect(() => choose(configured('a', { build_backend: 'ko', targets: ['x'] }), GO)).toThrowWithCode(
      'CONFIG_CONFLICT',
    );
  });
});

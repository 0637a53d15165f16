import { readFile, symlink } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { delimiter, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findProgram } from '../../src/system/process/find-program.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { crane, craneJson, goImage, onBase } from '../support/go-shop.ts';
import { hephy, TOOL_PATH, type Said } from '../support/hephy.ts';
import { listen } from '../support/loopback.ts';
import { pushBase } from '../support/ko-builds.ts';
import { AMD64, ARM64 } from '../support/registry-client.ts';
import { startRegistry, TEST_PASSWORD, TEST_USER, type TestRegistry } from '../support/registry.ts';

const standIn = fileURLToPath(new URL('../support/fake-spin/spin.mjs', import.meta.url));

interface Manifest {
  readonly mediaType: string;
  readonly layers: readonly { readonly mediaType: string; readonly size: number; readonly digest: string }[];
  readonly config: { readonly size: number };
  readonly annotations: Record<string, string>;
}
interface RunJson {
  readonly images: readonly {
    readonly name: string;
    readonly state: string;
    readonly backend: string;
    readonly digest: string | null;
    readonly tags: readonly string[];
    readonly platforms: readonly {
      readonly platform: string;
      readonly digest: string;
      readonly size: number;
    }[];
    readonly error: { readonly code: string; readonly message: string } | null;
  }[];
  readonly legs: readonly {
    readonly id: string;
    readonly state: string;
    readonly error: { readonly code: string } | null;
  }[];
}

let registry: TestRegistry;
let path: string;
let repo: GitRepo;
let shop: string;
let count = 0;

beforeAll(async () => {
  registry = await startRegistry();
  const bin = await createTempDir();
  await symlink(standIn, join(bin, 'spin'));
  path = `${bin}${delimiter}${TOOL_PATH}`;
});
afterAll(() => registry.stop());
beforeEach(async () => {
  repo = await createGitRepo(app('edge', 'printf "\\0asm\\1\\0\\0\\0%s" "$GREETING" > edge.wasm'));
  shop = `${registry.host}/shop${count++}`;
});

/** A Spin application of one component that this command builds, with a small and a large asset. */
function app(dir: string, command: string, more = ''): Record<string, string> {
  const manifest = [
    'spin_manifest_version = 2',
    `[application]\nname = "${dir}"\nversion = "0.1.0"`,
    '[[trigger.http]]\nroute = "/..."\ncomponent = "edge"',
    '[component.edge]\nsource = "edge.wasm"\nfiles = [{ source = "assets", destination = "/" }]',
    `[component.edge.build]\ncommand = ${JSON.stringify(command)}`,
  ];
  return {
    [`${dir}/build-config.yaml`]: `name: ${dir}\nadditional_tags: [latest]\nbuild_args: {GREETING: hello}\n${more}`,
    [`${dir}/spin.toml`]: `${manifest.join('\n\n')}\n`,
    [`${dir}/.gitignore`]: '*.wasm\n',
    [`${dir}/assets/small.txt`]: 'small',
    [`${dir}/assets/large.txt`]: 'large '.repeat(100),
  };
}

function build(flags: readonly string[] = [], env: Record<string, string> = {}): Promise<Said> {
  const args = ['build', '--registry', shop, '--date', '20261120', ...flags];
  return hephy(args, { cwd: repo.dir, env: { PATH: path, ...env } });
}

async function buildJson(flags: readonly string[] = []): Promise<RunJson> {
  const { stdout } = await build(['--json', ...flags]);
  const run: RunJson = JSON.parse(stdout);
  return run;
}

test('its tags are the very manifest that Spin pushed, and a second run gives the same digest', async () => {
  const sha = await repo.git('rev-parse', 'HEAD');
  const tag = `edge-20261120-${sha.slice(0, 7)}`;
  const [image] = (await buildJson()).images;
  expect(image).toMatchObject({ name: 'edge', state: 'built', backend: 'spin', tags: [tag, 'edge-latest'] });
  const manifest = await craneJson<Manifest>('manifest', `${shop}:edge-latest`);
  expect(manifest.mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
  expect(manifest.layers.map(({ mediaType }) => mediaType)).toEqual([
    'application/vnd.wasm.content.layer.v1+wasm',
    'application/vnd.wasm.content.layer.v1+data',
    'application/vnd.fermyon.spin.application.v1+config',
  ]);
  expect(manifest.annotations).toMatchObject({
    'org.opencontainers.image.revision': sha,
    'org.opencontainers.image.title': 'edge',
    'org.opencontainers.image.created': '2026-11-20T12:00:00Z',
    'dev.hephy.backend': 'spin',
    'dev.hephy.config': 'edge/build-config.yaml',
  });
  for (const one of [tag, `${tag}-wasm`, 'edge-latest']) {
    expect(await crane('digest', `${shop}:${one}`)).toBe(image?.digest);
  }
  const size = [...manifest.layers, manifest.config].reduce((total, layer) => total + layer.size, 0);
  expect(image?.platforms).toEqual([{ platform: 'wasm32-wasi', digest: image?.digest, size }]);
  expect((await buildJson()).images[0]).toMatchObject({ name: 'edge', digest: image?.digest });
  expect(await repo.git('status', '--porcelain')).toBe('');
});

test('build arguments reach the build command as variables', async () => {
  await build();
  const { layers } = await craneJson<Manifest>('manifest', `${shop}:edge-latest`);
  expect(await crane('blob', `${shop}@${layers[0]?.digest ?? ''}`)).toMatch(/hello$/);
});

describe('beside images of ko', () => {
  const waits = 'depends_on: [edge]\n';

  beforeEach(async () => {
    await pushBase(`${registry.host}/base`, [AMD64, ARM64]);
    const late = 'test "$API_TAG" != "" && printf "\\0asm%s" "$API_TAG" > edge.wasm';
    await repo.write({
      ...goImage('api', onBase(registry.host)),
      ...goImage('gateway', `${onBase(registry.host)}${waits}`),
      ...app('late', late, 'depends_on: [api]\n'),
    });
    await repo.commit();
  });

  test('each waits for what it depends on, in both directions', async () => {
    const said = await build();
    expect(said).toMatchObject({ code: 0 });
    expect(said.stdout).toMatch(/^edge +edge-\S+, edge-latest +wasm +[\d.]+ [kM]?B +spin/m);
    expect(said.stdout).toMatch(/^gateway +\S+, gateway-latest +amd64 arm64 .* ko/m);
    const steps = said.stderr
      .split('\n')
      .flatMap((line) => /^\[(\S+)\] (started|✓)/.exec(line)?.slice(1).join(' ') ?? []);
    expect(steps.indexOf('edge/wasm32-wasi ✓')).toBeLessThan(steps.indexOf('gateway/linux-amd64 started'));
    expect(steps.indexOf('api/linux-arm64 ✓')).toBeLessThan(steps.indexOf('late/wasm32-wasi started'));
    expect((await buildJson(['--images', 'api,late', '--rebuild'])).images.map(({ state }) => state)).toEqual(
      ['built', 'built'],
    );
  });

  test('a failing component stops what depends on it, and nothing else', async () => {
    await repo.write(app('edge', 'echo "src/index.js:3: oh no" >&2; exit 4'));
    await repo.commit();
    const { images, legs } = await buildJson();
    expect(images.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
      'api built',
      'edge failed',
      'gateway skipped',
      'late built',
    ]);
    expect(legs.find(({ id }) => id === 'edge/wasm32-wasi')?.error).toMatchObject({ code: 'BUILD_FAILED' });
    const said = await build();
    expect(said.code).toBe(1);
    expect(said.stderr).toContain('the build command of component edge failed (exit status 4)');
    expect(said.stderr).toContain('src/index.js:3: oh no');
    expect(said.stderr).toContain('component.edge.build');
    const log = await readFile(join(repo.dir, '.hephy/logs/edge-wasm32-wasi.log'), 'utf8');
    expect(log).toContain('oh no');
  });
});

describe('failures that are named', () => {
  test.each([
    { command: 'no-such-tool build', code: 'TOOL_MISSING', words: 'needs no-such-tool' },
    { command: 'true', code: 'BUILD_FAILED', words: 'Failed to load Wasm source edge.wasm' },
    { command: 'echo no > edge.wasm', code: 'BUILD_FAILED', words: 'not a valid .wasm' },
  ])('of the build command $command: $words', async ({ command, code, words }) => {
    await repo.write(app('edge', command));
    await repo.commit();
    const said = await build();
    expect(said.code).toBe(1);
    expect(said.stderr).toContain(code);
    expect(said.stderr).toContain(words);
    expect(said.stderr).not.toMatch(/^ +at /m);
  });

  test('a manifest that is elsewhere', async () => {
    await repo.write(app('edge', 'true', 'spin_config: {manifest_path: apps/edge.toml}\n'));
    await repo.commit();
    const said = await build();
    expect(said.code).toBe(1);
    expect(said.stderr).toContain('there is no Spin manifest at apps/edge.toml');
  });

  test('no spin', async () => {
    const bin = await createTempDir();
    const git = await findProgram('git', { PATH: TOOL_PATH });
    await symlink(git ?? '', join(bin, 'git'));
    const said = await build([], { PATH: bin });
    expect(said.code).toBe(1);
    expect(said.stderr).toContain('TOOL_MISSING');
    expect(said.stderr).toContain('https://spinframework.dev/install');
  });
});

test('spin_config.build: false publishes what is there', async () => {
  await repo.write({
    ...app('edge', 'exit 1', 'spin_config: {build: false}\n'),
    'edge/edge.wasm': '\0asm here',
  });
  await repo.commit();
  expect(await build()).toMatchObject({ code: 0 });
});

test('a registry that wants a login: Docker’s is used', async () => {
  const guarded = await startRegistry({ auth: 'basic' });
  try {
    shop = `${guarded.host}/shop`;
    const none = await createTempDir();
    const refused = await build([], { DOCKER_CONFIG: none, XDG_CONFIG_HOME: none });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('REGISTRY_AUTH');
    const logins = await createGitRepo({
      'config.json': JSON.stringify({
        auths: { [guarded.host]: { auth: Buffer.from(`${TEST_USER}:${TEST_PASSWORD}`).toString('base64') } },
      }),
    });
    const done = await build([], { DOCKER_CONFIG: logins.dir, XDG_CONFIG_HOME: none });
    expect(done).toMatchObject({ code: 0 });
    expect(`${done.stdout}${done.stderr}`).not.toContain(TEST_PASSWORD);
  } finally {
    await guarded.stop();
  }
});

test('a registry that does not tell Spin the digest: the tag is enough', async () => {
  const silent = await listen((request, response) => void forwardSilently(registry.host, request, response));
  try {
    shop = `${silent.host}/silent`;
    const { images, legs } = await buildJson();
    const digest = await crane('digest', `${registry.host}/silent:edge-latest`);
    expect(images[0]).toMatchObject({ state: 'built', digest });
    expect(legs[0]).toMatchObject({ state: 'built', digest: null });
    const log = await readFile(join(repo.dir, '.hephy/logs/edge-wasm32-wasi.log'), 'utf8');
    expect(log).toContain('the registry did not return the digest');
  } finally {
    await silent.stop();
  }
});

/** A manifest's Location by tag, as some registries answer. */
async function forwardSilently(
  host: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const body = await buffer(request);
  const answer = await fetch(`http://${host}${url}`, {
    method,
    headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      ['accept', 'content-type', 'content-range'].includes(name) ? [[name, String(value)]] : [],
    ),
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  });
  const told = Object.fromEntries(answer.headers);
  if (method === 'PUT' && url.includes('/manifests/')) told['location'] = url;
  response.writeHead(answer.status, told).end(Buffer.from(await answer.arrayBuffer()));
}

import type { PlanLeg } from '../domain/plan.ts';
import { chmod, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { cloneShallow, createGitRepo, createTempDir } from '../../test/support/git-repo.ts';
import { invokedIn } from '../../test/support/invoked.ts';
import { prepare } from '../prepare/prepare.ts';
import { confirmFingerprints, fingerprintAll } from './fingerprint-all.ts';
import type { FingerprintContext } from './fingerprint-leg.ts';
import { openRegistryAccess } from '../session/registries.ts';
import { openFingerprintContext } from './fingerprint-context.ts';
import { Unknown } from '../domain/unknown.ts';

const WEB = `ARG HEPHY_REGISTRY
ARG BASE_TAG
FROM busybox:1 AS tools
FROM \${HEPHY_REGISTRY}:\${BASE_TAG} AS app
RUN --mount=type=cache,target=/x true
FROM app AS debug
`;

/** One image for each backend, and one that is built on another. */
const FILES = {
  'base/build-config.yaml': 'name: base\nplatforms: [linux/amd64]\nbuild_args: {MODE: fast}\n',
  'base/Dockerfile': 'FROM alpine:3.22\nARG MODE\nCOPY . .\n',
  'base/.dockerignore': '*.md\n',
  'base/run.sh': 'true\n',
  'web/build-config.yaml':
    'name: web\nplatforms: [linux/amd64]\ntarget: app\nsecrets: [{id: npm, env: NPM}]\nwatch: [proto]\n',
  'web/Dockerfile': WEB,
  'proto/a.proto': 'a\n',
  'api/build-config.yaml':
    'name: api\nplatforms: [linux/amd64]\nko_config: {base_image: "gcr.io/static:nonroot"}\n',
  'api/go.mod': 'module example.com/api\n\ngo 1.22\n\nreplace example.com/lib => ../lib\n',
  'api/cmd/api/main.go': 'package main\n\nfunc main() {}\n',
  'lib/lib.go': 'package lib\n',
  'job/build-config.yaml':
    'name: job\nplatforms: [linux/amd64]\nko_config: {base_image: "gcr.io/static:nonroot"}\n',
  'job/go.mod': 'module example.com/job\n\ngo 1.22\n',
  'job/cmd/job/main.go': 'package main\n\nfunc main() {}\n',
  'edge/build-config.yaml': 'name: edge\nbuild_backend: spin\nspin_config: {build: true}\n',
  'edge/spin.toml': 'spin_manifest_version = 2\n',
  'edge/app.js': 'x\n',
  '.gitignore': 'dist/\n',
};

interface Change {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly bases?: Readonly<Record<string, string>>;
  readonly published?: Readonly<Record<string, string>>;
  /** Instead of all images. */
  readonly images?: readonly string[];
  readonly tools?: Readonly<Record<string, string>>;
  readonly registry?: string;
  readonly kanikoImage?: string;
  readonly then?: (dir: string) => Promise<unknown>;
  readonly clone?: true;
}

type Evidence = Pick<FingerprintContext, 'kanikoImage' | 'bases' | 'published' | 'tools'>;

function evidenceOf(change: Change): Evidence {
  return {
    kanikoImage: change.kanikoImage,
    bases: async (reference) => {
      const digest = change.bases?.[reference] ?? `sha256:${reference}`;
      if (digest === '') throw new Unknown(`${reference} does not answer`);
      return digest;
    },
    published: async (reference) => change.published?.[reference] ?? `published ${reference}`,
    tools: async (backend) => ({ version: change.tools?.[backend] ?? '1' }),
  };
}

type Prints = Readonly<Record<string, string>>;

/** A plan for a repository, and what takes its fingerprints, as often as it is called. */
async function openRun(dir: string, change: Change = {}) {
  const chosen = change.images ? { images: change.images.join(',') } : { all: true };
  const invoked = invokedIn(dir, { HOME: home, ...change.env });
  const all = { ...invoked, flags: { ...invoked.flags, ...chosen } };
  const { plan, runContext } = await prepare(all, { upstreams: 'optional' });
  const registry = change.registry ?? '127.0.0.1:5000/shop';
  const access = openRegistryAccess(all, runContext.settings);
  const options = { invoked: all, runContext, plan, registry, access };
  const open = () => ({ ...openFingerprintContext(options), ...evidenceOf(change) });
  return { plan, open, prints: () => fingerprintAll(open()) };
}

/** The fingerprint of each image, or `unknown`. */
async function fingerprints(change: Change = {}): Promise<Prints> {
  const origin = await createGitRepo({ ...FILES, ...change.files });
  const repo = change.clone ? await cloneShallow(origin.dir) : origin;
  await change.then?.(repo.dir);
  const found = await (await openRun(repo.dir, change)).prints();
  return Object.fromEntries(
    [...found].map(([id, print]) => [id.split('/')[0] ?? '', 'hash' in print ? print.hash : 'unknown']),
  );
}

let before: Prints;
/** Where Go may keep what it compiled, and nobody else's settings are. */
let home: string;
beforeAll(async () => {
  home = await createTempDir();
  before = await fingerprints();
});

/** The images that would be built. */
async function changedBy(change: Change): Promise<readonly string[]> {
  const after = await fingerprints(change);
  return Object.keys(before)
    .filter((name) => after[name] !== before[name])
    .sort();
}

function config(name: keyof typeof FILES, from: string, to: string): Record<string, string> {
  const text = FILES[name].replace(from, to);
  if (text === FILES[name]) throw new Error(`${name} does not contain ${from}`);
  return { [name]: text };
}

/** The job with another beginning of its `ko_config`. */
function ofJob(options: string): Record<string, string> {
  return config('job/build-config.yaml', '{base', options);
}

async function put(dir: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), content);
}

async function link(dir: string, path: string, target: string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await symlink(target, join(dir, path));
}

test('every image of the example has one, and each its own', () => {
  expect(Object.keys(before).sort()).toEqual(['api', 'base', 'edge', 'job', 'web']);
  expect(new Set(Object.values(before)).size).toBe(5);
  expect(before).not.toMatchObject({ api: 'unknown' });
});

describe('the same', () => {
  test.each<[string, Change]>([
    ['in another directory', {}],
    ['in a clone', { clone: true }],
    ['with other times', { then: (dir) => utimes(join(dir, 'base/run.sh'), 1, 1) }],
    ['under another umask', { then: (dir) => chmod(join(dir, 'base/run.sh'), 0o664) }],
    ['for a registry at another port', { registry: '127.0.0.1:5001/shop' }],
    ['with a secret of another value', { env: { NPM: 'hunter2' } }],
    ['with variables that nothing reads', { env: { CI_JOB_ID: '7', LANG: 'de_DE' } }],
    ['with logs of our own', { then: (dir) => put(dir, '.hephy/logs/a.log', 'x') }],
    ['with what a planning job left', { then: (dir) => put(dir, '.hephy/run/plan.json', 'x') }],
    ['after another commit that none of them has', { files: { 'docs/x.txt': 'x' } }],
    ['with what a Spin build left, ignored by git', { then: (dir) => put(dir, 'edge/dist/x.wasm', 'x') }],
  ])('%s', async (_name, change) => {
    expect(await changedBy(change)).toEqual([]);
  });
});

describe('a dependency counts the same in the run and out of it', () => {
  const latest = '127.0.0.1:5000/shop:base-latest';

  test('by its fingerprint', async () => {
    const published = { [latest]: before['base'] ?? '' };
    expect(await fingerprints({ images: ['web'], published })).toEqual({ web: before['web'] });
  });

  test('not at all where the command does not use it', async () => {
    const files = config('base/build-config.yaml', 'name: base\n', 'name: base\ndepends_on: [job]\n');
    const alone = await fingerprints({ files, images: ['base'] });
    expect(alone['base']).toBe((await fingerprints({ files }))['base']);
    const more = { ...files, 'job/go.mod': 'module m\n\nreplace x.org/x => ../../x\n' };
    expect(await fingerprints({ files: more })).toMatchObject({ ...alone, job: 'unknown' });
  });

  test('where a Spin application is told its tag', async () => {
    const files = config('edge/build-config.yaml', 'name: edge\n', 'name: edge\ndepends_on: [job]\n');
    const { edge: was } = await fingerprints({ files });
    const changed = await fingerprints({ files: { ...files, 'job/cmd/job/more.go': 'package main\n' } });
    expect(changed['edge']).not.toBe(was);
  });
});

describe('another one', () => {
  const ofBase = ['base', 'web'];
  test.each<[string, readonly string[], Change]>([
    ['a file', ofBase, { files: { 'base/run.sh': 'false\n' } }],
    ['a new file', ofBase, { files: { 'base/new.sh': '' } }],
    ['an empty directory', ofBase, { then: (dir) => mkdir(join(dir, 'base/empty')) }],
    ['a file that git ignores', ofBase, { then: (dir) => put(dir, 'base/dist/x', 'x') }],
    ['a file that is gone', ofBase, { then: (dir) => rm(join(dir, 'base/run.sh')) }],
    ['an executable bit', ofBase, { then: (dir) => chmod(join(dir, 'base/run.sh'), 0o755) }],
    ['a file that others may not read', ofBase, { then: (dir) => chmod(join(dir, 'base/run.sh'), 0o600) }],
    ['.dockerignore', ofBase, { files: { 'base/.dockerignore': '*.txt\n' } }],
    ['Dockerfile.dockerignore', ofBase, { files: { 'base/Dockerfile.dockerignore': '*.txt\n' } }],
    ['Dockerfile', ofBase, { files: config('base/Dockerfile', 'COPY', '\nCOPY') }],
    ['a build argument', ofBase, { files: config('base/build-config.yaml', 'fast', 'slow') }],
    ['a base that moved', ofBase, { bases: { 'alpine:3.22': 'sha256:moved' } }],
    ['a base of a stage', ['web'], { bases: { 'busybox:1': 'sha256:moved' } }],
    ['the image of kaniko', ofBase, { kanikoImage: 'kaniko:other' }],
    ['BuildKit', ['web'], { tools: { buildkit: '2' } }],
    ['a target', ['web'], { files: config('web/build-config.yaml', 'target: app', 'target: debug') }],
    ['the id of a secret', ['web'], { files: config('web/build-config.yaml', 'id: npm', 'id: other') }],
    ['where a secret is from', ['web'], { files: config('web/build-config.yaml', 'env: NPM', 'env: N') }],
    ['a label', ['job'], { files: config('job/build-config.yaml', 'ko_', 'labels: {a: b}\nko_') }],
    ['an annotation', ['job'], { files: config('job/build-config.yaml', 'ko_', 'annotations: {a: b}\nko_') }],
    ['a watched file', ['web'], { files: { 'proto/a.proto': 'b\n' } }],
    [
      'an option of BuildKit',
      ['web'],
      {
        files: config('web/build-config.yaml', 'name', 'buildkit_config: {provenance: min}\nname'),
      },
    ],
    ['a Go file', ['job'], { files: { 'job/cmd/job/x.go': 'package main\n' } }],
    ['a replaced module', ['api'], { files: { 'lib/lib.go': 'package lib // x\n' } }],
    ['go.sum', ['job'], { files: { 'job/go.sum': 'x\n' } }],
    ['go.work', ['api', 'job'], { files: { 'go.work': 'go 1.22\n\nuse ./job\n' } }],
    ['.ko.yaml', ['job'], { files: { 'job/.ko.yaml': 'defaultEnv: [A=b]\n' } }],
    ['kodata', ['job'], { files: { 'job/cmd/job/kodata/a': 'x' } }],
    ['a flag of Go', ['job'], { files: ofJob('{flags: [-trimpath], base') }],
    ['the environment of Go', ['job'], { files: ofJob('{env: [A=b], base') }],
    ['ko or Go', ['api', 'job'], { tools: { ko: '2' } }],
    ['the base of ko', ['api', 'job'], { bases: { 'gcr.io/static:nonroot': 'sha256:moved' } }],
    ["the user's flags for ko", ['api', 'job'], { env: { KO_DEFAULTFLAGS: '-trimpath' } }],
    ['a file of a Spin application', ['edge'], { files: { 'edge/app.js': 'y\n' } }],
    ['its manifest', ['edge'], { files: { 'edge/spin.toml': 'spin_manifest_version = 2\n#\n' } }],
    ['Spin', ['edge'], { tools: { spin: '2' } }],
    ['Spin’s options', ['edge'], { files: config('edge/build-config.yaml', 'true', 'false') }],
    ['its toolchain', ['edge'], { env: { RUSTUP_TOOLCHAIN: 'nightly' } }],
  ])('for %s', async (_name, expected, change) => {
    expect(await changedBy(change)).toEqual(expected);
  });

  test('for a link that leads elsewhere, and for what Go reads through one', async () => {
    const one = await fingerprints({ then: (dir) => link(dir, 'base/link', 'run.sh') });
    const two = await fingerprints({ then: (dir) => link(dir, 'base/link', 'Dockerfile') });
    expect(one['base']).not.toBe(two['base']);
    const data = 'job/cmd/job/kodata/data';
    const outside = { then: (dir: string) => link(dir, data, '../../../../proto/a.proto') };
    const read = await fingerprints(outside);
    const reread = await fingerprints({ ...outside, files: { 'proto/a.proto': 'b\n' } });
    expect(read['job']).not.toBe(reread['job']);
  });

  test('for a platform', async () => {
    const files = config('job/build-config.yaml', '[linux/amd64]', '[linux/arm64]');
    expect(await changedBy({ files })).toEqual(['job']);
  });

  test('for a variable in a build argument', async () => {
    const files = config('base/build-config.yaml', 'fast', '"${MODE}"');
    const fast = await fingerprints({ files, env: { MODE: 'fast' } });
    const slow = await fingerprints({ files, env: { MODE: 'slow' } });
    expect(slow['base']).not.toBe(fast['base']);
    expect(await fingerprints({ files, env: { MODE: 'fast', OTHER: 'x' } })).toEqual(fast);
  });

  test('for the base that a variable in a build argument names, and not for its default', async () => {
    const files = {
      ...config('base/build-config.yaml', 'MODE: fast', 'FROM: "${FROM:-alpine:3.22}"'),
      ...config('base/Dockerfile', 'FROM alpine:3.22\nARG MODE', 'ARG FROM\nFROM ${FROM}'),
    };
    const named = { files, env: { FROM: 'mirror/alpine:1' } };
    const was = await fingerprints(named);
    const moved = await fingerprints({ ...named, bases: { 'mirror/alpine:1': 'sha256:moved' } });
    expect(moved['base']).not.toBe(was['base']);
    expect(await fingerprints({ ...named, bases: { 'alpine:3.22': 'sha256:moved' } })).toEqual(was);
  });
});

describe('none, so that it is built', () => {
  test.each<[string, readonly string[], Change]>([
    ['a base does not answer', ['base', 'web'], { bases: { 'alpine:3.22': '' } }],
    ['a flag names the commit', ['job'], { files: ofJob('{ldflags: ["-X main.v={{.Git.Tag}}"], base') }],
    ['the checkout goes into the binary', ['job'], { files: ofJob('{flags: [-buildvcs=true], base') }],
    ['cgo uses the machine', ['api', 'job'], { env: { CGO_ENABLED: '1' } }],
    ['GOWORK names a file', ['api', 'job'], { env: { GOWORK: '/somewhere/go.work' } }],
    [
      'a module is outside of the repository',
      ['job'],
      {
        files: { 'job/go.mod': 'module example.com/job\n\ngo 1.22\n\nreplace x.org/x => ../../x\n' },
      },
    ],
    [
      'the Dockerfile downloads',
      ['base', 'web'],
      {
        files: { 'base/Dockerfile': 'FROM alpine:3.22\nADD https://example.com/x /x\n' },
      },
    ],
    [
      'the builder fills in a base',
      ['base', 'web'],
      {
        files: { 'base/Dockerfile': 'FROM alpine:${BUILDARCH}\n' },
      },
    ],
  ])('%s', async (_name, expected, change) => {
    const after = await fingerprints(change);
    expect(
      Object.keys(after)
        .filter((name) => after[name] === 'unknown')
        .sort(),
    ).toEqual(expected);
  });
});

test('each platform has the bases that it pulls itself: the last leg is that of arm64', async () => {
  const files = { 'pair/build-config.yaml': '', 'pair/Dockerfile': 'FROM alpine:${TARGETARCH}\n' };
  const print = async (moved: string): Promise<unknown> =>
    (await fingerprints({ files, images: ['pair'], bases: { [moved]: 'sha256:moved' } }))['pair'];
  const was = await print('alpine:other');
  expect(was).not.toBe('unknown');
  expect(await print('alpine:amd64')).toBe(was);
  expect(await print('alpine:arm64')).not.toBe(was);
});

test('what was edited while it was built is not found by the fingerprint that it began with', async () => {
  const repo = await createGitRepo(FILES);
  const { plan, open, prints } = await openRun(repo.dir);
  const began = await prints();
  const begin = (leg: PlanLeg): PlanLeg => ({ ...leg, fingerprint: began.get(leg.id) });
  const images = plan.images.map((image) => ({ ...image, legs: image.legs.map(begin) }));
  await repo.write({ 'base/run.sh': 'edited\n' });
  const ended = await confirmFingerprints({ ...plan, images }, open());
  const lost = ended.images.filter(({ legs }) =>
    legs.some(({ fingerprint }) => fingerprint && 'unknown' in fingerprint),
  );
  expect(lost.map(({ name }) => name)).toEqual(['base', 'web']);
});

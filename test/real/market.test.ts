import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { docker, makeBuildkitImage } from '../support/buildkit-image.ts';
import { pushBusybox } from '../support/busybox-base.ts';
import type { GitRepo } from '../support/git-repo.ts';
import { crane, craneJson } from '../support/go-shop.ts';
import { hephy } from '../support/hephy.ts';
import { fileOf } from '../support/image-files.ts';
import { createMarket, recordTools, type Recorder } from '../support/market.ts';
import { describeWith } from '../support/requirements.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const IMAGE = `hephy-test-buildkit-market:${process.pid}`;
interface Variant {
  readonly baseBy: 'buildkit' | 'kaniko';
  readonly override: string;
  readonly tools: readonly string[];
}
/** What builds `base`, and what the environment says for that. */
const VARIANTS: readonly Variant[] = [
  { baseBy: 'buildkit', override: 'base=buildkit', tools: ['buildctl build', 'ko build', 'spin registry'] },
  {
    ...{ baseBy: 'kaniko', override: '' },
    tools: ['buildctl build', 'docker run', 'ko build', 'spin registry'],
  },
];

/** kaniko alone may be absent. */
const MACHINE = ['busybox', 'buildkit', 'emulation', 'engine', 'ko'] as const;
const ARCHS = ['amd64', 'arm64'] as const;
const [BASE, API, WEB] = ['base', 'api', 'web'].map((name) => ARCHS.map((arch) => `${name}/linux-${arch}`));
const EDGE = ['edge/wasm32-wasi'];
const ALL = [BASE, API, WEB, EDGE].flat();

interface Run {
  readonly images: readonly {
    readonly name: string;
    readonly state: string;
    readonly backend: string;
    readonly platforms: readonly { readonly platform: string }[];
  }[];
  readonly legs: readonly { readonly id: string; readonly state: string; readonly tag: string }[];
}
interface KnownFingerprint {
  readonly run: Run;
  readonly stderr: string;
  /** Legs that were built. */
  readonly built: readonly string[];
}

describeWith(MACHINE, 'the market: four images by four backends', () => {
  let registry: TestRegistry;
  let tools: Recorder;

  beforeAll(async () => {
    registry = await startRegistry();
    await pushBusybox(`${registry.host}/busybox:latest`);
    await makeBuildkitImage(IMAGE);
    tools = await recordTools();
  });
  afterAll(async () => {
    const names = await docker('ps', '--all', '--filter', `ancestor=${IMAGE}`, '--format', '{{.Names}}');
    for (const name of names.split('\n').filter(Boolean)) await docker('rm', '--force', '--volumes', name);
    await docker('rmi', '--force', IMAGE);
    await registry.stop();
  });

  for (const variant of VARIANTS)
    describeWith([variant.baseBy], `base by ${variant.baseBy}`, () => testMarket(variant));

  function testMarket({ baseBy, override, tools: needed }: Variant): void {
    let repo: GitRepo;
    let to: string;
    let first: KnownFingerprint;
    let revision: string;

    beforeAll(async () => {
      repo = await createMarket();
      to = `${registry.host}/by-${baseBy}`;
      revision = await repo.git('rev-parse', '--short=7', 'HEAD');
      await tools.take();
      first = await build();
    });

    async function build(): Promise<KnownFingerprint> {
      const env = {
        ...{ PATH: tools.path, BUSYBOX: `${registry.host}/busybox:latest` },
        ...{ HEPHY_BUILDKIT_IMAGE: IMAGE, HEPHY_BACKEND: override },
      };
      const said = await hephy(['build', '--json', '--registry', to], { cwd: repo.dir, env });
      expect(said).toMatchObject({ code: 0 });
      const run: Run = JSON.parse(said.stdout);
      const built = run.legs.filter(({ state }) => state === 'built').map(({ id }) => id);
      return { run, built, stderr: said.stderr };
    }

    /** What was started, each once. */
    async function started(): Promise<readonly string[]> {
      return [...new Set(await tools.take())].sort();
    }

    test('one command builds, joins and tags all of them', async () => {
      expect([...first.built].sort()).toEqual([...ALL].sort());
      expect(first.run.images.map(({ name, backend, state }) => [name, backend, state])).toEqual([
        ['base', baseBy, 'built'],
        ['api', 'ko', 'built'],
        ['web', 'buildkit', 'built'],
        ['edge', 'spin', 'built'],
      ]);
      expect(await started()).toEqual(expect.arrayContaining([...needed]));
      for (const name of ['base', 'api', 'web']) {
        const { manifests } = await craneJson<{ manifests: { platform: { architecture: string } }[] }>(
          'manifest',
          `${to}:${name}-latest`,
        );
        expect(manifests.map(({ platform }) => platform.architecture)).toEqual(ARCHS);
      }
      expect(await crane('digest', `${to}:edge-latest`)).toMatch(/^sha256:/);
    });

    test.each(ARCHS)('%s: each stands on what it names', async (arch) => {
      const tagOf = (name: string): string =>
        `${to}:${first.run.legs.find(({ id }) => id === `${name}/linux-${arch}`)?.tag}`;
      const machine = `market on ${{ amd64: 'x86_64', arm64: 'aarch64' }[arch]}\n`;
      for (const name of ['base', 'api', 'web']) {
        expect(await craneJson('config', tagOf(name))).toMatchObject({ architecture: arch });
        expect(await fileOf(tagOf(name), 'etc/market/machine')).toBe(machine);
      }
      expect(await fileOf(tagOf('web'), 'www/index.html')).toContain('<h1>Fresh every morning</h1>');
    });

    test('edge was told the tags of what is behind it', async () => {
      const { layers } = await craneJson<{ layers: { digest: string }[] }>('manifest', `${to}:edge-latest`);
      const module = await crane('blob', `${to}@${layers[0]?.digest}`);
      for (const id of [API?.[0], WEB?.[0]]) {
        expect(module).toContain(`:${first.run.legs.find((leg) => leg.id === id)?.tag}'`);
      }
    });

    test('the second run touches nothing, and says why', async () => {
      const digests = await digestsOf();
      const second = await build();
      expect(second.built).toEqual([]);
      // Both are inputs of what they build.
      expect(await started()).toEqual(['ko version', 'spin --version']);
      for (const name of ['base', 'api', 'web', 'edge']) {
        expect(second.stderr).toMatch(new RegExp(`^ +${name} .* unchanged since ${revision}$`, 'm'));
      }
      expect(second.stderr).toContain('4 images, 7 legs (7 unchanged)');
      expect(await digestsOf()).toEqual(digests);
    });

    async function digestsOf(): Promise<readonly string[]> {
      return Promise.all(
        ['base', 'api', 'web', 'edge'].map((name) => crane('digest', `${to}:${name}-latest`)),
      );
    }

    test.each([
      { file: 'README.md', change: ['', 'x'], rebuilds: [] },
      { file: 'edge/src/index.js', change: ["'edge'", "'the edge'"], rebuilds: EDGE },
      { file: 'web/pages/index.html', change: ['The market', 'Market'], rebuilds: [WEB, EDGE].flat() },
      { file: 'api/internal/stalls/stalls.go', change: ['40', '45'], rebuilds: [API, EDGE].flat() },
      { file: 'base/greeting', change: ['every', 'each'], rebuilds: ALL },
    ])('a change of $file rebuilds $rebuilds', async ({ file, change: [was = '', is = ''], rebuilds }) => {
      const text = await readFile(join(repo.dir, file), 'utf8');
      await repo.write({ [file]: text.replace(was, is) });
      await repo.commit();
      expect([...(await build()).built].sort()).toEqual([...rebuilds].sort());
    });
  }
});

import { chmod, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startBuildkitd, type TestBuilder } from '../support/buildkitd.ts';
import { pushBusybox } from '../support/busybox-base.ts';
import { fileOf, filesOf } from '../support/image-files.ts';
import {
  commitLongAgo,
  createDockerShop,
  FILE_SECRET,
  MOTTO,
  relabel,
  TOKEN,
} from '../support/docker-shop.ts';
import { cloneShallow, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { crane, craneJson } from '../support/go-shop.ts';
import { hephy, TOOL_PATH, type Said } from '../support/hephy.ts';
import { describeWith } from '../support/requirements.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { BUILDCTL } from '../support/tool-cache.ts';

interface Run {
  readonly legs: readonly { readonly id: string; readonly tag: string; readonly digest: string | null }[];
  readonly images: readonly { readonly name: string; readonly digest: string }[];
}
interface Config {
  readonly architecture: string;
  readonly created: string;
  readonly config: { readonly Labels: Record<string, string> };
}
interface Manifest {
  readonly mediaType: string;
  readonly annotations: Record<string, string>;
  readonly manifests?: readonly { readonly digest: string; readonly annotations?: Record<string, string> }[];
}

describeWith(['busybox', 'buildkit', 'emulation'], 'BuildKit', () => {
  let registry: TestRegistry;
  let base: string;
  const builders: TestBuilder[] = [];

  beforeAll(async () => {
    registry = await startRegistry();
    base = `${registry.host}/base:latest`;
    await pushBusybox(base);
  });
  afterEach(async () => {
    for (const builder of builders.splice(0)) await builder.stop();
  });
  afterAll(() => registry.stop());

  async function freshBuilder(): Promise<TestBuilder> {
    const builder = await startBuildkitd();
    builders.push(builder);
    return builder;
  }

  interface Place {
    readonly repo: GitRepo;
    readonly builder: TestBuilder;
    /** Below the registry. */
    readonly shop: string;
    readonly env?: Readonly<Record<string, string | undefined>>;
  }

  function build({ repo, builder, shop, env }: Place, ...flags: string[]): Promise<Said> {
    const given = { BUILDKIT_HOST: builder.address, NPM_TOKEN: TOKEN, MOTTO, ...env };
    const where = ['--registry', `${registry.host}/${shop}`, '--date', '20261120'];
    return hephy(['build', ...where, ...flags], { cwd: repo.dir, env: given });
  }

  async function buildAll(place: Place, ...flags: string[]): Promise<Run> {
    const said = await build(place, '--json', ...flags);
    if (said.code !== 0) throw new Error(said.stderr + said.stdout);
    const run: Run = JSON.parse(said.stdout);
    return run;
  }

  test('cache and secret mounts, a here-document, a target, images on images, both architectures', async () => {
    const repo = await createDockerShop(base);
    const place = { repo, builder: await freshBuilder(), shop: 'all' };
    const run = await buildAll(place);
    expect(run.legs.map(({ id }) => id).sort()).toEqual(
      ['site', 'tools', 'web'].flatMap((name) => [`${name}/linux-amd64`, `${name}/linux-arm64`]),
    );
    for (const { tag, digest } of run.legs) {
      expect(await crane('digest', `${registry.host}/all:${tag}`)).toBe(digest);
    }
    const revision = await repo.git('rev-parse', 'HEAD');
    for (const [arch, machine] of [
      ['amd64', 'x86_64'],
      ['arm64', 'aarch64'],
    ] as const) {
      const web = tagOf(run, `web/linux-${arch}`);
      const reference = `${registry.host}/all:${web}`;
      expect(await fileOf(reference, 'out/machine')).toBe(`${machine}\n`);
      expect(await fileOf(reference, 'out/motto')).toBe(`${MOTTO}\n`);
      expect(await fileOf(reference, 'out/length')).toBe(`${TOKEN.length}\n`);
      expect(await fileOf(reference, 'out/said')).toBe('said by tools\n');
      const site = `${registry.host}/all:${tagOf(run, `site/linux-${arch}`)}`;
      expect(await fileOf(site, 'out/site')).toBe(`${machine}\n`);
      const config = await craneJson<Config>('config', reference);
      expect(config).toMatchObject({ architecture: arch, created: '2023-11-14T22:13:20Z' });
      expect(config.config.Labels).toMatchObject({
        'com.example.motto': 'a, "b" = c',
        'org.opencontainers.image.revision': revision,
      });
      const manifest = await craneJson<Manifest>('manifest', reference);
      expect(manifest.mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
      expect(manifest.annotations).toMatchObject({ 'com.example.motto': 'a, "b" = c' });
    }
    const index = await craneJson<Manifest>('manifest', `${registry.host}/all:web-latest`);
    const legs = run.legs.filter(({ id }) => id.startsWith('web/')).map(({ digest }) => digest);
    expect(index.manifests?.map(({ digest }) => digest).sort()).toEqual(legs.sort());
  });

  /** The steps of web that were taken from a cache, by platform. */
  async function cachedSteps(repo: GitRepo): Promise<readonly boolean[]> {
    const steps = [/RUN \/bin\/tools > said\n#\d+ CACHED/, /<<EOF \(uname -m > machine\)\n#\d+ CACHED/];
    const logs = ['amd64', 'arm64'].map((arch) =>
      readFile(join(repo.dir, `.hephy/logs/web-linux-${arch}.log`), 'utf8'),
    );
    return (await Promise.all(logs)).flatMap((log) => steps.map((step) => step.test(log)));
  }

  test('a second builder takes the layers of the first from the registry, and a rebuild takes none', async () => {
    const repo = await createDockerShop(base);
    await buildAll({ repo, builder: await freshBuilder(), shop: 'cached' });
    const place = { repo, builder: await freshBuilder(), shop: 'cached' };
    await relabel(repo, '2');
    await buildAll(place, '--all');
    expect(await cachedSteps(repo)).toEqual([true, true, true, true]);
    await buildAll(place, '--all', '--rebuild');
    expect(await cachedSteps(repo)).toEqual([false, false, false, false]);
    await relabel(repo, '3');
    await buildAll({ ...place, builder: await freshBuilder() }, '--all');
    expect(await cachedSteps(repo)).toEqual([true, true, true, true]);
  });

  test('one digest, wherever and whenever it is built', async () => {
    const repo = await createDockerShop(base);
    const first = await buildAll(
      { repo, builder: await freshBuilder(), shop: 'here' },
      '--images',
      'tools,web',
    );
    const clone = await cloneShallow(repo.dir);
    const place = { repo: clone, builder: await freshBuilder(), shop: 'there' };
    const again = await buildAll(place, '--images', 'tools,web');
    expect(digestsOf(again)).toEqual(digestsOf(first));
  });

  test('a file that is older than its commit keeps its time, and is found unchanged all the same', async () => {
    const repo = await createDockerShop(base);
    const images = ['--images', 'tools,web', '--platform', 'linux/amd64'];
    async function buildAt(seconds: number, shop: string): Promise<Run> {
      await utimes(join(repo.dir, 'web/notes.txt'), seconds, seconds);
      return buildAll({ repo, builder: await freshBuilder(), shop }, ...images);
    }
    const fresh = await buildAt(1_750_000_000, 'fresh');
    expect(digestsOf(await buildAt(1_760_000_000, 'later'))).toEqual(digestsOf(fresh));
    expect(digestsOf(await buildAt(1_000_000_000, 'kept'))).not.toEqual(digestsOf(fresh));
    const found = await buildAt(1_000_000_000, 'fresh');
    expect(digestsOf(found)).toEqual(digestsOf(fresh));
  });

  test('a whole repository as context, without the logs of the run; a directory with a hostile name', async () => {
    const odd = `a 'b' [c] "d" é,*`;
    const config = (more: string) => `build_backend: buildkit\nbuild_args: {BASE: "${base}"}\n${more}`;
    const repo = await createDockerShop(base);
    await repo.write({
      '.hephy/build-config.yaml': config('name: root\nadditional_tags: [latest]\n'),
      Dockerfile: 'ARG BASE\nFROM ${BASE}\nCOPY . /all\nRUN ls -a /all /all/.hephy > /listing\n',
      '.dockerignore': '.git\nweb/net rc\n',
      [`${odd}/build-config.yaml`]: config('name: odd\n'),
      [`${odd}/Dockerfile`]: 'ARG BASE\nFROM ${BASE}\nCOPY here.txt /\n',
      [`${odd}/Dockerfile.dockerignore`]: '*\n!here.txt\n',
      [`${odd}/here.txt`]: 'here\n',
    });
    await commitLongAgo(repo);
    const images = ['--images', 'root,odd', '--platform', 'linux/amd64'];
    const first = await buildAll({ repo, builder: await freshBuilder(), shop: 'root' }, ...images);
    const again = await buildAll({ repo, builder: await freshBuilder(), shop: 'root2' }, ...images);
    expect(digestsOf(again)).toEqual(digestsOf(first));
    const listing = await fileOf(`${registry.host}/root:${tagOf(first, 'root/linux-amd64')}`, 'listing');
    expect(listing).toContain('build-config.yaml');
    expect(listing).not.toContain('logs');
    const here = await fileOf(`${registry.host}/root:${tagOf(first, 'odd/linux-amd64')}`, 'here.txt');
    expect(here).toBe('here\n');
  });

  test('secrets are on no command line, in no log and in no image', async () => {
    const repo = await createDockerShop(base);
    const recorder = await recordBuildctl();
    const env = { PATH: `${recorder.bin}:${TOOL_PATH}` };
    const place = { repo, builder: await freshBuilder(), shop: 'secret', env };
    const said = await build(place, '--images', 'tools,web');
    expect(said).toMatchObject({ code: 0 });
    const calls = await readFile(recorder.calls, 'utf8');
    expect(calls).toContain('id=npm,env=NPM_TOKEN');
    const log = await readFile(join(repo.dir, '.hephy/logs/web-linux-amd64.log'), 'utf8');
    expect(log).toContain('***');
    const pushed = (await crane('ls', `${registry.host}/secret`)).split('\n');
    const references = pushed.map((tag) => `${registry.host}/secret:${tag}`);
    const legs = references.filter((reference) => /web-.*-(amd64|arm64)$/.test(reference));
    expect(legs).toHaveLength(2 + 2);
    const images = await Promise.all(legs.map((leg) => filesOf(leg)));
    for (const text of [calls, said.stdout, said.stderr, log, ...images]) {
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain(FILE_SECRET);
    }
  });

  describe('failures', () => {
    test('a step is named with its line, the same for both architectures', async () => {
      const repo = await createDockerShop(base);
      const dockerfile = `ARG BASE\nFROM \${BASE} AS runtime\nRUN echo ready\nRUN echo "no theme" && \\\n  exit 3\n`;
      await repo.write({ 'web/Dockerfile': dockerfile });
      await repo.commit();
      const place = { repo, builder: await freshBuilder(), shop: 'failed' };
      const said = await build(place, '--images', 'tools,web');
      expect(said.code).toBe(1);
      expect(said.stderr).toContain('web/linux-amd64, web/linux-arm64 failed after');
      expect(said.stderr).toContain(
        'web/Dockerfile:4  RUN echo "no theme" && exit 3 exited 3\n  │ no theme\n',
      );
      expect(said.stderr).toContain('Published anyway: tools.');
    });

    test.each([
      ['FROM scratch AS other\n', 'CONFIG_VALUE', 'no stage called "runtime"'],
      [
        'ARG BASE\nFROM ${BASE} AS runtime\nRNU x\n',
        'CONFIG_DOCKERFILE',
        'web/Dockerfile:3  cannot parse the Dockerfile: unknown instruction',
      ],
      [
        'ARG BASE\nFROM ${BASE}none AS runtime\n',
        'REGISTRY_NOT_FOUND',
        'latestnone cannot be pulled: not found',
      ],
      [
        'ARG BASE\nFROM ${BASE} AS runtime\nCOPY nothing /\n',
        'BUILD_FAILED',
        'web/Dockerfile:3  COPY nothing /: nothing does not exist in the build context',
      ],
      [
        'ARG BASE\nFROM ${BASE} AS runtime\nRUN --mount=type=secret,id=other,required=true true\n',
        'CONFIG_VALUE',
        'needs the secret "other"',
      ],
    ])('%j is %s', async (dockerfile, code, words) => {
      const repo = await createDockerShop(base);
      await repo.write({ 'web/Dockerfile': dockerfile });
      await repo.commit();
      const place = { repo, builder: await freshBuilder(), shop: 'failed' };
      const said = await build(place, '--images', 'web', '--platform', 'linux/amd64');
      expect(said.code).toBe(1);
      expect(said.stderr).toContain(code);
      expect(said.stderr).toContain(words);
    });

    test('a builder that is not there', async () => {
      const repo = await createDockerShop(base);
      const builder = { address: 'tcp://127.0.0.1:1', stop: async () => undefined };
      const said = await build({ repo, builder, shop: 'nobody' }, '--images', 'web,tools');
      expect(said.code).toBe(1);
      expect(said.stderr).toContain('BACKEND_MISSING');
      expect(said.stderr).toContain('the builder does not answer');
    });
  });

  test('provenance stands beside the image where it was asked for', async () => {
    const repo = await createDockerShop(base);
    await repo.write({
      'site/build-config.yaml': `build_backend: buildkit\nbuild_args: {BASE: "${base}"}\nadditional_tags: [latest]\nbuildkit_config: {provenance: true}\n`,
      'site/Dockerfile': 'ARG BASE\nFROM ${BASE}\nRUN echo x > /x\n',
    });
    await commitLongAgo(repo);
    const place = { repo, builder: await freshBuilder(), shop: 'proven' };
    await buildAll(place, '--images', 'site');
    const index = await craneJson<Manifest>('manifest', `${registry.host}/proven:site-latest`);
    const kinds = index.manifests?.map(
      ({ annotations }) => annotations?.['vnd.docker.reference.type'] ?? 'image',
    );
    expect(kinds?.sort()).toEqual(['attestation-manifest', 'attestation-manifest', 'image', 'image']);
  });

  /** Stands before buildctl on PATH, and notes what everybody on the machine can read of it. */
  async function recordBuildctl(): Promise<{ readonly bin: string; readonly calls: string }> {
    const directory = await createTempDir();
    const bin = join(directory, 'bin');
    const calls = join(directory, 'calls');
    await mkdir(bin);
    const script = `#!/bin/sh\ntr '\\0' '\\n' < /proc/$$/cmdline >> '${calls}'\nexec '${BUILDCTL}' "$@"\n`;
    await writeFile(join(bin, 'buildctl'), script);
    await chmod(join(bin, 'buildctl'), 0o755);
    return { bin, calls };
  }
});

function tagOf({ legs }: Run, id: string): string {
  return legs.find((leg) => leg.id === id)?.tag ?? '';
}

function digestsOf({ legs }: Run): Record<string, string | null> {
  return Object.fromEntries(legs.map(({ id, digest }) => [id, digest]));
}

import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { request, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { KANIKO_IMAGE } from '../../src/backends/kaniko/image.ts';
import { renderScript } from '../../src/backends/kaniko/script.ts';
import { pushBusybox } from '../support/busybox-base.ts';
import { makeCertificate } from '../support/certificate.ts';
import { commitLongAgo, FILE_SECRET, MOTTO, TOKEN } from '../support/docker-shop.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { crane, craneJson } from '../support/go-shop.ts';
import { hephy, startHephy, TOOL_PATH, type Said } from '../support/hephy.ts';
import { fileOf, filesOf } from '../support/image-files.ts';
import { kanikoLeg } from '../support/kaniko-leg.ts';
import { createKanikoShop } from '../support/kaniko-shop.ts';
import { listen } from '../support/loopback.ts';
import { describeWith } from '../support/requirements.ts';
import { startRegistry, TEST_PASSWORD, TEST_USER, type TestRegistry } from '../support/registry.ts';

interface Run {
  readonly legs: readonly { readonly id: string; readonly tag: string; readonly emulated: boolean }[];
  readonly images: readonly {
    readonly name: string;
    readonly state: string;
    readonly digest: string | null;
  }[];
}

/** Answers what the registry there would, under its own name. */
function forwardTo(host: string): RequestListener {
  return (asked, answer) => {
    const { method, headers, url: path } = asked;
    const passed = request(`http://${host}${path}`, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    asked.pipe(passed);
  };
}

describeWith(['busybox', 'emulation', 'kaniko'], 'kaniko', () => {
  let registry: TestRegistry;
  let base: string;
  let count = 0;

  beforeAll(async () => {
    registry = await startRegistry();
    base = `${registry.host}/base:latest`;
    await pushBusybox(base);
  });
  afterAll(() => registry.stop());

  async function build(
    repo: GitRepo,
    to: string,
    env: Record<string, string | undefined> = {},
  ): Promise<Said> {
    return hephy(['build', '--all', '--json', '--registry', to], { cwd: repo.dir, env });
  }

  /** One image of this Dockerfile, for the machine's own platform. */
  async function createImage(dockerfile: string, config = ''): Promise<GitRepo> {
    const repo = await createGitRepo();
    await repo.write({
      'web/build-config.yaml': `build_backend: kaniko\nplatforms: [linux/amd64]\n${config}`,
      'web/Dockerfile': dockerfile,
    });
    await commitLongAgo(repo);
    return repo;
  }

  function newPlace(): string {
    return `${registry.host}/shop${count++}`;
  }

  describe('one image on another, with a third by ko', () => {
    const env = { MOTTO, NPM_TOKEN: TOKEN };
    let repo: GitRepo;
    let to: string;
    let said: Said;
    let run: Run;

    beforeAll(async () => {
      repo = await createKanikoShop(base);
      to = newPlace();
      said = await build(repo, to, env);
      expect(said).toMatchObject({ code: 0 });
      run = JSON.parse(said.stdout);
    });

    function tagOf(id: string): string {
      return `${to}:${run.legs.find((leg) => leg.id === id)?.tag}`;
    }

    test('all are published for both architectures, and what is emulated says so', async () => {
      expect(run.images.map(({ name, state }) => [name, state]).sort()).toEqual(
        ['site', 'tools', 'web'].map((name) => [name, 'built']),
      );
      const emulated = run.legs.filter((leg) => leg.emulated).map(({ id }) => id);
      const other = process.arch === 'arm64' ? 'amd64' : 'arm64';
      expect(emulated.sort()).toEqual([`site/linux-${other}`, `web/linux-${other}`]);
    });

    test.each([
      ['amd64', 'x86_64'],
      ['arm64', 'aarch64'],
    ])('%s: every argument arrives as it was written', async (arch, machine) => {
      const web = tagOf(`web/linux-${arch}`);
      expect(await fileOf(web, 'out/motto')).toBe(`${MOTTO}\n`);
      expect(await fileOf(web, 'out/machine')).toBe(`${machine}\n`);
      expect(await fileOf(web, 'out/target')).toBe(`${arch}\n`);
      expect(await fileOf(web, 'out/heredoc')).toBe('said in two\nlines\n');
      expect(await craneJson('config', web)).toMatchObject({
        architecture: arch,
        config: {
          User: '1000',
          Labels: { 'com.example.motto': 'a, "b" = c', 'dev.hephy.backend': 'kaniko' },
        },
      });
      expect(await craneJson('manifest', web)).toMatchObject({
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        annotations: { 'com.example.motto': 'a, "b" = c' },
      });
    });

    test('files are root’s and what is ignored is left out, also beside a Dockerfile outside of the context', async () => {
      const web = tagOf('web/linux-amd64');
      const list = await listFiles(web);
      expect(list).toMatch(/^\S+ (root\/root|0\/0) .* notes\/notes\.txt$/m);
      expect(list).not.toContain('leftout');
      expect(list).not.toContain('kaniko');
      const site = await listFiles(tagOf('site/linux-arm64'));
      expect(site).toContain('site/page.html');
      expect(site).toContain('out/machine');
      expect(site).not.toContain('draft');
    });

    test('secrets reach their step, and nothing else', async () => {
      expect((await fileOf(tagOf('web/linux-amd64'), 'out/length')).trim()).toBe(String(TOKEN.length));
      const everything = [said.stdout, said.stderr, await filesOf(tagOf('web/linux-amd64'))];
      for (const leg of ['web-linux-amd64', 'web-linux-arm64']) {
        everything.push(await readFile(join(repo.dir, `.hephy/logs/${leg}.log`), 'utf8'));
      }
      for (const secret of [TOKEN, FILE_SECRET]) expect(everything.join('\n')).not.toContain(secret);
    });

    test('built again, every layer comes out of the cache, which is one for each architecture', async () => {
      expect(await build(repo, to, { ...env, HEPHY_REBUILD: 'always' })).toMatchObject({ code: 0 });
      for (const arch of ['amd64', 'arm64']) {
        const log = await readFile(join(repo.dir, `.hephy/logs/web-linux-${arch}.log`), 'utf8');
        expect(log).toContain('Using caching version of cmd');
        expect(log).not.toContain('No cached layer found');
        expect(await crane('ls', `${to}/cache/web-${arch}`)).not.toBe('');
      }
    });
  });

  async function listFiles(reference: string): Promise<string> {
    const archive = join(await createTempDir(), 'image.tar');
    await crane('export', reference, archive);
    return execFileSync('tar', ['-tvf', archive]).toString();
  }

  describe('a login', () => {
    let guarded: TestRegistry;
    beforeAll(async () => {
      guarded = await startRegistry({ auth: 'basic' });
    });
    afterAll(() => guarded.stop());

    test('of a credential helper, which could not run in the container', async () => {
      const repo = await createImage(`FROM ${base}\nRUN true\n`);
      const home = await createTempDir();
      const helper = join(home, 'docker-credential-hephytest');
      const answer = JSON.stringify({ Username: TEST_USER, Secret: TEST_PASSWORD });
      await writeFile(helper, `#!/bin/sh\ncat >/dev/null\necho '${answer}'\n`);
      await chmod(helper, 0o755);
      await writeFile(
        join(home, 'config.json'),
        JSON.stringify({ credHelpers: { [guarded.host]: 'hephytest' } }),
      );
      const env = { DOCKER_CONFIG: home, PATH: `${home}:${TOOL_PATH}` };
      const said = await build(repo, `${guarded.host}/shop`, env);
      expect(said).toMatchObject({ code: 0 });
      expect(said.stdout + said.stderr).not.toContain(TEST_PASSWORD);
    });

    test.each([
      ['DOCKER_AUTH_CONFIG', (host: string) => ({ DOCKER_AUTH_CONFIG: dockerAuth(host) })],
      [
        'GitLab’s own variables',
        (CI_REGISTRY: string) => ({
          ...{ CI_REGISTRY, CI_REGISTRY_USER: TEST_USER, CI_REGISTRY_PASSWORD: TEST_PASSWORD },
        }),
      ],
    ])('of a job, by %s', async (_, variablesOf) => {
      const repo = await createImage(`FROM ${base}\nRUN true\n`);
      const leg = kanikoLeg({ repository: `${guarded.host}/job`, insecure: true });
      const script = renderScript(leg, { root: '.', digestFile: '.hephy/digest' }).join('\n');
      const done = runJob(repo, script, variablesOf(guarded.host));
      expect(done).toMatchObject({ status: 0 });
      expect(String(done.stdout) + String(done.stderr)).not.toContain(TEST_PASSWORD);
    });

    function dockerAuth(host: string): string {
      const auth = Buffer.from(`${TEST_USER}:${TEST_PASSWORD}`).toString('base64');
      return JSON.stringify({ auths: { [host]: { auth } } });
    }

    test('that is missing is told before anything is built', async () => {
      const repo = await createImage(`FROM ${base}\nRUN echo ran\n`);
      const said = await build(repo, `${guarded.host}/shop`, { DOCKER_CONFIG: await createTempDir() });
      expect(said.code).toBe(1);
      expect(said.stdout).toContain('REGISTRY_AUTH');
      expect(said.stderr).not.toContain('Running: [/bin/sh');
    });
  });

  test('a registry whose certificate only this machine trusts', async () => {
    const certificate = makeCertificate();
    const secure = await listen(forwardTo(registry.host), certificate);
    try {
      const ca = join(await createTempDir(), 'own ca.pem');
      await writeFile(ca, certificate.cert);
      const repo = await createImage(`FROM ${base}\nRUN true\n`);
      expect(await build(repo, `${secure.host}/shop`, { NODE_EXTRA_CA_CERTS: ca })).toMatchObject({
        code: 0,
      });
      const untrusted = await build(repo, `${secure.host}/shop`);
      expect(untrusted.stdout + untrusted.stderr).toContain('REGISTRY_UNAVAILABLE');
    } finally {
      await secure.stop();
    }
  });

  describe('failures that are named', () => {
    test.each([
      ['FROM BASE\nRUN echo on && \\\n  false\n', '', 'BUILD_FAILED', 'web/Dockerfile:2'],
      ['FROM BASE\nRUN ["/bin/nosuch"]\n', '', 'BUILD_FAILED', '/bin/nosuch'],
      ['FROM BASE\nRUN true\nCOPY nosuch /\n', '', 'BUILD_FAILED', 'web/Dockerfile:3'],
      ['FROM BASE\nFOO\n', '', 'CONFIG_DOCKERFILE', 'web/Dockerfile:2'],
      ['FROM BASE\nRUN true\n', 'target: nosuch\n', 'CONFIG_VALUE', '"nosuch"'],
      ['FROM BASE-nosuch\nRUN true\n', '', 'REGISTRY_NOT_FOUND', 'latest-nosuch'],
      ['FROM BASE\nRUN true\n', 'secrets: [{id: npm, env: NOT_SET}]\n', 'CONFIG_VARIABLE', 'NOT_SET'],
      [
        'FROM BASE\nRUN --mount=type=secret,id=npm,required cat /run/secrets/npm\n',
        '',
        'CONFIG_VALUE',
        '"npm"',
      ],
    ])('%j with %j is %s', async (...row) => {
      const [dockerfile, config, code, named] = row;
      const repo = await createImage(dockerfile.replace('BASE', base), config);
      const said = await build(repo, newPlace());
      expect(said.code).not.toBe(0);
      // With --json what stops a run before its first leg is on standard output.
      expect(said.stdout + said.stderr).toContain(code);
      expect(said.stdout + said.stderr).toContain(named);
      expect(said.stderr).not.toContain('kaniko exited');
    });

    test('no engine, and no client', async () => {
      const repo = await createImage(`FROM ${base}\n`);
      const away = await build(repo, newPlace(), { DOCKER_HOST: 'unix:///nonexistent.sock' });
      expect(away.stdout).toContain('BACKEND_MISSING');
      expect(away.stdout).toContain('BUILDKIT_HOST');
      const bin = await createTempDir();
      for (const name of ['git', 'node']) {
        const path = execFileSync('which', [name]).toString().trim();
        await writeFile(join(bin, name), `#!/bin/sh\nexec ${path} "$@"\n`, { mode: 0o755 });
      }
      const missing = await build(repo, newPlace(), { PATH: bin });
      expect(missing.stdout).toContain('TOOL_MISSING');
      expect(missing.stdout).toContain('BUILDKIT_HOST');
    });
  });

  /** In kaniko's image with the checkout, as GitLab's runner has it. */
  function runJob(
    repo: GitRepo,
    script: string,
    variables: Readonly<Record<string, string>>,
  ): ReturnType<typeof spawnSync> {
    const place = ['--mount', `type=bind,source=${repo.dir},target=/builds/shop`, '-w', '/builds/shop'];
    const names = Object.keys(variables).map((name) => `--env=${name}`);
    const words = ['run', '--rm', '--network=host', ...place, ...names, '--entrypoint=sh', KANIKO_IMAGE];
    return spawnSync('docker', [...words, '-c', script], { env: { PATH: TOOL_PATH, ...variables } });
  }

  test('an interrupted build leaves no container behind', async () => {
    const repo = await createImage(`FROM ${base}\nRUN echo beg""un && sleep 300\n`);
    const running = startHephy(['build', '--all', '--registry', newPlace()], { cwd: repo.dir });
    await running.heard('] begun');
    running.child.kill('SIGINT');
    expect((await running.said).code).toBe(1);
    const left = execFileSync('docker', ['ps', '-q', '--filter', `volume=${join(repo.dir, 'web')}`]);
    expect(left.toString()).toBe('');
  });

  test('a job without Node and git builds two legs, one after the other, and leaves their digests', async () => {
    const repo = await createImage(`ARG BASE\nFROM \${BASE}\nARG MOTTO\nRUN echo "$MOTTO" > /motto\n`);
    const repository = newPlace();
    const scripts = (['linux/amd64', 'linux/arm64'] as const).map((platform) => {
      const arch = platform.slice('linux/'.length);
      const leg = kanikoLeg({
        ...{ platform, repository, insecure: true, tag: `web-${arch}`, cache: { enabled: false } },
        buildArgs: { BASE: base, MOTTO: 'not this' },
        templates: { MOTTO: '${MOTTO}${NOT_SET:- "and" $more}' },
      });
      return renderScript(leg, { root: '.', digestFile: `.hephy/digests/${arch}` }).join('\n');
    });
    expect(runJob(repo, scripts.join('\n'), { MOTTO })).toMatchObject({ status: 0 });
    for (const arch of ['amd64', 'arm64']) {
      const digest = (await readFile(join(repo.dir, '.hephy/digests', arch), 'utf8')).trim();
      expect(await crane('digest', `${repository}:web-${arch}`)).toBe(digest);
      expect(await fileOf(`${repository}:web-${arch}`, 'motto')).toBe(`${MOTTO} "and" $more\n`);
    }
  });
});

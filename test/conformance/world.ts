import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from '../../src/system/files/cache-dir.ts';
import { startBuildkitd, type TestBuilder } from '../support/buildkitd.ts';
import { exportProject } from '../support/export-project.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { createTempDir, TEST_GIT_ENV } from '../support/git-repo.ts';
import { BUNDLE, TOOL_PATH } from '../support/hephy.ts';
import { listen, type Loopback } from '../support/loopback.ts';
import { pushBase } from '../support/ko-builds.ts';
import { AMD64, ARM64 } from '../support/registry-client.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { BUILDCTL, KO, REGISTRY } from '../support/tool-cache.ts';

/** Towards a registry it does what the Spin CLI does, which cannot be had everywhere. */
const SPIN = fileURLToPath(new URL('../support/fake-spin/spin.mjs', import.meta.url));

/** What all scenarios of a suite share: a registry with a base image in it, a builder, and the project as it ships. */
export interface World {
  readonly registry: TestRegistry;
  /** A base for two architectures. */
  readonly base: string;
  readonly builder: TestBuilder;
  /** Repositories of this machine behind TLS, each by its path. */
  readonly upstreams: GitServer;
  /** For GIT_SSL_CAINFO. */
  readonly upstreamCertificate: string;
  readonly project: string;
  /** Where the project's files are served from. */
  readonly pages: string;
  /** Variables by which GitLab's jobs fetch the bundle there, as users of a mirror do. */
  readonly mirror: Readonly<Record<string, string>>;
  /** Of every machine that builds. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const [registry, builder, upstreams, project] = await Promise.all([
    startRegistry(),
    startBuildkitd(),
    startGitServer('/'),
    exportProject(),
  ]);
  const server = await servePages(project);
  const base = `${registry.host}/base`;
  await pushBase(base, [AMD64, ARM64]);
  return {
    registry,
    base: `${base}:latest`,
    builder,
    upstreams,
    pages: `http://${server.host}`,
    mirror: await nameMirror(server.host),
    upstreamCertificate: await writeCertificate(upstreams),
    project,
    env: await machineEnv(builder),
    stop: async () =>
      void (await Promise.all([registry, builder, upstreams, server].map((one) => one.stop()))),
  };
}

/** Files by their path, as any web server has them. */
async function servePages(folder: string): Promise<Loopback> {
  return listen((request, response) => {
    readFile(join(folder, new URL(request.url ?? '/', 'http://x').pathname)).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
}

async function nameMirror(host: string): Promise<World['mirror']> {
  const sha256 = createHash('sha256')
    .update(await readFile(BUNDLE))
    .digest('hex');
  return { HEPHY_SOURCE: `http://${host}/dist/index.js`, HEPHY_SHA256: sha256 };
}

async function writeCertificate({ certificate }: GitServer): Promise<string> {
  const path = join(await createTempDir(), 'ca.pem');
  await writeFile(path, certificate);
  return path;
}

/** Small, so that GitLab's jobs can be handed a copy as their cache; and kept, so that only the first run compiles it. */
export const GO_CACHE = join(cacheDir(process.env), 'test/go-build');

/** A home of its own, so that no login and no setting of this machine counts; only what Go has compiled is kept. */
async function machineEnv(builder: TestBuilder): Promise<Record<string, string>> {
  const home = join(await createTempDir(), 'home');
  const bin = join(home, 'bin');
  await mkdir(bin, { recursive: true });
  await symlink(SPIN, join(bin, 'spin'));
  return {
    PATH: [bin, ...[KO, BUILDCTL, REGISTRY].map((tool) => dirname(tool)), TOOL_PATH].join(delimiter),
    HOME: home,
    GOCACHE: GO_CACHE,
    GOTOOLCHAIN: 'local',
    BUILDKIT_HOST: builder.address,
    GIT_CONFIG_NOSYSTEM: TEST_GIT_ENV.GIT_CONFIG_NOSYSTEM,
    GIT_CONFIG_GLOBAL: TEST_GIT_ENV.GIT_CONFIG_GLOBAL,
  };
}

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBuildkitd, type TestBuilder } from '../support/buildkitd.ts';
import { exportProject } from '../support/export-project.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { createTempDir, TEST_GIT_ENV } from '../support/git-repo.ts';
import { TOOL_PATH } from '../support/hephy.ts';
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
  const base = `${registry.host}/base`;
  await pushBase(base, [AMD64, ARM64]);
  return {
    registry,
    base: `${base}:latest`,
    builder,
    upstreams,
    upstreamCertificate: await writeCertificate(upstreams),
    project,
    env: await machineEnv(builder),
    stop: async () => void (await Promise.all([registry, builder, upstreams].map((one) => one.stop()))),
  };
}

async function writeCertificate({ certificate }: GitServer): Promise<string> {
  const path = join(await createTempDir(), 'ca.pem');
  await writeFile(path, certificate);
  return path;
}

/** A home of its own, so that no login and no setting of this machine counts; only Go's cache is the usual one. */
async function machineEnv(builder: TestBuilder): Promise<Record<string, string>> {
  const home = join(await createTempDir(), 'home');
  const bin = join(home, 'bin');
  await mkdir(bin, { recursive: true });
  await symlink(SPIN, join(bin, 'spin'));
  return {
    PATH: [bin, ...[KO, BUILDCTL, REGISTRY].map((tool) => dirname(tool)), TOOL_PATH].join(delimiter),
    HOME: home,
    GOCACHE: join(homedir(), '.cache/go-build'),
    GOTOOLCHAIN: 'local',
    BUILDKIT_HOST: builder.address,
    GIT_CONFIG_NOSYSTEM: TEST_GIT_ENV.GIT_CONFIG_NOSYSTEM,
    GIT_CONFIG_GLOBAL: TEST_GIT_ENV.GIT_CONFIG_GLOBAL,
  };
}

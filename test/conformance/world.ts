import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { startBuildkitd, type TestBuilder } from '../support/buildkitd.ts';
import { exportProject } from '../support/export-project.ts';
import { createTempDir, TEST_GIT_ENV } from '../support/git-repo.ts';
import { TOOL_PATH } from '../support/hephy.ts';
import { pushBase } from '../support/ko-builds.ts';
import { AMD64, ARM64 } from '../support/registry-client.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { BUILDCTL, KO, REGISTRY } from '../support/tool-cache.ts';

/** What all scenarios of a suite share: a registry with a base image in it, a builder, and the project as it ships. */
export interface World {
  readonly registry: TestRegistry;
  /** A base for two architectures. */
  readonly base: string;
  readonly builder: TestBuilder;
  readonly project: string;
  /** Of every machine that builds. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const [registry, builder, project] = await Promise.all([
    startRegistry(),
    startBuildkitd(),
    exportProject(),
  ]);
  const base = `${registry.host}/base`;
  await pushBase(base, [AMD64, ARM64]);
  return {
    registry,
    base: `${base}:latest`,
    builder,
    project,
    env: await machineEnv(builder),
    stop: async () => void (await Promise.all([registry.stop(), builder.stop()])),
  };
}

/** A home of its own, so that no login and no setting of this machine counts; only Go's cache is the usual one. */
async function machineEnv(builder: TestBuilder): Promise<Record<string, string>> {
  const home = join(await createTempDir(), 'home');
  await mkdir(home);
  return {
    PATH: [...[KO, BUILDCTL, REGISTRY].map((tool) => dirname(tool)), TOOL_PATH].join(delimiter),
    HOME: home,
    GOCACHE: join(homedir(), '.cache/go-build'),
    GOTOOLCHAIN: 'local',
    BUILDKIT_HOST: builder.address,
    GIT_CONFIG_NOSYSTEM: TEST_GIT_ENV.GIT_CONFIG_NOSYSTEM,
    GIT_CONFIG_GLOBAL: TEST_GIT_ENV.GIT_CONFIG_GLOBAL,
  };
}

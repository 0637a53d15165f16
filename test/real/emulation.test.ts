import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { probeEmulation, type Verdict } from '../../src/build/probe-emulation.ts';
import type { Platform } from '../../src/domain/platform.ts';
import { startBuildkitd, type TestBuilder } from '../support/buildkitd.ts';
import { docker } from '../support/buildkit-image.ts';
import { pushBusybox } from '../support/busybox-base.ts';
import { createGitRepo, type GitRepo } from '../support/git-repo.ts';
import { crane } from '../support/go-shop.ts';
import { hephy, TOOL_PATH, type Said } from '../support/hephy.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { describeWith, testWith } from '../support/requirements.ts';
import { BUILDCTL } from '../support/tool-cache.ts';

function probe(tool: 'buildctl' | 'docker', platform: Platform, address?: string): Promise<Verdict> {
  const path = tool === 'buildctl' ? BUILDCTL : 'docker';
  const env = { PATH: TOOL_PATH, ...(address !== undefined && { BUILDKIT_HOST: address }) };
  const equipment = { path, flags: [], env, begin: <T>(work: () => Promise<T>) => work() };
  return probeEmulation(tool, { equipment, platform, signal: new AbortController().signal });
}

describeWith(['busybox', 'buildkit', 'no emulation of arm'], 'BuildKit', () => {
  let registry: TestRegistry;
  let builder: TestBuilder;
  beforeAll(async () => {
    [registry, builder] = await Promise.all([startRegistry(), startBuildkitd()]);
    await pushBusybox(`${registry.host}/base:latest`);
  });
  afterAll(() => Promise.all([registry.stop(), builder.stop()]));

  async function createWeb(dockerfile: string): Promise<GitRepo> {
    const platforms = 'platforms: [linux/amd64, linux/arm/v7]';
    return createGitRepo({
      'web/build-config.yaml': `build_backend: buildkit\n${platforms}\n`,
      'web/Dockerfile': dockerfile,
    });
  }

  function build(repo: GitRepo, shop: string, ...more: string[]): Promise<Said> {
    const flags = ['build', '--all', '--registry', `${registry.host}/${shop}`, ...more];
    return hephy(flags, { cwd: repo.dir, env: { BUILDKIT_HOST: builder.address } });
  }

  test('a RUN of a platform that nothing emulates ends the run before the first leg', async () => {
    const repo = await createWeb('FROM alpine\nRUN true\n');
    const said = await build(repo, 'refused');
    expect(said.code).toBe(1);
    expect(said.stderr).toContain('EMULATION_MISSING');
    expect(said.stderr).toContain('linux/arm/v7');
    const logs = await readdir(join(repo.dir, '.hephy/logs'));
    expect(logs.filter((name) => name.endsWith('.log'))).toEqual([]);
    expect(await crane('catalog', registry.host)).not.toContain('refused');
  });

  test('it does not end one of the other platform', async () => {
    const repo = await createWeb(`FROM ${registry.host}/base:latest\nRUN echo built > /built\n`);
    expect(await build(repo, 'one', '--platform', 'linux/amd64')).toMatchObject({ code: 0 });
  });

  test('a Dockerfile without RUN needs no emulation', async () => {
    const repo = await createWeb('FROM scratch\nCOPY Dockerfile /\n');
    expect(await build(repo, 'files')).toMatchObject({ code: 0 });
  });

  testWith(['emulation'], 'an emulator that the kernel knows is found', async () => {
    expect(await probe('buildctl', 'linux/arm64', builder.address)).toBe('runs');
  });

  test('a builder that does not answer decides nothing', async () => {
    expect(await probe('buildctl', 'linux/arm/v7', builder.address)).toBe('fails');
    expect(await probe('buildctl', 'linux/arm/v7', 'unix:///nonexistent')).toBe('unknown');
  });
});

describeWith(['emulation'], 'hephy doctor', () => {
  test('names the platforms whose programs run here', async () => {
    const { dir: cwd } = await createGitRepo();
    const said = await hephy(['doctor', '--json'], { cwd });
    const reports: readonly { name: string; state: string; version: string }[] = JSON.parse(said.stdout);
    const other = process.arch === 'arm64' ? 'linux/amd64' : 'linux/arm64';
    const found = { name: 'emulation', state: 'ok', version: expect.stringContaining(other) };
    expect(reports).toContainEqual(expect.objectContaining(found));
  });
});

describeWith(['engine', 'no emulation of arm'], 'a container engine', () => {
  test('is asked by a container, which leaves nothing behind', async () => {
    const before = await docker('images', '--all', '--quiet');
    expect(await probe('docker', 'linux/amd64')).toBe('runs');
    expect(await probe('docker', 'linux/arm/v7')).toBe('fails');
    expect(await docker('images', '--all', '--quiet')).toBe(before);
  });
});

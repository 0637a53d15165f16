import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { docker, makeBuildkitImage } from '../support/buildkit-image.ts';
import { pushBusybox } from '../support/busybox-base.ts';
import { createDockerShop, MOTTO, relabel, TOKEN } from '../support/docker-shop.ts';
import { createTempDir } from '../support/git-repo.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { describeWith } from '../support/requirements.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const IMAGE = `hephy-test-buildkit:${process.pid}`;

describeWith(['busybox', 'buildkit', 'emulation', 'engine'], 'BuildKit in a container', () => {
  let registry: TestRegistry;
  let told: Readonly<Record<string, string>>;

  beforeAll(async () => {
    registry = await startRegistry();
    await pushBusybox(`${registry.host}/base:latest`);
    await makeBuildkitImage(IMAGE);
    const certificates = join(await createTempDir(), 'ca.pem');
    await writeFile(certificates, 'a certificate');
    told = { SSL_CERT_FILE: certificates, HEPHY_INSECURE_REGISTRIES: 'registry.internal:5000' };
  });
  afterAll(async () => {
    for (const name of await builders()) await docker('rm', '--force', '--volumes', name);
    await docker('rmi', '--force', IMAGE);
    await registry.stop();
  });

  async function builders(): Promise<readonly string[]> {
    const names = await docker('ps', '--all', '--filter', `ancestor=${IMAGE}`, '--format', '{{.Names}}');
    return names.split('\n').filter((name) => name !== '');
  }

  async function build(cwd: string, ...flags: string[]): Promise<Said> {
    const env = { NPM_TOKEN: TOKEN, MOTTO, HEPHY_BUILDKIT_IMAGE: IMAGE, ...told };
    const shop = `${registry.host}/shop`;
    return hephy(['build', '--registry', shop, '--images', 'tools,web', ...flags], { cwd, env });
  }

  test('is started by the first build and found by the second, stopped or not', async () => {
    const repo = await createDockerShop(`${registry.host}/base:latest`);
    const first = await build(repo.dir);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toContain(`starting ${IMAGE} as hephy-buildkitd-`);
    const [name = '', ...others] = await builders();
    expect(others).toEqual([]);
    const inside = await docker(
      'exec',
      name,
      'busybox',
      'cat',
      '/etc/buildkit/buildkitd.toml',
      '/etc/ssl/certs/hephy-1.pem',
    );
    expect(inside).toBe('[registry."registry.internal:5000"]\n  http = true\na certificate');
    await docker('stop', name);
    await relabel(repo, '2');
    const second = await build(repo.dir);
    expect(second).toMatchObject({ code: 0 });
    expect(second.stderr).not.toContain(`starting ${IMAGE}`);
    expect(second.stderr).toMatch(/CACHED/);
    expect(await builders()).toEqual([name]);
  });
});

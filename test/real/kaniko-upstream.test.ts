import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBuildkitd, type TestBuilder } from '../support/buildkitd.ts';
import { pushBusybox } from '../support/busybox-base.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { crane, craneJson } from '../support/go-shop.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { fileOf } from '../support/image-files.ts';
import { listen, type Loopback } from '../support/loopback.ts';
import { describeWith } from '../support/requirements.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/kaniko/kaniko/build-config.yaml', import.meta.url));
const UPSTREAM_URL = 'https://github.com/osscontainertools/kaniko.git';
const TINI = 'tini\n';

interface Config {
  readonly architecture: string;
  readonly created: string;
  readonly config: { readonly Labels: Record<string, string> };
}

/** The stages of kaniko's own Dockerfile and what they ask of a builder, on bases that are here. */
function dockerfileOn(base: string, files: string): string {
  const sum = createHash('sha256').update(TINI).digest('hex');
  return `ARG BUILDPLATFORM
FROM --platform=$BUILDPLATFORM ${base} AS builder
ARG TARGETARCH
COPY . /src
RUN mkdir -p /out && echo "executor for $TARGETARCH" > /out/executor && cat /src/main.go >> /out/executor

FROM scratch AS kaniko-base
ADD --checksum=sha256:${sum} --chmod=555 ${files}/tini /kaniko/tini

FROM kaniko-base AS kaniko-warmer
COPY --from=builder /out/executor /kaniko/warmer

FROM kaniko-base AS kaniko-executor
COPY --from=builder /out/executor /kaniko/executor

FROM kaniko-executor AS kaniko-debug
RUN --mount=from=${base},dst=/mnt ["/mnt/bin/busybox", "mkdir", "-p", "/busybox/bin"]
RUN --mount=from=${base},dst=/mnt ["/mnt/bin/busybox", "cp", "/kaniko/executor", "/busybox/bin/copy"]
`;
}

describeWith(['busybox', 'buildkit', 'emulation'], 'the example: kaniko from its upstream repository', () => {
  let registry: TestRegistry;
  let builder: TestBuilder;
  let files: Loopback;
  let upstream: GitRepo;
  let temporary: string;
  let said: Said;

  beforeAll(async () => {
    registry = await startRegistry();
    builder = await startBuildkitd();
    files = await listen((_, response) => response.end(TINI));
    const base = `${registry.host}/base:latest`;
    await pushBusybox(base);
    upstream = await createGitRepo({
      'main.go': 'package main\n',
      'deploy/Dockerfile': dockerfileOn(base, `http://${files.host}`),
    });
    await upstream.git('tag', '-a', '-m', 'x', 'v1.28.3');
    said = await buildExample();
  });
  afterAll(async () => {
    await builder.stop();
    await files.stop();
    await registry.stop();
  });

  async function buildExample(): Promise<Said> {
    const repo = await createGitRepo({ 'kaniko/build-config.yaml': await readFile(EXAMPLE, 'utf8') });
    temporary = join(await createTempDir(), 'tmp');
    await mkdir(temporary);
    const env = {
      ...{ TMPDIR: temporary, BUILDKIT_HOST: builder.address, HEPHY_ALLOW_FILE_UPSTREAMS: 'true' },
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.file://${upstream.dir}.insteadOf`,
      GIT_CONFIG_VALUE_0: UPSTREAM_URL,
    };
    return hephy(['build', '--registry', `${registry.host}/own`, '--date', '20261120'], {
      cwd: repo.dir,
      env,
    });
  }

  test('is built by BuildKit, from one clone that is gone in the end', async () => {
    expect(said).toMatchObject({ code: 0 });
    expect(said.stderr).toMatch(/kaniko +buildkit +deploy\/Dockerfile:8 ADD --checksum/);
    expect(said.stderr.match(/fetching https:/g)).toHaveLength(1);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('gives three images for two architectures, named and dated by the commit of the upstream', async () => {
    const sha = await upstream.git('rev-parse', 'HEAD');
    const contents = { executor: 'kaniko/executor', warmer: 'kaniko/warmer', debug: 'busybox/bin/copy' };
    for (const [target, file] of Object.entries(contents)) {
      const name = `${registry.host}/own:kaniko-kaniko-${target}`;
      const digest = await crane('digest', `${name}-20261120-${sha.slice(0, 7)}`);
      for (const tag of ['latest', 'v1.28.3']) expect(await crane('digest', `${name}-${tag}`)).toBe(digest);
      for (const arch of ['amd64', 'arm64']) {
        const reference = `${name}-20261120-${sha.slice(0, 7)}-${arch}`;
        expect(await fileOf(reference, file)).toBe(`executor for ${arch}\npackage main\n`);
        const config = await craneJson<Config>('config', reference);
        expect(config).toMatchObject({ architecture: arch, created: '2026-11-20T12:00:00Z' });
        expect(config.config.Labels).toMatchObject({
          'org.opencontainers.image.revision': sha,
          'org.opencontainers.image.source': UPSTREAM_URL,
        });
      }
    }
  });
});

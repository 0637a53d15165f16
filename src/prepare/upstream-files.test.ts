import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGitRepo, type GitRepo } from '../../test/support/git-repo.ts';
import { invokedIn } from '../../test/support/invoked.ts';
import type { Plan } from '../domain/plan.ts';
import { openSources } from '../sources/sources.ts';
import { prepare, type PrepareOptions } from './prepare.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/kaniko/kaniko/build-config.yaml', import.meta.url));

/** What kaniko's own Dockerfile asks for, in few lines: several targets, and two things that kaniko cannot do. */
const KANIKO_LIKE = `ARG BUILDPLATFORM
FROM --platform=$BUILDPLATFORM golang:1.26 AS builder
ARG TARGETARCH
RUN go build -o /out/executor .

FROM scratch AS kaniko-base
ADD --checksum=sha256:${'0'.repeat(64)} https://example.com/tini /kaniko/tini

FROM kaniko-base AS kaniko-warmer
COPY --from=builder /out/executor /kaniko/warmer

FROM kaniko-base AS kaniko-executor
COPY --from=builder /out/executor /kaniko/executor

FROM kaniko-executor AS kaniko-debug
RUN --mount=from=busybox,dst=/usr/ ["busybox", "sh", "-c", "mkdir -p /bin"]
`;

const URL_OF_KANIKO = 'https://github.com/osscontainertools/kaniko.git';

interface Stage {
  readonly upstream: GitRepo;
  readonly repo: GitRepo;
  readonly env: Record<string, string>;
  plan(upstreams?: PrepareOptions['upstreams'], env?: Record<string, string>): Promise<Plan>;
}

/** A stand-in for the upstream on this machine, under the address that the config names. */
async function stage(config: string, files: Record<string, string>): Promise<Stage> {
  const upstream = await createGitRepo(files);
  await upstream.git('tag', 'v1.28.3');
  const repo = await createGitRepo({ 'kaniko/build-config.yaml': config });
  const env = {
    HEPHY_ALLOW_FILE_UPSTREAMS: 'true',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${upstream.dir}.insteadOf`,
    GIT_CONFIG_VALUE_0: URL_OF_KANIKO,
  };
  return {
    ...{ upstream, repo, env },
    plan: async (upstreams = 'required', more = {}) =>
      (await prepare(invokedIn(repo.dir, { ...env, ...more }), { upstreams })).plan,
  };
}

const config = (more = ''): string => `upstream_repo: ${URL_OF_KANIKO}\nupstream_ref: v1.28.3\n${more}`;

describe('the example: kaniko from its upstream', () => {
  test('BuildKit builds its three targets, because line 7 of its Dockerfile needs it', async () => {
    const { plan, upstream } = await stage(await readFile(EXAMPLE, 'utf8'), {
      'deploy/Dockerfile': KANIKO_LIKE,
    });
    const made = await plan();
    const [image] = made.images;
    expect(image).toMatchObject({
      backend: 'buildkit',
      reason: 'deploy/Dockerfile:7 ADD --checksum',
      source: { kind: 'upstream', commit: await upstream.git('rev-parse', 'HEAD'), context: '.' },
      filledArguments: [],
    });
    expect(image?.outputs.map(({ name }) => name)).toEqual([
      'kaniko-kaniko-executor',
      'kaniko-kaniko-debug',
      'kaniko-kaniko-warmer',
    ]);
    expect(image?.legs).toHaveLength(6);
    expect(made.warnings).toEqual([]);
  });

  test('and all of them from one clone', async () => {
    const { plan, repo, env } = await stage(await readFile(EXAMPLE, 'utf8'), {
      'deploy/Dockerfile': KANIKO_LIKE,
    });
    const made = await plan();
    const lines: string[] = [];
    const onProgress = (line: string): number => lines.push(line);
    const { signal, env: all } = invokedIn(repo.dir, env);
    const sources = openSources({ plan: made, root: repo.dir, env: all, signal, onProgress });
    const legs = made.images.flatMap((image) => image.legs.map(() => sources.find(image)));
    const roots = (await Promise.all(legs)).map(({ root }) => root);
    expect(new Set(roots).size).toBe(1);
    expect(lines).toHaveLength(1);
    expect(await readFile(join(roots[0] ?? '', 'deploy/Dockerfile'), 'utf8')).toBe(KANIKO_LIKE);
    await sources.release();
  });
});

describe('an upstream that nobody named a backend for', () => {
  test('is built by kaniko where kaniko can', async () => {
    const { plan } = await stage(config(), { Dockerfile: 'ARG HEPHY_REGISTRY\nFROM scratch\n' });
    expect((await plan()).images).toMatchObject([
      {
        backend: 'kaniko',
        reason: 'Dockerfile of the upstream repository',
        filledArguments: ['HEPHY_REGISTRY'],
      },
    ]);
  });

  test('must have its Dockerfile, and the error says where it was looked for', async () => {
    const { plan } = await stage(config('dockerfile_path: deploy/Dockerfile\n'), {
      Dockerfile: 'FROM scratch\n',
    });
    for (const upstreams of ['required', 'optional'] as const) {
      const asked = plan(upstreams);
      await expect(asked).rejects.toThrowWithCode('CONFIG_DOCKERFILE');
      await expect(asked).rejects.toThrow(`there is no deploy/Dockerfile in ${URL_OF_KANIKO} at`);
    }
  });

  test('has it at its root or in the context, and two of them are both named', async () => {
    const inContext = config('context_path: app\ndockerfile_path: D\n');
    const only = await stage(inContext, { 'app/D': 'FROM a\nRUN --mount=type=cache,target=/x true\n' });
    expect((await only.plan()).images).toMatchObject([
      { backend: 'buildkit', source: { context: 'app', dockerfile: 'app/D' } },
    ]);
    const both = await stage(inContext, { D: 'FROM scratch\n', 'app/D': 'FROM scratch\n' });
    const { images, warnings } = await both.plan();
    expect(images).toMatchObject([{ source: { dockerfile: 'D' } }]);
    expect(warnings).toEqual([expect.stringMatching(/dockerfile_path: D is built and app\/D is not/)]);
    const named = await stage(`${inContext}build_backend: kaniko\n`, { 'app/D': 'FROM scratch\n' });
    expect((await named.plan()).images).toMatchObject([{ source: { dockerfile: 'app/D' } }]);
  });

  test('may stay silent for a plan that is only read', async () => {
    const { plan } = await stage(`upstream_repo: ${URL_OF_KANIKO}\nupstream_ref: ${'a'.repeat(40)}\n`, {
      a: '1',
    });
    const away = { GIT_CONFIG_KEY_0: 'url.file:///nonexistent/.insteadOf' };
    await expect(plan('required', away)).rejects.toThrowWithCode('UPSTREAM_UNREACHABLE');
    const { images, warnings } = await plan('optional', away);
    expect(images).toMatchObject([{ backend: 'kaniko' }]);
    expect(warnings).toEqual([expect.stringContaining('its Dockerfile was not read for this plan')]);
  });
});

test('submodules and large files stand in the plan when they are asked for', async () => {
  const { plan } = await stage(config('upstream_submodules: true\nupstream_lfs: true\n'), {
    Dockerfile: 'FROM a',
  });
  expect((await plan()).images).toMatchObject([
    { source: { kind: 'upstream', submodules: true, lfs: true } },
  ]);
});

test('where the backend is named, nothing is fetched', async () => {
  const named = await stage(config('build_backend: buildkit\n'), { a: '1' });
  expect((await named.plan('required')).images).toMatchObject([
    { backend: 'buildkit', reason: 'build_backend' },
  ]);
});

import type { Plan, PlanImage } from '../../src/domain/plan.ts';
import type { ImageResult, LegResult, RunResult } from '../../src/domain/result.ts';

/** Values as a run leaves them, for tests to change what they look at. */
export function makeLeg(id: string, changes: Partial<LegResult> = {}): LegResult {
  const image = id.split('/')[0] ?? id;
  return {
    id,
    image,
    target: null,
    platform: id.endsWith('arm64') ? 'linux/arm64' : 'linux/amd64',
    backend: 'ko',
    tag: `${image}-20261120-a1b2c3d`,
    state: 'built',
    digest: `sha256:${'ab'.repeat(32)}`,
    size: 3_200_000,
    startedAt: 0,
    durationMs: 4100,
    emulated: false,
    because: null,
    error: null,
    lastLines: [],
    log: null,
    ...changes,
  };
}

export function makeImage(name: string, changes: Partial<ImageResult> = {}): ImageResult {
  return {
    name,
    image: name,
    backend: 'ko',
    state: 'built',
    repository: '127.0.0.1:5000/shop',
    tags: [`${name}-20261120-a1b2c3d`, `${name}-latest`],
    unmoved: [],
    digest: `sha256:${'4f1d'.repeat(16)}`,
    platforms: [
      { platform: 'linux/amd64', digest: `sha256:${'a'.repeat(64)}`, size: 3_200_000 },
      { platform: 'linux/arm64', digest: `sha256:${'b'.repeat(64)}`, size: 3_100_000 },
    ],
    durationMs: 9800,
    because: [],
    error: null,
    ...changes,
  };
}

export function makeRun(changes: Partial<RunResult> = {}): RunResult {
  return {
    registry: '127.0.0.1:5000/shop',
    pushed: true,
    images: [],
    legs: [],
    durationMs: 52_000,
    warnings: [],
    ...changes,
  };
}

export function makePlanImage(name: string, changes: Partial<PlanImage> = {}): PlanImage {
  const tag = `${name}-20261120-a1b2c3d`;
  return {
    name,
    dir: name,
    config: `${name}/build-config.yaml`,
    backend: 'kaniko',
    reason: 'Dockerfile',
    why: `changed: ${name}/Dockerfile`,
    dependsOn: [],
    dependencyOrigins: {},
    source: { kind: 'local', context: name, dockerfile: `${name}/Dockerfile` },
    revision: 'a1b2c3d'.padEnd(40, '0'),
    dirty: false,
    tags: [tag],
    tagOrigins: { [tag]: 'tag_format' },
    platforms: ['linux/amd64', 'linux/arm64'],
    outputs: [],
    legs: [],
    buildArgs: {},
    secrets: [],
    labels: {},
    annotations: {},
    cache: { enabled: true, mode: 'max', ref: null },
    options: {},
    suggestions: [],
    ...changes,
  };
}

export function makePlan(changes: Partial<Plan> = {}): Plan {
  return {
    version: 2,
    run: {
      event: 'push',
      ref: 'refs/heads/main',
      sha: 'a1b2c3d'.padEnd(40, '0'),
      base: null,
      basis: 'compared with 9f3c2aa, the commit before the push',
      date: '20261120',
      push: true,
    },
    layout: 'tag',
    images: [],
    jobs: [],
    skipped: [],
    fallbacks: [],
    warnings: [],
    ...changes,
  };
}

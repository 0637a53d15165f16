import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { settings } from '../../test/support/configured.ts';
import { JOB_KINDS, type JobKind, type PlanJob } from '../domain/plan.ts';
import { platformSlug, type Platform } from '../domain/platform.ts';
import { spreadLegs, type JobLeg } from './shards.ts';

const BOTH: readonly Platform[] = ['linux/amd64', 'linux/arm64'];

interface KnownFingerprint {
  readonly platforms?: readonly Platform[];
  readonly on?: readonly string[];
  readonly movable?: boolean;
  readonly kind?: JobKind;
}

/** Legs of images that need, on each platform, the same of what they are on; all of it where there is no same. */
function legsOf(images: Readonly<Record<string, KnownFingerprint>>): readonly JobLeg[] {
  const made = new Map<string, readonly JobLeg[]>();
  return Object.entries(images).flatMap(
    ([image, { platforms = BOTH, on = [], movable = false, kind = 'node' }]) => {
      const legs = platforms.map((platform) => ({
        id: `${image}/${platformSlug(platform)}`,
        image,
        platform,
        movable,
        kind,
        needs: on.flatMap((other) => {
          const all = made.get(other) ?? [];
          const same = all.find((leg) => leg.platform === platform);
          return (same === undefined ? all : [same]).map(({ id }) => id);
        }),
      }));
      made.set(image, legs);
      return legs;
    },
  );
}

function spread(
  images: Readonly<Record<string, KnownFingerprint>>,
  more: Parameters<typeof settings>[0] = {},
): readonly PlanJob[] {
  return spreadLegs(legsOf(images), settings(more));
}

function shown(jobs: readonly PlanJob[]): readonly string[] {
  return jobs.map(
    ({ id, legs, needs }) => `${id}: ${legs.join(' ')}${needs.length > 0 ? ` after ${needs.join(' ')}` : ''}`,
  );
}

const anyLegs = fc
  .array(
    fc.record({
      platforms: fc.subarray<Platform>(['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'wasm32-wasi'], {
        minLength: 1,
      }),
      on: fc.array(fc.nat(), { maxLength: 3 }),
      movable: fc.boolean(),
      kind: fc.constantFrom(...JOB_KINDS),
    }),
    { maxLength: 25 },
  )
  .map((rows) =>
    legsOf(
      Object.fromEntries(
        rows.map((row, at) => [
          `i${at}`,
          {
            ...row,
            on:
              at === 0
                ? []
                : row.on
                    .slice(0, 1 + (at % 2))
                    .filter((n) => n % 3 === 0)
                    .map((n) => `i${n % at}`),
          },
        ]),
      ),
    ),
  );
const anySettings = fc.record({
  maxJobs: fc.integer({ min: 1, max: 6 }),
  fanOut: fc.constantFrom('native' as const, 'single' as const),
});

describe('native', () => {
  test('nothing to build is no job', () => {
    expect(spread({})).toEqual([]);
  });

  test('each architecture has its runners, with their labels', () => {
    expect(spread({ curl: {} })).toEqual([
      {
        id: 'amd64-1',
        platform: 'linux/amd64',
        kind: 'node',
        runner: ['ubuntu-24.04'],
        legs: ['curl/linux-amd64'],
        needs: [],
      },
      {
        id: 'arm64-1',
        platform: 'linux/arm64',
        kind: 'node',
        runner: ['ubuntu-24.04-arm'],
        legs: ['curl/linux-arm64'],
        needs: [],
      },
    ]);
  });

  test('what depends on each other stays together, the rest is shared out', () => {
    const amd64: readonly Platform[] = ['linux/amd64'];
    const images = {
      base: { platforms: amd64 },
      a: { platforms: amd64 },
      web: { platforms: amd64, on: ['base'] },
      b: { platforms: amd64 },
    };
    expect(shown(spread(images, { maxJobs: 2 }))).toEqual([
      'amd64-1: base/linux-amd64 web/linux-amd64',
      'amd64-2: a/linux-amd64 b/linux-amd64',
    ]);
  });

  test('a chain that changes machines waits, and never in a circle', () => {
    const images = {
      assets: { platforms: ['linux/amd64'] as const },
      arm: { platforms: ['linux/arm64'] as const, on: ['assets'] },
      again: { platforms: ['linux/amd64'] as const, on: ['arm'] },
    };
    expect(shown(spread(images))).toEqual([
      'amd64-1: assets/linux-amd64',
      'amd64-2: again/linux-amd64 after arm64-1',
      'arm64-1: arm/linux-arm64 after amd64-1',
    ]);
  });
});

describe('single', () => {
  const single = { fanOut: 'single' as const };

  test('ko and spin share one job, kaniko keeps its platforms', () => {
    const images = {
      api: { movable: true },
      edge: { movable: true, platforms: ['wasm32-wasi'] as const },
      web: {},
    };
    expect(shown(spread(images, single))).toEqual([
      'amd64-1: api/linux-amd64 api/linux-arm64 edge/wasm32-wasi',
      'amd64-2: web/linux-amd64',
      'arm64-1: web/linux-arm64',
    ]);
  });

  test('spin alone stays on its own machine', () => {
    expect(shown(spread({ edge: { movable: true, platforms: ['wasm32-wasi'] } }, single))).toEqual([
      'wasm-1: edge/wasm32-wasi',
    ]);
  });

  test('kaniko on top of ko waits for it on the other machine', () => {
    expect(shown(spread({ api: { movable: true }, web: { on: ['api'] } }, single))).toEqual([
      'amd64-1: api/linux-amd64 api/linux-arm64 web/linux-amd64',
      'arm64-1: web/linux-arm64 after amd64-1',
    ]);
  });

  test('ko on top of kaniko would wait for both machines: it stays with its platforms', () => {
    expect(shown(spread({ base: {}, api: { movable: true, on: ['base'] } }, single))).toEqual([
      'amd64-1: base/linux-amd64 api/linux-amd64',
      'arm64-1: base/linux-arm64 api/linux-arm64',
    ]);
  });
});

describe('whatever the images are', () => {
  test('kaniko has jobs of its own, which wait for what they are built on and no longer', () => {
    const images = {
      base: { kind: 'kaniko' },
      api: { movable: true },
      web: { kind: 'kaniko', on: ['api'] },
    } as const;
    const amd64 = Object.fromEntries(
      Object.entries(images).map(([name, told]) => [name, { ...told, platforms: ['linux/amd64'] as const }]),
    );
    expect(shown(spread(amd64))).toEqual([
      'amd64-1: api/linux-amd64',
      'kaniko-amd64-1: base/linux-amd64',
      'kaniko-amd64-2: web/linux-amd64 after amd64-1',
    ]);
  });

  test('every leg is in one job, in dependency order', () => {
    fc.assert(
      fc.property(anyLegs, anySettings, (legs, more) => {
        const jobs = spreadLegs(legs, settings(more));
        const all = jobs.flatMap((job) => job.legs);
        expect([...all].sort()).toEqual(legs.map(({ id }) => id).sort());
        expect(new Set(jobs.map(({ id }) => id)).size).toBe(jobs.length);
        const needs = new Map(legs.map((leg) => [leg.id, leg.needs]));
        for (const job of jobs) {
          job.legs.forEach((id, at) => {
            for (const need of needs.get(id) ?? []) {
              if (job.legs.includes(need)) expect(job.legs.indexOf(need)).toBeLessThan(at);
              else expect(job.needs).toContain(jobs.find((other) => other.legs.includes(need))?.id);
            }
          });
        }
      }),
    );
  });

  test('jobs never wait for each other in a circle', () => {
    fc.assert(
      fc.property(anyLegs, anySettings, (legs, more) => {
        const done = new Set<string>();
        let waiting = spreadLegs(legs, settings(more));
        while (waiting.length > 0) {
          const ready = waiting.filter((job) => job.needs.every((id) => done.has(id)));
          expect(ready.length).toBeGreaterThan(0);
          for (const job of ready) done.add(job.id);
          waiting = waiting.filter((job) => !done.has(job.id));
        }
      }),
    );
  });

  test('with the same platforms everywhere: no job needs another, at most maxJobs each, and evenly', () => {
    const uniform = fc
      .array(fc.array(fc.nat(), { maxLength: 2 }), { maxLength: 30 })
      .map((rows) =>
        Object.fromEntries(
          rows.map((row, at) => [
            `i${at}`,
            { on: at === 0 ? [] : row.filter((n) => n % 2 === 0).map((n) => `i${n % at}`) },
          ]),
        ),
      );
    fc.assert(
      fc.property(uniform, fc.integer({ min: 1, max: 6 }), (images, maxJobs) => {
        const jobs = spread(images, { maxJobs });
        expect(jobs.every((job) => job.needs.length === 0)).toBe(true);
        for (const platform of BOTH) {
          const sizes = jobs.filter((job) => job.platform === platform).map((job) => job.legs.length);
          expect(sizes.length).toBeLessThanOrEqual(maxJobs);
          const total = sizes.reduce((a, b) => a + b, 0);
          const largest = largestComponent(images);
          // Longest first: no runner is over the mean by more than the last bundle that it took.
          expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(total / Math.max(1, sizes.length) + largest);
        }
      }),
    );
  });
});

function largestComponent(images: Readonly<Record<string, KnownFingerprint>>): number {
  const group = new Map<string, Set<string>>();
  for (const [name, { on = [] }] of Object.entries(images)) {
    const merged = new Set([name, ...on.flatMap((other) => [...(group.get(other) ?? [])])]);
    for (const member of merged) group.set(member, merged);
  }
  return Math.max(0, ...[...group.values()].map((members) => members.size));
}

test('10,000 images in one chain', () => {
  const images = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, at) => [`i${at}`, { on: at === 0 ? [] : [`i${at - 1}`] }]),
  );
  expect(spread(images).map((job) => job.legs.length)).toEqual([10_000, 10_000]);
});

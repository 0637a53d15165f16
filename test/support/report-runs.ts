import type { Plan, PlanImage } from '../../src/domain/plan.ts';
import type { ImageResult, LegResult, RunResult } from '../../src/domain/result.ts';
import { makeImage, makeLeg, makePlan, makePlanImage, makeRun } from './results.ts';

export interface ReportRun {
  readonly plan: Plan;
  readonly run: RunResult | null;
}

const START = Date.UTC(2026, 10, 20, 9, 30);
const REGISTRY = 'registry.example.com/acme/shop';

interface Shape {
  readonly name: string;
  readonly backend: PlanImage['backend'];
  readonly needs?: readonly string[];
  readonly why?: string;
  readonly reason?: string;
  readonly arches?: readonly ('linux/amd64' | 'linux/arm64' | 'wasm32-wasi')[];
  readonly changes?: Partial<PlanImage>;
}

function planned({ name, backend, needs = [], why, reason, arches, changes }: Shape): PlanImage {
  const tag = `${name}-20261120-a1b2c3d`;
  return makePlanImage(name, {
    backend,
    dependsOn: [...needs],
    why: why ?? (needs.length > 0 ? `depends on ${needs[0]}` : `changed: ${name}/Dockerfile`),
    reason: reason ?? 'Dockerfile',
    tags: [tag, `${name}-latest`],
    platforms: [...(arches ?? (['linux/amd64', 'linux/arm64'] as const))],
    ...changes,
  });
}

type Named = readonly [id: string, backend: LegResult['backend']];

/** Seconds from the start at which a leg ran. */
function leg([id, backend]: Named, [from, to]: readonly [number, number], changes = {}): LegResult {
  const platform = id.endsWith('wasm32-wasi') ? 'wasm32-wasi' : makeLeg(id).platform;
  const times = { startedAt: START + from * 1000, durationMs: Math.round((to - from) * 1000) };
  return makeLeg(id, { backend, platform, emulated: platform === 'linux/arm64', ...times, ...changes });
}

type Built = readonly [name: string, backend: ImageResult['backend'], seconds: number];

function image([name, backend, seconds]: Built, changes = {}): ImageResult {
  const digest = `sha256:${Buffer.from(name.padEnd(32, '.')).toString('hex').slice(0, 64)}`;
  return makeImage(name, { backend, repository: REGISTRY, digest, durationMs: seconds * 1000, ...changes });
}

const SHOP: readonly Shape[] = [
  { name: 'base', backend: 'kaniko', why: 'changed: base/Dockerfile' },
  { name: 'api', backend: 'ko', reason: 'go.mod and cmd/ found', why: 'changed: api/cmd/server/main.go' },
  { name: 'web', backend: 'buildkit', needs: ['base'], reason: 'web/Dockerfile:4 RUN --mount=type=cache' },
  { name: 'worker', backend: 'kaniko', needs: ['base'] },
  { name: 'storefront', backend: 'buildkit', needs: ['web', 'api'], why: 'changed: storefront/src/app.tsx' },
  {
    name: 'edge',
    backend: 'spin',
    reason: 'spin.toml',
    why: 'changed: edge/spin.toml',
    arches: ['wasm32-wasi'],
  },
];

const SKIPPED = [
  { dir: 'billing', name: 'billing', reason: 'no change' },
  { dir: 'docs/example', reason: 'ignored' },
];

/** Six images of all backends; one of them was there already. */
export function shopRun(): ReportRun {
  const legs = [
    leg(['base/linux-amd64', 'kaniko'], [0, 4.1]),
    leg(['base/linux-arm64', 'kaniko'], [0, 9.8], { size: 3_100_000 }),
    leg(['api/linux-amd64', 'ko'], [4.1, 9.9], { size: 7_100_000 }),
    leg(['api/linux-arm64', 'ko'], [9.8, 16], { size: 6_800_000, emulated: false }),
    leg(['web/linux-amd64', 'buildkit'], [9.9, 29], { size: 41_000_000 }),
    leg(['web/linux-arm64', 'buildkit'], [16, 47.2], { size: 40_000_000 }),
    leg(['worker/linux-amd64', 'kaniko'], [29, 33]),
    leg(['worker/linux-arm64', 'kaniko'], [33, 39]),
    leg(['storefront/linux-amd64', 'buildkit'], [39, 44.5]),
    leg(['storefront/linux-arm64', 'buildkit'], [47.2, 55.8]),
    leg(['edge/wasm32-wasi', 'spin'], [0, 0], { state: 'unchanged', startedAt: null, durationMs: 0 }),
  ];
  const images = [
    image(['base', 'kaniko', 9.8]),
    image(['api', 'ko', 6.2], {
      tags: ['api-20261120-a1b2c3d', 'api-latest', 'api-1.4.2', 'api-1.4', 'api-1'],
    }),
    image(['web', 'buildkit', 31.2]),
    image(['worker', 'kaniko', 6]),
    image(['storefront', 'buildkit', 8.6]),
    image(['edge', 'spin', 0.1], {
      state: 'unchanged',
      platforms: [{ platform: 'wasm32-wasi', digest: `sha256:${'c'.repeat(64)}`, size: 12_000_000 }],
    }),
  ];
  const plan = makePlan({ images: SHOP.map(planned), skipped: SKIPPED });
  return { plan, run: makeRun({ registry: REGISTRY, images, legs, durationMs: 56_900 }) };
}

/** One step fails on both architectures, and takes along what is built on it. */
export function failedRun(): ReportRun {
  const { plan, run } = shopRun();
  const error = {
    code: 'BUILD_FAILED',
    message: 'RUN npm run build   exited 1',
    at: { file: 'web/Dockerfile', line: 7 },
    hint: 'The step above fails in the same way with `docker build web`.',
  };
  const lastLines = ['> vite build', 'transforming (128) src/main.ts', "error: Cannot find module './theme'"];
  const broken = { state: 'failed', digest: null, size: null, error, lastLines };
  const stopped = {
    state: 'skipped',
    digest: null,
    size: null,
    startedAt: null,
    durationMs: 0,
    because: 'web/linux-amd64',
  };
  const legs = (run?.legs ?? []).map((one): LegResult => {
    if (one.image === 'web')
      return { ...one, ...broken, state: 'failed', log: `.hephy/logs/${one.id.replaceAll('/', '-')}.log` };
    return one.image === 'storefront' ? { ...one, ...stopped, state: 'skipped' } : one;
  });
  const images = (run?.images ?? []).map((one): ImageResult => {
    if (one.image === 'web') return { ...one, state: 'failed', digest: null, platforms: [] };
    if (one.image === 'storefront')
      return { ...one, state: 'skipped', digest: null, platforms: [], durationMs: 0 };
    return one;
  });
  const warnings = ['storefront/build-config.yaml: depends_on: "legacy" is built by the other CI platform'];
  return {
    plan: { ...plan, warnings },
    run: makeRun({ registry: REGISTRY, images, legs, durationMs: 47_900, warnings }),
  };
}

export function idleRun(): ReportRun {
  const names = ['base', 'api', 'web', 'worker', 'storefront', 'edge'];
  const skipped = names.map((name) => ({ dir: name, name, reason: 'no change' }));
  return { plan: makePlan({ skipped: [...skipped, { dir: 'docs/example', reason: 'ignored' }] }), run: null };
}

/** As many images as wanted, in families that share a base. */
export function largeRun(count: number): ReportRun {
  const names = Array.from({ length: count }, (_, at) => `service-${String(at).padStart(3, '0')}`);
  const needsOf = (at: number): string[] => (at % 12 === 0 ? [] : [names[at - (at % 12)] ?? '']);
  const plan = makePlan({
    images: names.map((name, at) =>
      planned({ name, backend: at % 3 === 0 ? 'kaniko' : 'ko', needs: needsOf(at) }),
    ),
  });
  const legs = names.flatMap((name, at) => {
    const from = at * 1.4;
    const state = at % 7 === 3 ? { state: 'unchanged', startedAt: null, durationMs: 0 } : {};
    return [
      leg([`${name}/linux-amd64`, 'ko'], [from, from + 2 + (at % 5)], state),
      leg([`${name}/linux-arm64`, 'ko'], [from + 0.5, from + 4 + (at % 9)], state),
    ];
  });
  const images = names.map((name, at) =>
    image([name, 'ko', 4 + (at % 9)], at % 7 === 3 ? { state: 'unchanged' } : {}),
  );
  return { plan, run: makeRun({ registry: REGISTRY, images, legs, durationMs: count * 1500 }) };
}

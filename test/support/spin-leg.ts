import { SpinOptions } from '../../src/backends/spin/options.ts';
import type { Leg, Recipe } from '../../src/domain/image.ts';

export interface SpinLegChanges extends Partial<Omit<Leg<SpinOptions>, 'recipe'>> {
  /** `spin_config`, as in a config file. */
  readonly options?: Record<string, unknown>;
  readonly context?: string;
  readonly secrets?: Recipe['secrets'];
}

/** A leg of Spin with everything at its plainest, and what a test says differently. */
export function spinLeg(changes: SpinLegChanges = {}): Leg<SpinOptions> {
  const { options = {}, context = 'edge', secrets = [], ...fields } = changes;
  return {
    id: 'edge/wasm32-wasi',
    platform: 'wasm32-wasi',
    target: null,
    recipe: {
      backend: 'spin',
      options: SpinOptions.parse(options),
      source: { kind: 'local', context, dockerfile: null },
      buildArgs: {},
      secrets,
      labels: {},
      annotations: {},
      cache: { enabled: true, mode: 'max', ref: null },
    },
    root: '/checkout',
    scratch: '/scratch/edge',
    repository: '127.0.0.1:5000/shop',
    tag: 'edge-20261120-a1b2c3d-wasm',
    buildArgs: {},
    labels: {},
    annotations: {},
    sourceDateEpoch: 1_795_132_800,
    inputFiles: {},
    insecure: true,
    ...fields,
  };
}

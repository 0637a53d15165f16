import type { Leg } from '../../src/domain/image.ts';
import { KoOptions } from '../../src/backends/ko/options.ts';

export interface LegChanges extends Partial<Omit<Leg<KoOptions>, 'recipe'>> {
  /** `ko_config`, as in a config file. */
  readonly options?: Record<string, unknown>;
  readonly context?: string;
}

/** A leg of ko with everything at its plainest, and what a test says differently. */
export function koLeg({
  options = {},
  context = 'services/api',
  ...changes
}: LegChanges = {}): Leg<KoOptions> {
  return {
    id: 'api/linux-amd64',
    platform: 'linux/amd64',
    target: null,
    recipe: {
      backend: 'ko',
      options: KoOptions.parse(options),
      source: { kind: 'local', context, dockerfile: null },
      buildArgs: {},
      secrets: [],
      labels: {},
      annotations: {},
      cache: { enabled: true, mode: 'max', ref: null },
    },
    root: '/checkout',
    scratch: '/scratch/api',
    repository: '127.0.0.1:5000/shop',
    tag: 'api-20261120-a1b2c3d-amd64',
    buildArgs: {},
    labels: {},
    annotations: {},
    sourceDateEpoch: 1_795_132_800,
    inputFiles: {},
    insecure: true,
    ...changes,
  };
}

import { BuildkitOptions } from '../../src/backends/buildkit/options.ts';
import type { Leg, Recipe } from '../../src/domain/image.ts';

export interface BuildkitLegChanges extends Partial<Omit<Leg<BuildkitOptions>, 'recipe'>> {
  /** `buildkit_config`, as in a config file. */
  readonly options?: Record<string, unknown>;
  readonly context?: string;
  readonly dockerfile?: string | null;
  readonly secrets?: Recipe['secrets'];
  readonly cache?: Partial<Recipe['cache']>;
}

/** A leg of BuildKit with everything at its plainest, and what a test says differently. */
export function buildkitLeg(changes: BuildkitLegChanges = {}): Leg<BuildkitOptions> {
  const { options = {}, context = 'web', dockerfile = `${context}/Dockerfile`, ...rest } = changes;
  const { secrets = [], cache = {}, ...fields } = rest;
  return {
    id: 'web/linux-amd64',
    platform: 'linux/amd64',
    target: null,
    recipe: {
      backend: 'buildkit',
      options: BuildkitOptions.parse(options),
      source: { kind: 'local', context, dockerfile },
      buildArgs: {},
      secrets,
      labels: {},
      annotations: {},
      cache: { enabled: true, mode: 'max', ref: null, ...cache },
    },
    root: '/checkout',
    scratch: '/scratch/web',
    repository: '127.0.0.1:5000/shop',
    tag: 'web-20261120-a1b2c3d-amd64',
    buildArgs: {},
    labels: {},
    annotations: {},
    sourceDateEpoch: 1_795_132_800,
    inputFiles: {},
    insecure: true,
    ...fields,
  };
}

import type { Leg, Recipe } from '../../src/domain/image.ts';

export interface KanikoLegChanges extends Partial<Omit<Leg, 'recipe'>> {
  readonly context?: string;
  readonly dockerfile?: string | null;
  /** As the config has them; a leg's own are these, expanded. */
  readonly templates?: Recipe['buildArgs'];
  readonly secrets?: Recipe['secrets'];
  readonly cache?: Partial<Recipe['cache']>;
}

/** A leg of kaniko with everything at its plainest, and what a test says differently. */
export function kanikoLeg(changes: KanikoLegChanges = {}): Leg {
  const { context = 'web', dockerfile = `${context}/Dockerfile`, ...rest } = changes;
  const { templates = {}, secrets = [], cache = {}, ...fields } = rest;
  return {
    id: 'web/linux-amd64',
    platform: 'linux/amd64',
    target: null,
    recipe: {
      backend: 'kaniko',
      options: {},
      source: { kind: 'local', context, dockerfile },
      buildArgs: templates,
      secrets,
      labels: {},
      annotations: {},
      cache: { enabled: true, mode: 'max', ref: null, ...cache },
    },
    root: '/checkout',
    scratch: '/scratch/web',
    repository: 'registry.example.com/shop',
    tag: 'web-20261120-a1b2c3d-amd64',
    buildArgs: {},
    labels: {},
    annotations: {},
    sourceDateEpoch: 1_795_132_800,
    inputFiles: {},
    insecure: false,
    ...fields,
  };
}

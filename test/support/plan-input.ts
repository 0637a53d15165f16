import type { ConfiguredImage, Settings } from '../../src/config/settings.ts';
import type { Verdict } from '../../src/domain/change.ts';
import type { Choice, FoundDependency } from '../../src/domain/choice.ts';
import type { ImageInput, PlanInput } from '../../src/plan/input.ts';
import { settings } from './configured.ts';

export const HEAD = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';
export const CHANGED: Verdict = { affected: true, why: 'changed: x', dirty: false };
export const SAME: Verdict = { affected: false, why: 'no change', dirty: false };

export function uses(output: string, use: FoundDependency['use'] = 'base', on = output): FoundDependency {
  return { on, output, origin: 'x/Dockerfile:1', use };
}

export function image(configuredImage: ConfiguredImage, more: Partial<ImageInput & Choice> = {}): ImageInput {
  const { dependencies = [], upstreamCommit = null, filledArguments = null, pulls = null, ...choice } = more;
  return {
    configured: configuredImage,
    choice: {
      backend: 'kaniko',
      reason: 'Dockerfile',
      options: {},
      suggestions: [],
      platforms: ['linux/amd64', 'linux/arm64'],
      ...choice,
    },
    dependencies,
    filledArguments,
    pulls,
    upstreamCommit,
  };
}

export function input(
  images: readonly ImageInput[],
  more: Partial<Omit<PlanInput, 'settings'>> & { settings?: Partial<Settings> } = {},
): PlanInput {
  return {
    event: {
      kind: 'push',
      ref: 'refs/heads/main',
      sha: HEAD,
      before: null,
      target: null,
      defaultBranch: 'main',
      number: null,
      fromFork: false,
      images: [],
      buildNumber: null,
    },
    head: { sha: HEAD, commitTime: 1_763_600_000 },
    changes: { base: 'b'.repeat(40), basis: 'the commit before the push', everything: null, files: [] },
    images,
    verdicts: new Map(images.map(({ configured: { name } }) => [name, CHANGED])),
    date: '20261120',
    variables: {},
    gitTags: [],
    skipped: [],
    warnings: [],
    ...more,
    settings: settings(more.settings),
  };
}

export function verdicts(all: Readonly<Record<string, Verdict>>): ReadonlyMap<string, Verdict> {
  return new Map(Object.entries(all));
}

import { NOTHING_BEFORE, type Scenario } from '../scenario.ts';
import { createShop, imageOn, scratchImage } from '../shop.ts';
import { BOTH, tagsOf } from './expected.ts';

const BY_DEFAULT = 'additional_tags: [latest]\n';

/** A Dockerfile that needs nothing special, and one on it; BuildKit builds on the second. */
export const KANIKO: readonly Scenario[] = [
  {
    name: 'a chain of kaniko, which nobody named, and BuildKit',
    open: async (world) => {
      const { repo, release } = await createShop(world, {
        ...scratchImage('base'),
        'base/build-config.yaml': BY_DEFAULT,
        ...imageOn('base', 'web'),
        'web/build-config.yaml': BY_DEFAULT,
        ...imageOn('web', 'site'),
      });
      const origin = await release();
      return { repo, origin, happening: { kind: 'push', branch: 'main', before: NOTHING_BEFORE } };
    },
    expected: {
      tags: ['base', 'web', 'site'].flatMap((name) => tagsOf(name, ['latest'])),
      jobs: BOTH,
      built: ['base kaniko', 'web kaniko', 'site buildkit'],
    },
  },
];

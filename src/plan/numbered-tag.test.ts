import { expect, test } from '@jest/globals';
import { configured } from '../../test/support/configured.ts';
import { CHANGED, image, input, uses, verdicts } from '../../test/support/plan-input.ts';
import { changeDefaultTags, numberedTag } from './numbered-tag.ts';
import { makePlan } from './plan.ts';

const TAG = '20261120-a1b2c3d';

function planBoth(layout: 'tag' | 'repository'): ReturnType<typeof makePlan> {
  const images = [
    image(configured('base', { additional_tags: ['latest'] })),
    image(configured('api'), { dependencies: [uses('base')] }),
  ];
  const tagFormat = layout === 'tag' ? '{name}-{date}-{sha}' : '{date}-{sha}';
  const affected = verdicts({ base: CHANGED, api: CHANGED });
  return makePlan(input(images, { verdicts: affected, settings: { layout, tagFormat } }));
}

test('a number goes to the legs and to what is built on them', () => {
  const plan = changeDefaultTags(planBoth('tag'), new Map([['base', `base-${TAG}-2`]]));
  const [base, api] = plan.images;
  expect(base).toMatchObject({
    tags: [`base-${TAG}-2`, 'base-latest'],
    tagOrigins: { [`base-${TAG}-2`]: 'tag_format' },
    outputs: [{ tags: [`base-${TAG}-2`, 'base-latest'], plainTag: `base-${TAG}` }],
  });
  expect(base?.legs[0]?.tag).toBe(`base-${TAG}-2-amd64`);
  expect(api?.tags).toEqual([`api-${TAG}`]);
  expect(api?.legs[0]).toMatchObject({
    tag: `api-${TAG}-amd64`,
    dependencyTags: { BASE_TAG: `base-${TAG}-2-amd64` },
  });
});

test('in the repository layout two images have the same tag, and one of them gets the number', () => {
  const plan = changeDefaultTags(planBoth('repository'), new Map([['base', `${TAG}-2`]]));
  expect(plan.images.map(({ tags }) => tags)).toEqual([[`${TAG}-2`, 'latest'], [TAG]]);
  expect(plan.images[1]?.legs[0]?.dependencyTags).toEqual({ BASE_TAG: `${TAG}-2-amd64` });
});

test('a number that came from an earlier plan does not become part of the tag', () => {
  const second = changeDefaultTags(planBoth('tag'), new Map([['base', `base-${TAG}-2`]]));
  const third = changeDefaultTags(second, new Map([['base', `base-${TAG}-3`]]));
  expect(third.images[0]?.outputs[0]).toMatchObject({ plainTag: `base-${TAG}` });
});

test('the longest tag leaves room for the architecture with a number too', () => {
  const tag = 'x'.repeat(122);
  expect(numberedTag(tag, 2)).toHaveLength(122);
  expect(numberedTag(tag, 2)).not.toBe(numberedTag(tag, 3));
  expect(numberedTag(tag, 1)).toBe(tag);
});

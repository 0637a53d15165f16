import { describe, expect, test } from '@jest/globals';
import { configured } from '../../test/support/configured.ts';
import { gitlabPlan, mergeRequestPlan, mixedImages } from '../../test/support/pipelines.ts';
import { image, input, uses } from '../../test/support/plan-input.ts';
import type { Plan, PlanLeg } from '../domain/plan.ts';
import { shareLegs } from './share-legs.ts';

function legOf({ images }: Plan, id: string): PlanLeg {
  const leg = images.flatMap(({ legs }) => legs).find((one) => one.id === id);
  if (leg === undefined) throw new Error(`the plan has no leg ${id}`);
  return leg;
}

const shared = ({ images }: Plan): readonly string[] =>
  images.flatMap(({ legs }) => legs.filter((leg) => leg.shared).map(({ id, tag }) => `${id} ${tag}`));

test('what is published is not touched', () => {
  const plan = gitlabPlan(mixedImages());
  expect(shareLegs(plan, { number: null, mayPush: true })).toBe(plan);
});

describe('a merge request that may push', () => {
  const plan = mergeRequestPlan(true);

  test('pushes what another machine builds on, and nothing else', () => {
    expect(shared(plan)).toEqual([
      'api/linux-amd64 api-mr7-a1b2c3d-amd64',
      'api/linux-arm64 api-mr7-a1b2c3d-arm64',
      'base/linux-amd64 base-mr7-a1b2c3d-amd64',
      'base/linux-arm64 base-mr7-a1b2c3d-arm64',
    ]);
    expect(legOf(plan, 'web/linux-amd64')).toMatchObject({
      tag: 'web-20261120-a1b2c3d-amd64',
      dependencyTags: { API_TAG: 'api-mr7-a1b2c3d-amd64' },
    });
    expect(legOf(plan, 'site/linux-arm64').dependencyTags).toEqual({ BASE_TAG: 'base-mr7-a1b2c3d-arm64' });
    expect(plan.warnings).toEqual([]);
  });

  test('kaniko pushes for its own next build as well: its jobs have no registry', () => {
    const images = [image(configured('base')), image(configured('web'), { dependencies: [uses('base')] })];
    const own = mergeRequestPlan(true, images);
    expect(own.jobs.every(({ needs }) => needs.length === 0)).toBe(true);
    expect(shared(own)).toHaveLength(2);
  });

  test('what one machine builds for itself stays there', () => {
    const images = [
      image(configured('base'), { backend: 'buildkit' }),
      image(configured('web'), { backend: 'buildkit', dependencies: [uses('base')] }),
    ];
    expect(shared(mergeRequestPlan(true, images))).toEqual([]);
  });

  test('in the repository layout the tag has no name', () => {
    const event = { ...input([]).event, kind: 'merge_request' as const };
    const plain = gitlabPlan(mixedImages(), { event, settings: { layout: 'repository' } });
    const repository = shareLegs(plain, { number: 12, mayPush: true });
    expect(shared(repository)[0]).toBe('api/linux-amd64 mr12-a1b2c3d-amd64');
    expect(legOf(repository, 'web/linux-arm64').dependencyTags).toEqual({ API_TAG: 'mr12-a1b2c3d-arm64' });
    expect(legOf(repository, 'site/linux-amd64').dependencyTags).toEqual({ BASE_TAG: 'mr12-a1b2c3d-amd64' });
  });
});

describe('a merge request that may not push', () => {
  const plan = mergeRequestPlan(false);

  test('takes what another machine builds as it was published last, and says so', () => {
    expect(shared(plan)).toEqual([]);
    expect(legOf(plan, 'web/linux-amd64')).toMatchObject({
      needs: [],
      dependencyTags: { API_TAG: 'api-latest' },
    });
    expect(plan.jobs.every(({ needs }) => needs.length === 0)).toBe(true);
    expect(plan.warnings).toEqual([
      expect.stringContaining('web is built on the last published api (api-latest)'),
      expect.stringContaining('site is built on the last published base (base-latest)'),
    ]);
    expect(plan.fallbacks).toEqual([
      { image: 'web', dependency: 'api', repository: '', tag: 'api-latest' },
      { image: 'site', dependency: 'base', repository: '', tag: 'base-latest' },
    ]);
  });

  test('an order alone needs nothing in the registry', () => {
    const images = [
      image(configured('base')),
      image(configured('web'), { dependencies: [uses('base', 'order')], filledArguments: [] }),
    ];
    expect(mergeRequestPlan(false, images).fallbacks).toEqual([]);
  });
});

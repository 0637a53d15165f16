import { expect, test } from '@jest/globals';
import { configured } from '../../test/support/configured.ts';
import { gitlabPlan, mergeRequestPlan } from '../../test/support/pipelines.ts';
import { image } from '../../test/support/plan-input.ts';
import { renderImageVariables } from './image-variables.ts';

test('each image of the run, where it is and under which tag', () => {
  const images = [image(configured('my-api')), image(configured('kaniko', { targets: ['debug'] }))];
  expect(renderImageVariables(gitlabPlan(images), 'r.example.com/shop').split('\n')).toEqual([
    'HEPHY_IMAGE_MY_API=r.example.com/shop:my-api-20261120-a1b2c3d',
    'HEPHY_TAG_MY_API=my-api-20261120-a1b2c3d',
    'HEPHY_IMAGE_KANIKO_DEBUG=r.example.com/shop:kaniko-debug-20261120-a1b2c3d',
    'HEPHY_TAG_KANIKO_DEBUG=kaniko-debug-20261120-a1b2c3d',
    '',
  ]);
  const apart = gitlabPlan(images, { settings: { layout: 'repository' } });
  expect(renderImageVariables(apart, 'r.example.com/shop')).toContain(
    'HEPHY_IMAGE_MY_API=r.example.com/shop/my-api:20261120-a1b2c3d\n',
  );
});

test('what is not published has none', () => {
  expect(renderImageVariables(mergeRequestPlan(true), 'r.example.com/shop')).toBe('');
});

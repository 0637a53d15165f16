import { expect, test } from '@jest/globals';
import type { PlanLeg } from '../domain/plan.ts';
import { makeLeg, makePlan, makePlanImage } from '../../test/support/results.ts';
import { renderV1Plan, renderV1Tags } from './v1-files.ts';

const AMD64: PlanLeg = {
  id: 'curl/linux-amd64',
  target: null,
  platform: 'linux/amd64',
  tag: 'curl-1-amd64',
  needs: [],
  dependencyTags: {},
};

test('directories one a line, and which architectures are needed', () => {
  const plan = makePlan({
    images: [
      makePlanImage('curl', { dir: 'tools/curl', legs: [AMD64] }),
      makePlanImage('odd', { dir: 'a\nb', legs: [] }),
    ],
  });
  expect(renderV1Plan(plan)).toEqual({
    'dirs.txt': 'tools/curl\n',
    'need_amd64.txt': 'true\n',
    'need_arm64.txt': 'false\n',
  });
  expect(renderV1Plan(makePlan({ images: [] }))).toEqual({
    'dirs.txt': '',
    'need_amd64.txt': 'false\n',
    'need_arm64.txt': 'false\n',
  });
});

test('a tag for each leg that is in the registry, a target by its own name', () => {
  const legs = [
    makeLeg('curl/linux-amd64', { image: 'curl', tag: 'curl-1-amd64' }),
    makeLeg('curl/linux-arm64', {
      image: 'curl',
      platform: 'linux/arm64',
      tag: 'curl-1-arm64',
      state: 'failed',
    }),
    makeLeg('tool/debug/linux-arm64', {
      image: 'tool',
      target: 'debug',
      platform: 'linux/arm64',
      tag: 'tool-debug-1-arm64',
      state: 'unchanged',
    }),
  ];
  expect(renderV1Tags(legs)).toEqual({
    'curl-amd64.tag': 'curl-1-amd64\n',
    'tool-debug-arm64.tag': 'tool-debug-1-arm64\n',
  });
});

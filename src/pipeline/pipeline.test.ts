import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { configured } from '../../test/support/configured.ts';
import { gitlabPlan, mergeRequestPlan, mixedImages, pipelineInput } from '../../test/support/pipelines.ts';
import { image, input, uses } from '../../test/support/plan-input.ts';
import type { Platform } from '../domain/platform.ts';
import type { PipelineInput } from './input.ts';
import { renderPipeline } from './pipeline.ts';

const UPDATE = process.env['HEPHY_UPDATE_GOLDEN'] === '1';
const AMD64: { readonly platforms: readonly Platform[] } = { platforms: ['linux/amd64'] };

const hostile = {
  build_args: {
    PRICE: '$HOME $(id) `id` \'quoted\' "$CI_JOB_TOKEN"',
    MOTTO: '${MOTTO}, $$5',
    BRANCH: '${GITHUB_REF_NAME}',
    LINES: 'one\n- two: "three"\n',
  },
  labels: { 'com.example.cost': '$9 ${X}', 'com.example.time': '12:30' },
};

const upstream = {
  upstream_repo: 'https://git.example.com/kaniko.git',
  upstream_ref: 'v1.28.3',
  dockerfile_path: 'deploy/Dockerfile',
  targets: ['executor', 'debug'],
};

const CASES: Readonly<Record<string, () => PipelineInput>> = {
  'one-architecture': () => pipelineInput(gitlabPlan([image(configured('curl'), AMD64)])),
  'mixed-backends': () => pipelineInput(gitlabPlan(mixedImages())),
  'dependencies-across-kinds': () =>
    pipelineInput(
      gitlabPlan([
        image(configured('base'), AMD64),
        image(configured('api'), { ...AMD64, backend: 'buildkit', dependencies: [uses('base')] }),
        image(configured('web'), { ...AMD64, dependencies: [uses('api'), uses('base')] }),
        image(configured('lonely'), AMD64),
      ]),
    ),
  'upstream-sources': () =>
    pipelineInput(
      gitlabPlan([
        image(configured('kaniko', upstream), { ...AMD64, upstreamCommit: 'c'.repeat(40) }),
        image(configured('curl'), AMD64),
      ]),
    ),
  'sixty-images': () =>
    pipelineInput(gitlabPlan(Array.from({ length: 60 }, (_, at) => image(configured(`image-${at + 1}`))))),
  'nothing-to-do': () => pipelineInput(gitlabPlan([])),
  'merge-request': () => pipelineInput(mergeRequestPlan(true)),
  'merge-request-from-a-fork': () => pipelineInput(mergeRequestPlan(false)),
  schedule: () => {
    const event = { ...input([]).event, kind: 'schedule' as const };
    return pipelineInput(gitlabPlan([image(configured('curl')), image(configured('base'))], { event }));
  },
  'hostile-values': () =>
    pipelineInput(gitlabPlan([image(configured('web', hostile), AMD64)]), {
      prefix: 'images: ',
      variables: {
        HEPHY_INPUT_REGISTRY: 'registry.example.com/$x/${y}',
        HEPHY_INPUT_TAG_FORMAT: '{name}-{date}',
      },
      tags: ['on', '12:30'],
      redact: false,
    }),
};

/** Each is a pipeline that a person can read; HEPHY_UPDATE_GOLDEN=1 writes what comes out now. */
test.each(Object.entries(CASES))('%s', (name, given) => {
  const path = fileURLToPath(new URL(`golden/${name}.pipeline.yml`, import.meta.url));
  const text = renderPipeline(given());
  if (UPDATE) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
});

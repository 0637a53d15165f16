import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { configured } from '../../test/support/configured.ts';
import { gitlabPlan, mergeRequestPlan, pipelineInput } from '../../test/support/pipelines.ts';
import { image, uses } from '../../test/support/plan-input.ts';
import { playKaniko } from '../../test/support/shell-job.ts';
import type { Platform } from '../domain/platform.ts';
import { renderPipeline } from './pipeline.ts';
import { renderEntry } from './yaml.ts';

const AMD64: { readonly platforms: readonly Platform[] } = { platforms: ['linux/amd64'] };
const ONE_RUNNER = { settings: { maxJobs: 1 } };

function chain(first: string): string {
  const images = [
    image(configured(first), AMD64),
    image(configured('web'), { ...AMD64, dependencies: [uses(first)] }),
    image(configured('lonely'), AMD64),
  ];
  return renderPipeline(pipelineInput(gitlabPlan(images, ONE_RUNNER)));
}

describe.each([
  ['sh', ['/bin/sh', '-c']],
  ['busybox', ['busybox', 'sh', '-c']],
])('%s', (name, shell) => {
  const isThere = spawnSync(shell[0] ?? '', ['-c', 'true']).error === undefined;
  if (!isThere) {
    test('is not installed', () =>
      console.warn(`${name} is not installed: kaniko's jobs were not played with it`));
    return;
  }

  test('one build after the other, with what they leave', async () => {
    const job = await playKaniko(chain('base'));
    const { code, output, checkout } = job.play('kaniko-amd64-1', shell);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output.match(/<--context=\w+>/g)).toEqual([
      '<--context=base>',
      '<--context=web>',
      '<--context=lonely>',
    ]);
    expect(await readFile(join(checkout, 'web-amd64.tag'), 'utf8')).toBe('web-20261120-a1b2c3d-amd64\n');
    expect(await readdir(join(checkout, '.hephy/digests'))).toHaveLength(3);
  });

  test('a build that fails stops what needs it and nothing else, and the end says what and why', async () => {
    const job = await playKaniko(chain('broken'));
    const { code, output, checkout } = job.play('kaniko-amd64-1', shell);
    expect(code).toBe(1);
    const [, summary = ''] = output.split('Some legs were not built:');
    expect(summary).toMatch(/broken\/linux-amd64 failed after \d+s: kaniko exited 1/);
    expect(summary).toContain('  | error building image: exit status 1');
    expect(summary).toContain('web/linux-amd64 was not built, because broken/linux-amd64 was not');
    expect(output).toContain('<--context=lonely>');
    expect((await readdir(checkout)).sort()).toEqual(['.hephy', 'lonely-amd64.tag']);
    expect(await readdir(join(checkout, '.hephy/logs'))).toContain('broken-linux-amd64.log');
  });

  test('a job looks at what the one before it has left, and takes it out of the checkout', async () => {
    const images = [
      image(configured('api'), { ...AMD64, backend: 'ko', options: {} }),
      image(configured('web'), { ...AMD64, dependencies: [uses('api')] }),
    ];
    const job = await playKaniko(renderPipeline(pipelineInput(gitlabPlan(images))));
    expect(job.play('kaniko-amd64-1', shell)).toMatchObject({
      code: 1,
      output: expect.stringContaining('web/linux-amd64 was not built, because api/linux-amd64 was not'),
    });
    await mkdir(join(job.checkout, '.hephy/run'), { recursive: true });
    await writeFile(join(job.checkout, 'api-amd64.tag'), 'api-20261120-a1b2c3d-amd64\n');
    expect(job.play('kaniko-amd64-1', shell)).toMatchObject({ code: 0 });
    expect((await readdir(job.checkout)).sort()).toEqual(['.hephy', 'web-amd64.tag']);
    expect((await readdir(join(job.checkout, '.hephy'))).sort()).toEqual(['digests', 'logs']);
  });

  test('values reach kaniko as they are: GitLab expands nothing in a script, and the shell what the config says', async () => {
    const build_args = {
      PRICE: '$HOME $(id) `id` \'quoted\' "$CI_JOB_TOKEN" \\',
      MOTTO: '${MOTTO}, $$5 $${MOTTO} ${NOT_SET:-or not}',
      NAME: '${name}',
      LINES: 'one\n- two: "three"\n\n  four\n',
    };
    const images = [image(configured('web', { build_args }), AMD64)];
    const job = await playKaniko(renderPipeline(pipelineInput(gitlabPlan(images))));
    const { output } = job.play('kaniko-amd64-1', shell);
    expect(output).toContain(`<--build-arg=PRICE=${build_args.PRICE}>`);
    expect(output).toContain('<--build-arg=MOTTO=to be, $$5 ${MOTTO} or not>');
    expect(output).toContain('<--build-arg=NAME=Ophelia>');
    expect(output).toContain(`<--build-arg=LINES=${build_args.LINES}>`);
  });

  test('what the plan knows is filled in: the tags of dependencies, the registry, the names of both platforms', async () => {
    const build_args = {
      BASE: '${HEPHY_REGISTRY}:${BASE_TAG:-none}',
      OLD: '${ECR_REGISTRY}:${BASE_TAG}',
      REF: '${GITHUB_REF_NAME}',
    };
    const images = [
      image(configured('base'), AMD64),
      image(configured('web', { build_args }), { ...AMD64, dependencies: [uses('base')] }),
    ];
    const job = await playKaniko(renderPipeline(pipelineInput(gitlabPlan(images, ONE_RUNNER))));
    const { code, output } = job.play('kaniko-amd64-1', shell);
    expect({ code, output }).toMatchObject({ code: 0 });
    const base = 'registry.gitlab.example.com/acme/shop:base-20261120-a1b2c3d-amd64';
    expect(output).toContain(`<--build-arg=BASE=${base}>`);
    expect(output).toContain(`<--build-arg=OLD=${base}>`);
    expect(output).toContain('<--build-arg=REF=main>');
  });

  test('a variable that this job does not have is named, and kaniko is not said to have failed', async () => {
    const images = [
      image(configured('lost', { build_args: { A: '${ONLY_PREPARE}', B: '${MOTTO}' } }), AMD64),
      image(configured('good'), AMD64),
    ];
    const job = await playKaniko(renderPipeline(pipelineInput(gitlabPlan(images, ONE_RUNNER))));
    const { code, output } = job.play('kaniko-amd64-1', shell);
    expect(code).toBe(1);
    expect(output).toContain('<--context=good>');
    const [, summary = ''] = output.split('Some legs were not built:');
    expect(summary).toMatch(/lost\/linux-amd64 .*not built.*ONLY_PREPARE/);
    expect(summary).not.toMatch(/kaniko exited|parameter|MOTTO/);
  });

  test('kaniko that cannot be started is not said to have failed', async () => {
    const job = await playKaniko(
      renderPipeline(pipelineInput(gitlabPlan([image(configured('web'), AMD64)]))),
    );
    await job.removeKaniko();
    const { code, output } = job.play('kaniko-amd64-1', shell);
    expect(code).toBe(1);
    const [, summary = ''] = output.split('Some legs were not built:');
    expect(summary).toMatch(/web\/linux-amd64 .*could not be started/);
    expect(summary).not.toContain('kaniko exited');
  });

  test('an account number that kaniko prints is hidden', async () => {
    const labels = { where: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop' };
    const plan = gitlabPlan([image(configured('web', { labels }), AMD64)]);
    const hidden = await playKaniko(renderPipeline(pipelineInput(plan)));
    expect(hidden.play('kaniko-amd64-1', shell).output).toContain('<--label=where=<ECR-REGISTRY>/shop>');
    const shown = await playKaniko(renderPipeline(pipelineInput(plan, { redact: false })));
    expect(shown.play('kaniko-amd64-1', shell).output).toContain(labels.where);
  });

  test('of a merge request, what nobody builds on leaves no tag', async () => {
    const images = [
      image(configured('base'), AMD64),
      image(configured('web'), { ...AMD64, dependencies: [uses('base')] }),
    ];
    const job = await playKaniko(renderPipeline(pipelineInput(mergeRequestPlan(true, images))));
    const { code, output } = job.play('kaniko-amd64-1', shell);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect((await readdir(job.checkout)).sort()).toEqual(['.hephy', 'base-amd64.tag']);
    expect(output.match(/<--no-push>/g)).toHaveLength(1);
  });
});

test('more jobs than one may wait for are told before GitLab refuses them', () => {
  const images = Array.from({ length: 60 }, (_, at) => image(configured(`image-${at}`), AMD64));
  const plan = gitlabPlan(images, { settings: { maxJobs: 60 } });
  expect(() => renderPipeline(pipelineInput(plan))).toThrowWithCode('CONFIG_LIMIT');
});

test('whatever a text is, GitLab reads it as it was', () => {
  const odd = fc.constantFrom(
    'on',
    '12:30',
    '\r',
    '\u2028',
    '\u0085',
    '\0',
    '\n',
    ' \n',
    '\n ',
    '\t',
    '#',
    ': ',
    '- ',
  );
  const text = fc.array(fc.oneof(odd, fc.string({ unit: 'grapheme' }))).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (value) => {
      const job = { script: [value], tags: [value] };
      expect(parse(renderEntry('job', job, value), { version: '1.1' })).toEqual({ job });
    }),
  );
});

import { expect, test } from '@jest/globals';
import { makeImage, makeLeg, makePlan, makePlanImage, makeRun } from '../../test/support/results.ts';
import type { Ci, PublishedImage, Summary } from '../ci/ci.ts';
import type { Problem, RunResult } from '../domain/result.ts';
import type { Step } from '../report/report-input.ts';
import { createRedactor } from '../system/terminal/redact.ts';
import { writeSummary } from './write-summary.ts';

const DIGEST = `sha256:${'4f1d'.repeat(16)}`;
const output = { target: null, repository: '', tags: ['t'], legs: [] };
const plan = makePlan({
  images: ['my-api', 'web'].map((name) => makePlanImage(name, { outputs: [{ ...output, name }] })),
  skipped: [{ dir: 'other', name: 'my_api', reason: 'no change' }],
});

/** A platform that keeps what it is told. */
async function told(run: RunResult | null, step: Step, secret = 'hunter2hunter2') {
  const problems: Problem[] = [];
  const summaries: Summary[] = [];
  let images: readonly PublishedImage[] | null = null;
  const redactor = createRedactor();
  redactor.add(secret);
  const ci: Pick<Ci, 'annotate' | 'handOver' | 'summary'> = {
    annotate: (problem) => void problems.push(problem),
    handOver: (all) => void (images = all),
    summary: async (summary) => void summaries.push(summary),
  };
  await writeSummary(ci, { plan, run, step, redact: redactor.redact });
  return { problems, summaries, images: images as readonly PublishedImage[] | null };
}

test('what was published is handed over by names that stay theirs', async () => {
  const run = makeRun({ images: [makeImage('my-api'), makeImage('web', { state: 'failed', digest: null })] });
  const { images } = await told(run, 'manifest');
  expect(images).toEqual([
    {
      name: 'my-api',
      variable: expect.stringMatching(/^MY_API_[0-9A-F]{6}$/),
      tags: ['my-api-20261120-a1b2c3d', 'my-api-latest'],
      digest: DIGEST,
      reference: `127.0.0.1:5000/shop@${DIGEST}`,
    },
  ]);
});

test('a host that is not told is handed over neither whole nor masked', async () => {
  const repository = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop';
  const { images } = await told(makeRun({ images: [makeImage('web', { repository })] }), 'all');
  expect(images).toMatchObject([{ name: 'web', digest: DIGEST, reference: null }]);
});

test('what was only built is nothing for others, and a job of several hands over nothing', async () => {
  const run = makeRun({ images: [makeImage('web')] });
  expect((await told({ ...run, pushed: false }, 'all')).images).toEqual([]);
  expect((await told(run, 'build')).images).toBe(null);
  expect((await told(null, 'prepare')).images).toBe(null);
});

test('what failed is shown on its line, each cause once, redacted, and not without end', async () => {
  const error = {
    code: 'BUILD_FAILED',
    message: 'got hunter2hunter2',
    hint: 'hunter2hunter2',
    at: { file: 'x', line: 3 },
  };
  const legs = ['web/linux-amd64', 'web/linux-arm64'].map((id) => makeLeg(id, { state: 'failed', error }));
  const { problems, summaries } = await told(makeRun({ legs }), 'build');
  expect(problems).toEqual([
    {
      code: 'BUILD_FAILED',
      message: 'web/linux-amd64, web/linux-arm64 failed: got ***',
      hint: '***',
      at: { file: 'x', line: 3 },
    },
  ]);
  expect(summaries.map((summary) => summary.markdown().split('\n')[0])).toEqual([
    '### ✗ web/linux-amd64, web/linux-arm64 failed after 4s',
  ]);
  const many = Array.from({ length: 30 }, (_, at) => makeLeg(`i${at}/linux-amd64`, { state: 'failed' }));
  expect((await told(makeRun({ legs: many }), 'build')).problems.length).toBe(10);
});

import { describe, expect, test } from '@jest/globals';
import { makeLeg, makePlan, makePlanImage, makeRun, makeImage } from '../../test/support/results.ts';
import type { Plan, PlanJob, PlanLeg } from '../domain/plan.ts';
import type { Problem } from '../domain/result.ts';
import { findFailures } from '../report/failures.ts';
import { listAnnotations } from './list-annotations.ts';

const AMD64 = 'api/linux-amd64';
const ARM64 = 'api/linux-arm64';
const base = { kind: 'node' as const, runner: ['r'], needs: [] };
const jobs: PlanJob[] = [
  { ...base, id: 'amd64-1', platform: 'linux/amd64', legs: [AMD64] },
  { ...base, id: 'arm64-1', platform: 'linux/arm64', legs: [ARM64] },
];

function planWith(unchanged: Partial<PlanLeg> = {}, made: PlanJob[] = jobs): Plan {
  const legs = [AMD64, ARM64].map((id, at): PlanLeg => ({
    ...{ id, target: null, tag: 't', needs: [], dependencyTags: {} },
    ...(at === 0 ? { platform: 'linux/amd64', ...unchanged } : { platform: 'linux/arm64' }),
  }));
  return makePlan({ images: [makePlanImage('api', { legs })], jobs: made });
}

interface Failed {
  readonly job: string;
  readonly leg: string;
  readonly error: Problem;
  readonly plan?: Plan;
}

/** The codes that a job annotates when its leg fails with this error. */
function annotate({ job, leg, error, plan = planWith() }: Failed): string[] {
  const run = makeRun({ legs: [makeLeg(leg, { state: 'failed', error })] });
  return listAnnotations(findFailures(run), { plan, job }).map(({ code }) => code);
}

const compile = { code: 'BUILD_FAILED', message: 'undefined: x', at: { file: 'api/main.go', line: 3 } };

describe('a failure on two platforms', () => {
  test.each([
    ['a source that does not compile', compile, []],
    ['a config', { code: 'CONFIG_KO', message: 'm' }, []],
    ['a step of the Dockerfile', { ...compile, at: { file: 'api/Dockerfile', line: 3 } }, ['BUILD_FAILED']],
    ['a file of one architecture', { ...compile, at: { file: 'api/x_arm64.go', line: 3 } }, ['BUILD_FAILED']],
    ['a tool without an explanation', { code: 'BUILD_FAILED', message: 'ko exited 1' }, ['BUILD_FAILED']],
  ])('of %s', (_, error, second) => {
    expect(annotate({ job: 'amd64-1', leg: AMD64, error })).toEqual([error.code]);
    expect(annotate({ job: 'arm64-1', leg: ARM64, error })).toEqual(second);
  });

  test('is annotated by the second where the first is not built', () => {
    const plan = planWith({ unchanged: { digest: 'sha256:0', revision: null } });
    expect(annotate({ job: 'arm64-1', leg: ARM64, error: compile, plan })).toEqual(['BUILD_FAILED']);
  });

  test('is annotated where one job builds both', () => {
    const plan = planWith({}, [{ ...base, id: 'all', platform: 'linux/amd64', legs: [AMD64, ARM64] }]);
    expect(annotate({ job: 'all', leg: ARM64, error: compile, plan })).toEqual(['BUILD_FAILED']);
  });
});

test('a missing leg is annotated, unless the job that should have pushed it did', () => {
  const error = { code: 'MANIFEST_MISSING_LEG', message: 'm' };
  const failures = findFailures(
    makeRun({ images: [makeImage('api', { state: 'failed', digest: null, error })] }),
  );
  expect(listAnnotations(failures, { plan: planWith() })).toHaveLength(1);
  expect(listAnnotations(failures, { plan: planWith(), buildFailed: true })).toEqual([]);
});

test('the cause comes first, the end of the output below it', () => {
  const error = { code: 'BUILD_FAILED', message: 'ko exited 1' };
  const run = makeRun({
    legs: [makeLeg(AMD64, { state: 'failed', error, lastLines: ['malformed module path'] })],
  });
  expect(listAnnotations(findFailures(run), { plan: planWith() })[0]?.message).toBe(
    'api/linux-amd64 failed: ko exited 1\nmalformed module path',
  );
});

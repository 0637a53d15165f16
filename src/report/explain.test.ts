import { expect, test } from '@jest/globals';
import { makePlan, makePlanImage } from '../../test/support/results.ts';
import { renderDoctor } from './doctor.ts';
import { renderExplain } from './explain.ts';
import { renderPlan } from './plan-text.ts';
import { createStyle } from './style.ts';

const style = createStyle(false);

const api = makePlanImage('api', {
  config: 'services/api/build-config.yaml',
  backend: 'ko',
  reason: 'go.mod and cmd/',
  why: 'changed: pkg/auth/token.go',
  platformsOrigin: 'default',
  tags: ['api-20261120-a1b2c3d', 'api-1.4'],
  tagOrigins: { 'api-20261120-a1b2c3d': 'tag_format', 'api-1.4': '{major}.{minor} from git tag v1.4.2' },
});
const web = makePlanImage('web', {
  dependsOn: ['base', 'api'],
  dependencyOrigins: { base: 'web/Dockerfile:1', api: 'web/build-config.yaml:7:5' },
  source: {
    kind: 'upstream',
    repo: 'https://example.com/w.git',
    ref: 'v2',
    commit: 'c0ffee',
    context: '.',
    dockerfile: null,
  },
  suggestions: ['ko: go.mod and cmd/ found', 'spin: spin.toml found'],
});

test('explain tells of each image what was decided, and why', () => {
  const plan = makePlan({
    images: [api, web],
    skipped: [{ dir: 'docs/x', reason: 'ignored' }],
    warnings: ['rebuild-weekly.txt: no image "olf"'],
  });
  expect(renderExplain(plan, { style, only: [] })).toBe(
    [
      'api  services/api/build-config.yaml',
      '  backend    ko   go.mod and cmd/',
      '  affected   yes  changed: pkg/auth/token.go',
      '  depends    –',
      '  platforms  linux/amd64, linux/arm64  default',
      '  tags       api-20261120-a1b2c3d      tag_format',
      '             api-1.4                   {major}.{minor} from git tag v1.4.2',
      '',
      'web  web/build-config.yaml',
      '  backend    kaniko  Dockerfile',
      '  affected   yes     changed: web/Dockerfile',
      '  depends    base    web/Dockerfile:1',
      '             api     web/build-config.yaml:7:5',
      '  source     https://example.com/w.git v2  commit c0ffee',
      '  platforms  linux/amd64, linux/arm64',
      '  tags       web-20261120-a1b2c3d      tag_format',
      '  could be   ko: go.mod and cmd/ found',
      '             spin: spin.toml found',
      '',
      'not in this run',
      '  docs/x  ignored',
      '',
      'warning: rebuild-weekly.txt: no image "olf"',
    ].join('\n'),
  );
});

test('explain of one image, that a run would leave alone', () => {
  const verdicts = new Map([['api', { affected: false, why: 'no change', dirty: false }]]);
  const text = renderExplain(makePlan({ images: [api, web] }), { style, only: ['api'], verdicts });
  expect(text).toContain('  affected   no  no change\n');
  expect(text).not.toContain('web');
  expect(renderExplain(makePlan(), { style, only: [] })).toBe('No images found.');
});

test('a plan is its images, its jobs and what it leaves alone', () => {
  const legs = ['linux-amd64', 'linux-arm64'].map((slug, at) => ({
    id: `api/${slug}`,
    target: null,
    platform: at === 0 ? ('linux/amd64' as const) : ('linux/arm64' as const),
    tag: 't',
    needs: [],
    dependencyTags: {},
  }));
  const plan = makePlan({
    images: [{ ...api, legs }],
    jobs: [
      {
        id: 'amd64-1',
        platform: 'linux/amd64',
        kind: 'node',
        runner: ['self', 'big'],
        legs: ['api/linux-amd64'],
        needs: [],
      },
      {
        id: 'arm64-1',
        platform: 'linux/arm64',
        kind: 'node',
        runner: ['arm'],
        legs: ['api/linux-arm64'],
        needs: [],
      },
    ],
    skipped: [{ dir: 'old', name: 'old', reason: 'ci_platform: gitlab' }],
  });
  expect(renderPlan(plan, { style, columns: undefined })).toBe(
    [
      'push refs/heads/main a1b2c3d · compared with 9f3c2aa, the commit before the push · will push',
      '',
      '  api  ko  go.mod and cmd/  changed: pkg/auth/token.go',
      '',
      '1 image, 2 legs in 2 jobs',
      '  amd64-1  self big  api/linux-amd64',
      '  arm64-1  arm       api/linux-arm64',
      '',
      'not in this run',
      '  old  ci_platform: gitlab',
    ].join('\n'),
  );
});

test('an empty plan says so', () => {
  expect(renderPlan(makePlan(), { style, columns: 80 })).toContain('\n\nNothing to build.');
});

test('doctor lists what is here and how to get what is not', () => {
  const findings = [
    { name: 'git', status: 'found' as const, version: '2.39.5', path: '/usr/bin/git', hint: null },
    { name: 'ko', status: 'missing' as const, version: null, path: null, hint: 'Install Go.' },
    { name: 'registry', status: 'problem' as const, version: '2.8', path: '/r', hint: 'Too old.' },
  ];
  expect(renderDoctor(findings, style)).toBe(
    [
      '✓ git       2.39.5   /usr/bin/git',
      '· ko        missing  Install Go.',
      '✗ registry  2.8      /r  Too old.',
    ].join('\n'),
  );
});

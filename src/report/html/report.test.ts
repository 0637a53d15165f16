import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { failedRun, idleRun, largeRun, shopRun } from '../../../test/support/report-runs.ts';
import { makeImage, makeLeg, makePlan, makePlanImage, makeRun } from '../../../test/support/results.ts';
import { createRedactor } from '../../system/terminal/redact.ts';
import type { ReportInput } from '../report-input.ts';
import { renderProblemReport } from './problems.ts';
import { renderReport } from './report.ts';

const { redact } = createRedactor();
const { plan } = shopRun();

const PAGES: Readonly<Record<string, () => string>> = {
  shop: () => renderReport({ ...shopRun(), step: 'all', redact }),
  failed: () => renderReport({ ...failedRun(), step: 'all', redact }),
  idle: () => renderReport({ ...idleRun(), step: 'prepare', redact }),
  plan: () => renderReport({ plan, run: null, step: 'prepare', redact }),
  job: () => renderReport({ ...shopRun(), step: 'build', job: 'amd64-1', redact }),
  problems: () =>
    renderProblemReport([
      { code: 'CONFIG_TYPE', message: 'target: must be text', at: { file: 'api/x.yaml', line: 3 } },
      { code: 'REGISTRY_AUTH', message: 'refused\nthe login', hint: 'Log in.' },
    ]),
};

/** HEPHY_UPDATE_GOLDEN=1 writes what is rendered now: look at it in a browser. */
test.each(Object.entries(PAGES))('golden: %s', (name, render) => {
  const path = fileURLToPath(new URL(`golden/${name}.html`, import.meta.url));
  const page = render();
  if (process.env['HEPHY_UPDATE_GOLDEN'] === '1') writeFileSync(path, page);
  expect(page).toBe(readFileSync(path, 'utf8'));
});

test('the policy lets the style through that is there', () => {
  const page = PAGES['idle']?.() ?? '';
  const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(page).toContain(`style-src 'sha256-${hash}'`);
});

/** Attributes through which a browser would load something, or run it. */
const LOADS =
  /<(?:script|iframe|object|embed|img|base|form)\b|\s(?:src|srcset|action|on\w+|style)=|@import|url\(/i;

test.each(Object.entries(PAGES))('%s loads nothing, runs nothing, and every tag is closed', (_, render) => {
  const page = render();
  expect(page).not.toMatch(LOADS);
  expect(page.match(/href="[^"]*"/g)).toEqual(['href="data:,"']);
  expect(findUnbalanced(page)).toEqual([]);
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, id] of page.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id);
});

const VOID = new Set(['meta', 'link', '!doctype']);

function findUnbalanced(page: string): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name = '', end] of page.matchAll(/<(\/?)([!\w]+)(?:[^>"]|"[^"]*")*?(\/?)>/g)) {
    if (VOID.has(name) || end === '/') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

describe('hostile text', () => {
  const evil = "\"><script>alert(1)</script><img src=x onerror='y'>&amp;\n${x}\x1b[31m";
  const leg = makeLeg(`${evil}/linux-amd64`, {
    image: evil,
    state: 'failed',
    lastLines: [evil],
    error: { code: 'BUILD_FAILED', message: evil, hint: evil, at: { file: evil, line: 1 } },
    log: evil,
  });
  const image = makePlanImage(evil, { why: evil, reason: evil, dependsOn: [`other${evil}`], tags: [evil] });
  const hostile = makePlan({
    images: [image],
    warnings: [evil],
    skipped: [{ dir: evil, reason: evil }],
    run: { ...makePlan().run, ref: evil, basis: evil },
  });
  const results = [makeImage(evil, { tags: [evil], repository: evil }), makeImage('b', { error: null })];
  const run = makeRun({ registry: evil, images: results, legs: [leg, makeLeg(evil)] });

  test.each(['all', 'build', 'prepare'] as const)('is text in the report of %s', (step) => {
    const input: ReportInput = { plan: hostile, run: step === 'prepare' ? null : run, step, redact };
    const page = renderReport(input);
    expect(page).not.toMatch(/<script|<img|onerror='|\x1b/);
    expect(page).toContain('&#34;&#62;&#60;script&#62;alert(1)');
    expect(findUnbalanced(page)).toEqual([]);
    expect(renderProblemReport(leg.error ? [leg.error] : [])).not.toMatch(/<script|<img/);
  });
});

test('what must not be told is masked before it is escaped, wherever it stands', () => {
  const redactor = createRedactor();
  redactor.add('p"ss<rd&hunter');
  const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop';
  const secret = 'p"ss<rd&hunter';
  const error = { code: 'BUILD_FAILED', message: `login with ${secret}`, hint: secret };
  const legs = [makeLeg('web/linux-amd64', { state: 'failed', error, lastLines: ['ok', `got ${secret}`] })];
  const run = makeRun({ registry: host, images: [makeImage('base', { repository: host })], legs });
  const page = renderReport({
    plan: makePlan({ warnings: [secret], images: [makePlanImage('base', { why: secret })] }),
    run,
    step: 'all',
    redact: redactor.redact,
  });
  expect(page).not.toContain('ss&#60;rd');
  expect(page).not.toContain('123456789012');
  expect(page).toContain('docker pull &#60;ECR-REGISTRY&#62;/shop@sha256:');
});

test('three hundred images are still a page', () => {
  const page = renderReport({ ...largeRun(300), step: 'all', redact });
  expect(Buffer.byteLength(page)).toBeLessThan(700_000);
  const has = (text: string): boolean => page.includes(text);
  expect([has('<title>300 images published'), has('314 shorter legs'), has('class="graph"')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(has('<b>service-299</b> is built on service-288')).toBe(true);
});

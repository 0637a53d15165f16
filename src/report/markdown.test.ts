import { describe, expect, test } from '@jest/globals';
import { failedRun, idleRun, largeRun, shopRun } from '../../test/support/report-runs.ts';
import { makeImage, makeLeg, makePlan, makePlanImage, makeRun } from '../../test/support/results.ts';
import { createRedactor } from '../system/terminal/redact.ts';
import { escapeMarkdown } from './markdown-parts.ts';
import { renderSummary } from './markdown.ts';

const { redact } = createRedactor();
const all = { step: 'all', redact } as const;

const plan = makePlan({
  images: [makePlanImage('base'), makePlanImage('web', { dependsOn: ['base'], why: 'depends on base' })],
});

test('a run is summed up: failures, result, how to get it, reasons, graph', () => {
  const failed = makeLeg('web/linux-amd64', {
    state: 'failed',
    durationMs: 14_000,
    error: { code: 'BUILD_FAILED', message: 'RUN npm ci exited 1', at: { file: 'web/Dockerfile', line: 4 } },
    lastLines: ['npm ```error```'],
  });
  const images = [makeImage('base'), makeImage('web', { state: 'failed', digest: null, platforms: [] })];
  const run = makeRun({ images, legs: [makeLeg('base/linux-amd64'), failed] });
  expect(renderSummary({ plan, run, ...all })).toBe(`### ✗ web/linux-amd64 failed after 14s

**web/Dockerfile:4** RUN npm ci exited 1 <sub>BUILD&#95;FAILED</sub>

\`\`\`\`text
npm \`\`\`error\`\`\`
\`\`\`\`

| image | tags | platforms | size | built by | time | digest |
| --- | --- | --- | --- | --- | --- | --- |
| **base** | base-20261120-a1b2c3d<br>base-latest | amd64 arm64 | 3.2/3.1 MB | ✓ ko | 9.8s | sha256:4f1d4f1d4f1d… |
| **web** | – |  |  | ✗ failed | 9.8s | – |

2 images, 2 legs (1 failed) in 52s. Inspect it: crane manifest 127.0.0.1:5000/shop:base-latest

<details>
<summary>Pull and verify</summary>

\`\`\`sh
docker pull 127.0.0.1:5000/shop@sha256:${'4f1d'.repeat(16)}
crane digest 127.0.0.1:5000/shop:base-20261120-a1b2c3d
# sha256:${'4f1d'.repeat(16)}
\`\`\`

</details>

<details>
<summary>What was decided, and why</summary>

| image | backend | reason | why |
| --- | --- | --- | --- |
| **base** | kaniko | Dockerfile | changed: base/Dockerfile |
| **web** | kaniko | Dockerfile | depends on base |

</details>

#### Dependencies

\`\`\`mermaid
graph LR
  n0["✓ base"]:::built
  n1{{"✗ web"}}:::failed
  n0 --> n1
  classDef built fill:#dafbe1,stroke:#1a7f37,color:#1f2328
  classDef failed fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:3px
\`\`\`

#### Timeline

\`\`\`mermaid
gantt
  dateFormat x
  axisFormat %H:%M:%S
  section linux/amd64
  ✓ base/linux-amd64 4.1s :done, 0, 4100
  ✗ web/linux-amd64 14.0s :crit, active, 0, 14000
\`\`\`

Red marks the critical path: the run gets faster only if these legs get faster.
`);
});

describe('each step tells what it did', () => {
  test('prepare: what each image becomes, and on which machines', () => {
    const unchanged = { digest: `sha256:${'a'.repeat(64)}`, revision: null };
    const there = {
      id: 'base/linux-amd64',
      target: null,
      platform: 'linux/amd64',
      tag: 't',
      needs: [],
    } as const;
    const legs = [{ ...there, needs: [], dependencyTags: {}, unchanged }];
    const [base, web] = [makePlanImage('base', { legs }), makePlanImage('web', { dependsOn: ['base'] })];
    const job = { ...{ id: 'amd64-1', platform: 'linux/amd64' as const, kind: 'node' as const }, needs: [] };
    const jobs = [{ ...job, runner: ['self-hosted', 'big'], legs: ['web/linux-amd64'] }];
    const text = renderSummary({
      plan: makePlan({ images: [base, web], jobs }),
      run: null,
      step: 'prepare',
      redact,
    });
    expect(text).toContain('| **base** | = unchanged | amd64 arm64 | changed: base/Dockerfile |');
    expect(text).toContain('| **web** | build with kaniko |');
    expect(text).toContain(
      '1 image to build, 1 unchanged, compared with 9f3c2aa, the commit before the push.',
    );
    expect(text).toContain('| amd64-1 | self-hosted big | web/linux-amd64 |');
    expect(text).toContain('n0(["= base"]):::unchanged');
    expect(text).not.toContain('digest');
  });

  test('build: its own legs, on its machine', () => {
    const text = renderSummary({ ...shopRun(), step: 'build', job: 'amd64-1', redact });
    expect(text).toContain('| **api/linux-amd64** | ✓ ko |  | 5.8s | 7.1 MB |');
    expect(text).toContain('| **edge/wasm32-wasi** | = unchanged |');
    expect(text).toContain('11 legs built (1 unchanged) on amd64-1 in 57s.');
    expect(text).toContain('gantt');
    expect(text).not.toContain('graph LR');
    expect(text).not.toContain('docker pull');
  });

  test('manifest: every image, without times that nobody here measured', () => {
    const { plan: shop, run } = shopRun();
    const text = renderSummary({ plan: shop, run: run && { ...run, legs: [] }, step: 'manifest', redact });
    expect(text).toContain('| **storefront** |');
    expect(text).toContain('docker pull');
    expect(text).not.toContain('gantt');
  });

  test('nothing to do is one calm line, and the reasons are folded below it', () => {
    const { plan: idle } = idleRun();
    const text = renderSummary({ plan: { ...idle, warnings: ['look'] }, run: null, step: 'prepare', redact });
    expect(text.split('\n')[0]).toBe(
      '**Nothing to do** (compared with 9f3c2aa, the commit before the push).',
    );
    expect(text).toContain('<summary>Why</summary>');
    expect(text).toContain('| docs/example | ignored |');
    expect(text).toMatch(/> \[!WARNING\]\n> look\n$/);
  });
});

test('what fails comes before everything, each cause once, and only so many of them', () => {
  const one = renderSummary({ ...failedRun(), ...all });
  expect(one.split('\n')[0]).toBe('### ✗ web/linux-amd64, web/linux-arm64 failed after 31s');
  expect(one).toContain('Therefore not built: storefront.');
  const legs = Array.from({ length: 30 }, (_, at) => {
    return makeLeg(`i${at}/linux-amd64`, { state: 'failed', lastLines: ['x'.repeat(5000)] });
  });
  const many = renderSummary({ plan, run: makeRun({ legs }), ...all });
  expect(many.match(/^### /gm)?.length).toBe(10);
  expect(many.match(/^- ✗ /gm)?.length).toBe(20);
  expect(many).not.toContain('x'.repeat(500));
});

test('a run of hundreds stays far below what GitHub takes', () => {
  const text = renderSummary({ ...largeRun(900), ...all });
  expect(Buffer.byteLength(text)).toBeLessThan(300_000);
  expect(text).toContain('| … and 400 more |');
  expect(text).toContain('#### Timeline, the 80 legs of 1542 that took longest');
  for (const [, diagram = ''] of text.matchAll(/```mermaid\n([^]*?)\n```/g))
    expect(diagram.length).toBeLessThan(50_000);
});

test('a run that may not publish has nothing to pull', () => {
  const { plan: shop, run } = shopRun();
  const text = renderSummary({ plan: shop, run: run && { ...run, pushed: false }, ...all });
  expect(text).not.toContain('docker pull');
  expect(text).toContain('Nothing was pushed.');
});

test('what must not be told is masked before it is escaped', () => {
  const redactor = createRedactor();
  redactor.add('p_ss*w<rd');
  const repository = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop';
  const error = { code: 'BUILD_FAILED', message: 'login with p_ss*w<rd failed' };
  const failed = makeLeg('web/linux-amd64', { state: 'failed', error, lastLines: ['\x1b[31mp_ss*w<rd'] });
  const run = makeRun({ images: [makeImage('base', { repository })], legs: [failed] });
  const text = renderSummary({ plan, run, step: 'all', redact: redactor.redact });
  expect(text).toContain(
    'login with &#42;&#42;&#42; failed <sub>BUILD&#95;FAILED</sub>\n\n```text\n***\n```',
  );
  expect(text).toContain('crane manifest &#60;ECR-REGISTRY&#62;/shop:base-latest');
  expect(text).toContain('docker pull <ECR-REGISTRY>/shop@sha256:');
  expect(text).not.toContain('123456789012');
});

test('hostile names form no markup and no second line', () => {
  const escaped = escapeMarkdown('<img src=x>|`a`\n[b](c) @all "q"');
  expect(escaped).not.toMatch(/[<>|`[\]@"\n]/);
  expect(escaped).toBe('&#60;img src=x&#62;&#124;&#96;a&#96;&#92;n&#91;b&#93;(c) &#64;all &#34;q&#34;');
});

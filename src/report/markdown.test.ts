import { describe, expect, test } from '@jest/globals';
import { makeImage, makeLeg, makePlan, makePlanImage, makeRun } from '../../test/support/results.ts';
import { createRedactor } from '../system/redact.ts';
import { escapeMarkdown, renderSummary } from './markdown.ts';
import { renderGraph } from './mermaid.ts';

const { redact } = createRedactor();

const plan = makePlan({
  images: [makePlanImage('base'), makePlanImage('web', { dependsOn: ['base'], why: 'depends on base' })],
});

test('a run is summed up: failures, result, reasons, graph', () => {
  const failed = makeLeg('web/linux-amd64', {
    state: 'failed',
    durationMs: 14_000,
    error: { code: 'BUILD_FAILED', message: 'RUN npm ci exited 1', at: { file: 'web/Dockerfile', line: 4 } },
    lastLines: ['npm ```error```'],
  });
  const images = [makeImage('base'), makeImage('web', { state: 'failed', digest: null, platforms: [] })];
  const run = makeRun({ images, legs: [makeLeg('base/linux-amd64'), failed] });
  expect(renderSummary({ plan, run, redact })).toBe(`### ✗ web/linux-amd64 failed after 14s

web/Dockerfile:4 RUN npm ci exited 1

\`\`\`\`text
npm \`\`\`error\`\`\`
\`\`\`\`

| image | tags | platforms | size | built by | time | digest |
| --- | --- | --- | --- | --- | --- | --- |
| **base** | base-20261120-a1b2c3d<br>base-latest | amd64 arm64 | 3.2/3.1 MB | ✓ ko | 9.8s | sha256:4f1d4f1d4f1d… |
| **web** | – |  |  | ✗ failed | 9.8s | – |

2 images, 2 legs (1 failed) in 52s. Look closer: crane manifest 127.0.0.1:5000/shop:base-latest

<details>
<summary>What was decided, and why</summary>

| image | backend | reason | why |
| --- | --- | --- | --- |
| **base** | kaniko | Dockerfile | changed: base/Dockerfile |
| **web** | kaniko | Dockerfile | depends on base |

</details>

\`\`\`mermaid
graph LR
  n0["✓ base"]:::built
  n1{{"✗ web"}}:::failed
  n0 --> n1
  classDef built fill:#dafbe1,stroke:#1a7f37,color:#1f2328
  classDef failed fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:3px
\`\`\`
`);
});

test('before a build it is the plan alone; with nothing to do it says so', () => {
  expect(renderSummary({ plan, run: null, redact })).toContain('n0["base"]:::planned');
  expect(renderSummary({ plan, run: null, redact })).not.toContain('digest');
  const skipped = [{ dir: 'docs/x', reason: 'ignored' }];
  expect(renderSummary({ plan: makePlan({ skipped, warnings: ['look'] }), run: null, redact }))
    .toBe(`Nothing to build.

<details>
<summary>Not in this run</summary>

| image | reason |
| --- | --- |
| docs/x | ignored |

</details>

> [!WARNING]
> look
`);
});

test('what must not be told is masked before it is escaped', () => {
  const redactor = createRedactor();
  redactor.add('p_ss*w<rd');
  const repository = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop';
  const error = { code: 'BUILD_FAILED', message: 'login with p_ss*w<rd failed' };
  const failed = makeLeg('web/linux-amd64', { state: 'failed', error, lastLines: ['\x1b[31mp_ss*w<rd'] });
  const run = makeRun({ images: [makeImage('base', { repository })], legs: [failed] });
  const text = renderSummary({ plan, run, redact: redactor.redact });
  expect(text).toContain('login with &#42;&#42;&#42; failed\n\n```text\n***\n```');
  expect(text).toContain('crane manifest &#60;ECR-REGISTRY&#62;/shop:base-latest');
});

describe('hostile names', () => {
  const name = '<img src=x>|`a`\n[b](c) @all "q"';

  test('form no markup and no second line', () => {
    const escaped = escapeMarkdown(name);
    expect(escaped).not.toMatch(/[<>|`[\]@"\n]/);
    expect(escaped).toBe('&#60;img src=x&#62;&#124;&#96;a&#96;&#92;n&#91;b&#93;(c) &#64;all &#34;q&#34;');
  });

  test('stay inside their node', () => {
    const graph = renderGraph([{ name, dependsOn: ['x"] --> n9'], state: null }]);
    expect(graph.split('\n').slice(1, 3)).toEqual([
      '  n0(["= x#34;#93; --#62; n9"]):::unchanged',
      '  n1["#60;img src#61;x#62;#124;#96;a#96;#92;n#91;b#93;#40;c#41; #64;all #34;q#34;"]:::planned',
    ]);
  });
});

test('no dependencies, or too many images: no graph', () => {
  expect(renderGraph([{ name: 'a', dependsOn: [], state: 'built' }])).toBe('');
  const many = Array.from({ length: 90 }, (_, at) => ({ name: `i${at}`, dependsOn: ['i0'], state: null }));
  expect(renderGraph(many)).toBe('');
});

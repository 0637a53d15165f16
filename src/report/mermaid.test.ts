import { expect, test } from '@jest/globals';
import { makeLeg, makePlan, makePlanImage } from '../../test/support/results.ts';
import { collectNodes } from './graph-nodes.ts';
import { renderGantt } from './mermaid-gantt.ts';
import { renderGraph } from './mermaid.ts';
import { drawTimeline } from './timeline.ts';

const HOSTILE = '<img src=x>|`a`\n[b](c) @all "q"';

test('hostile names stay inside their node, and those outside of the run are there', () => {
  const plan = makePlan({ images: [makePlanImage(HOSTILE, { dependsOn: ['x"] --> n9'] })] });
  expect(renderGraph(collectNodes(plan, null)).split('\n').slice(1, 3)).toEqual([
    '  n0(["= x#34;#93; --#62; n9"]):::unchanged',
    '  n1["#60;img src#61;x#62;#124;#96;a#96;#92;n#91;b#93;#40;c#41; #64;all #34;q#34;"]:::planned',
  ]);
});

test('no dependencies, too many images or too many edges: no graph', () => {
  expect(renderGraph([{ name: 'a', dependsOn: [], state: 'built' }])).toBe('');
  const many = Array.from({ length: 90 }, (_, at) => ({ name: `i${at}`, dependsOn: ['i0'], state: null }));
  expect(renderGraph(many)).toBe('');
  const names = Array.from({ length: 40 }, (_, at) => `i${at}`);
  const dense = names.map((name, at) => ({ name, dependsOn: names.slice(0, at), state: null }));
  expect(renderGraph(dense)).toBe('');
  expect(renderGraph(dense.slice(0, 20))).toContain('n18 --> n19');
});

test('of a large project only what is connected is drawn', () => {
  const images = [makePlanImage('a'), makePlanImage('b', { dependsOn: ['a', 'a'] }), makePlanImage('alone')];
  expect(collectNodes(makePlan({ images }), null).map(({ name }) => name)).toEqual(['a', 'b']);
});

test('in a gantt chart no name is a word of the language, and no bar is without length', () => {
  const ids = ['gantt', 'section x', 'a:b;c#d\ne', 'end'];
  const legs = ids.map((id) => makeLeg(id, { startedAt: 1000, durationMs: 0 }));
  const timeline = drawTimeline(legs);
  expect(timeline && renderGantt(timeline).split('\n').slice(4)).toEqual([
    '  ✓ gantt 0.0s :crit, done, 1000, 1001',
    '  ✓ section x 0.0s :crit, done, 1000, 1001',
    '  ✓ a#58;b#59;c#35;d#92;ne 0.0s :crit, done, 1000, 1001',
    '  ✓ end 0.0s :crit, done, 1000, 1001',
  ]);
});

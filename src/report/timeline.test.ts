import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makeLeg } from '../../test/support/results.ts';
import type { LegResult } from '../domain/result.ts';
import { drawTimeline } from './timeline.ts';

function ran(id: string, from: number, to: number): LegResult {
  return makeLeg(id, { startedAt: 5000 + from, durationMs: to - from });
}

function criticalOf(legs: readonly LegResult[]): readonly string[] {
  const bars = drawTimeline(legs)?.lanes.flatMap((lane) => lane.bars) ?? [];
  return bars.filter(({ critical }) => critical).map(({ leg }) => leg.id);
}

test('legs that never ran have no bar, and none at all is no timeline', () => {
  expect(drawTimeline([makeLeg('a', { startedAt: null })])).toBe(null);
  expect(drawTimeline([])).toBe(null);
  const timeline = drawTimeline([ran('a', 0, 10), makeLeg('b', { startedAt: null })]);
  expect(timeline).toMatchObject({ start: 5000, length: 10, left: 0 });
  expect(timeline?.lanes.flatMap(({ bars }) => bars).map(({ from, to }) => [from, to])).toEqual([[0, 10]]);
});

test('the critical path goes from the last end back over what let each leg begin', () => {
  const legs = [
    ran('base', 0, 10),
    ran('other', 0, 4),
    ran('slot', 4, 6),
    ran('web', 10, 30),
    ran('late', 6, 29),
  ];
  expect(criticalOf(legs)).toEqual(['base', 'web']);
});

test('lanes are platforms, in them legs stand in the order of their start', () => {
  const legs = [ran('b/linux-amd64', 5, 6), ran('a/linux-arm64', 0, 9), ran('c/linux-amd64', 0, 2)];
  expect(drawTimeline(legs)?.lanes.map(({ title, bars }) => [title, bars.map(({ leg }) => leg.id)])).toEqual([
    ['linux/amd64', ['c/linux-amd64', 'b/linux-amd64']],
    ['linux/arm64', ['a/linux-arm64']],
  ]);
});

test('of too many the critical path and what failed stay, then the longest', () => {
  const failed: LegResult = { ...ran('failed', 0, 1), state: 'failed' };
  const short = Array.from({ length: 20 }, (_, at) => ran(`short${at}`, at, at + 1));
  const timeline = drawTimeline([failed, ...short, ran('long', 0, 90), ran('longer', 0, 100)], 3);
  expect(timeline?.lanes.flatMap(({ bars }) => bars).map(({ leg }) => leg.id)).toEqual([
    'failed',
    'long',
    'longer',
  ]);
  expect(timeline?.left).toBe(20);
});

test('whatever ran, every bar lies inside and one path ends it', () => {
  const times = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(times, (all) => {
      const legs = all.map(([from, length], at) => ran(`l${at}`, from, from + length));
      const timeline = drawTimeline(legs);
      const bars = timeline?.lanes.flatMap((lane) => lane.bars) ?? [];
      expect(bars.length).toBe(all.length);
      expect(bars.every(({ from, to }) => from >= 0 && to <= (timeline?.length ?? 0))).toBe(true);
      const path = bars.filter(({ critical }) => critical).sort((a, b) => a.from - b.from || a.to - b.to);
      expect(path.at(-1)?.to).toBe(Math.max(...bars.map(({ to }) => to)));
      for (const [at, bar] of path.entries()) expect(bar.from).toBeGreaterThanOrEqual(path[at - 1]?.to ?? 0);
    }),
  );
});

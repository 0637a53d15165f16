import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { Terminal } from '../../test/support/terminal.ts';
import { createOutput } from '../system/terminal/output.ts';
import { createRedactor } from '../system/terminal/redact.ts';
import type { LegEnd } from './leg-lines.ts';
import { createProgress } from './progress.ts';

function open(ids: readonly string[]) {
  const stderr = new Terminal(null);
  const redactor = createRedactor();
  redactor.add('hunter2hunter2');
  const output = createOutput({ stdout: new Terminal(null), stderr, env: {}, redactor });
  const clock = new ManualClock();
  const folds: [string, number | undefined][] = [];
  const fold = (title: string, since?: number) => {
    folds.push([title, since]);
    output.draw(`<${title}>\n`);
    return () => output.draw('</>\n');
  };
  const legs = ids.map((id) => ({ id, needs: [] }));
  const progress = createProgress({ output, legs, clock, fold });
  return { progress, clock, folds, lines: () => stderr.written.split('\n').slice(0, -1) };
}

function end(id: string, state: LegEnd['state'] = 'built'): LegEnd {
  return { id, state, durationMs: 4100, size: null, emulated: false, because: 'a' };
}

test('a leg alone is shown as it runs, below its name, and its end outside of the fold', () => {
  const { progress, lines } = open(['a']);
  progress.start('a');
  progress.line('a', '2026/11/20 09:30:00 one hunter2hunter2');
  expect(lines()).toEqual(['<a>', 'one ***']);
  progress.finish(end('a'));
  progress.stop();
  expect(lines()).toEqual(['<a>', 'one ***', '</>', '  ✓ a  4.1s']);
});

test('of legs side by side each is one piece; the next goes on live', () => {
  const { progress, lines, clock, folds } = open(['a', 'b', 'c']);
  for (const id of ['a', 'b', 'c']) progress.start(id);
  const began = clock.now();
  clock.pass(1000);
  for (const text of ['1', '2']) for (const id of ['c', 'a', 'b']) progress.line(id, `${id}${text}`);
  progress.finish(end('c'));
  expect(lines()).toEqual(['<a>', 'a1', 'a2']);
  progress.finish(end('a'));
  progress.line('b', 'b3');
  expect(lines()).toEqual([
    ...['<a>', 'a1', 'a2', '</>', '  ✓ a  4.1s'],
    ...['<c>', 'c1', 'c2', '</>', '  ✓ c  4.1s'],
    ...['<b>', 'b1', 'b2', 'b3'],
  ]);
  progress.finish(end('b'));
  expect(lines().slice(-2)).toEqual(['</>', '  ✓ b  4.1s']);
  expect(folds).toEqual(['a', 'c', 'b'].map((id) => [id, began]));
});

test('what fails is told at once, and the leg before it goes on', () => {
  const { progress, lines } = open(['a', 'b']);
  progress.start('a');
  progress.start('b');
  progress.line('b', 'oh no');
  progress.finish(end('b', 'failed'));
  progress.line('a', 'more');
  progress.finish(end('a'));
  expect(lines()).toEqual([
    ...['<a>', '</>', '<b>', 'oh no', '</>', '  ✗ b  failed after 4s'],
    ...['<a, continued>', 'more', '</>', '  ✓ a  4.1s'],
  ]);
});

test('a leg that never ran has no fold', () => {
  const { progress, lines } = open(['a', 'b']);
  progress.finish(end('c', 'unchanged'));
  progress.start('a');
  progress.finish(end('b', 'skipped'));
  progress.finish(end('a', 'failed'));
  expect(lines()).toEqual([
    '  ✓ c  4.1s   unchanged',
    ...['<a>', '</>', '  ✗ a  failed after 4s', '  – b  not built, a failed'],
  ]);
});

test('of a leg that waits and does not stop printing the end is kept', () => {
  const { progress, lines } = open(['a', 'b']);
  progress.start('a');
  progress.start('b');
  for (let at = 0; at < 5003; at += 1) progress.line('b', `b${at}`);
  progress.finish(end('a'));
  expect(lines().slice(3, 6)).toEqual(['<b>', '… 3 lines before', 'b3']);
  expect(lines().at(-1)).toBe('b5002');
});

type Move = readonly [leg: number, say: boolean, fails: boolean];

/** Each move is the next legal one of its leg: it starts, says something, ends. Gives back what was said. */
function play({ progress }: ReturnType<typeof open>, moves: readonly Move[]): readonly string[] {
  const running = new Map<number, boolean>();
  const said: string[] = [];
  function move(leg: number, say: boolean, state: LegEnd['state']): void {
    if (say) said.push(`${leg}: ${said.length}`);
    if (say) progress.line(`${leg}`, said.at(-1) ?? '');
    else progress.finish(end(`${leg}`, state));
    running.set(leg, say);
  }
  for (const [leg, say, fails] of moves) {
    if (!running.has(leg)) progress.start(`${leg}`);
    else if (running.get(leg)) move(leg, say, fails ? 'failed' : 'built');
    if (!running.has(leg)) running.set(leg, true);
  }
  for (const [leg, runs] of running) if (runs) progress.finish(end(`${leg}`));
  progress.stop();
  return said;
}

/** The fold that each line is in: its number, or nothing. */
function placeLines(lines: readonly string[]): readonly (readonly [string, string])[] {
  let inside = '';
  return lines.map((line) => {
    const place = inside;
    inside = /^<(\d)/.exec(line)?.[1] ?? (line === '</>' ? '' : inside);
    return [line, place];
  });
}

test('whatever runs side by side, no line is lost, no fold is in another, and all are closed', () => {
  const moves = fc.array(fc.tuple(fc.nat(4), fc.boolean(), fc.boolean()), { maxLength: 80 });
  fc.assert(
    fc.property(moves, (all) => {
      const opened = open(['0', '1', '2', '3', '4']);
      const said = play(opened, all);
      const placed = placeLines([...opened.lines(), 'after all']);
      const lines = placed.filter(([line]) => /^\d:/.test(line));
      expect(lines.map(([line]) => line).toSorted()).toEqual(said.toSorted());
      expect(lines.every(([line, place]) => line[0] === place)).toBe(true);
      const outside = placed.filter(([line]) => /^<\d| [✓✗] |^after all/.test(line));
      expect(outside.every(([, place]) => place === '')).toBe(true);
      expect(outside.filter(([line]) => / [✓✗] /.test(line)).length).toBe(
        new Set(all.map(([leg]) => leg)).size,
      );
    }),
  );
});

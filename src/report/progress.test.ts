import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { Terminal, type Size } from '../../test/support/terminal.ts';
import { createOutput } from '../system/terminal/output.ts';
import { createRedactor } from '../system/terminal/redact.ts';
import { createProgress } from './progress.ts';
import type { LegEnd, Progress } from './leg-lines.ts';

const LEGS: { id: string; needs: string[] }[] = [
  { id: 'base/linux-amd64', needs: [] },
  { id: 'base/linux-arm64', needs: [] },
  { id: 'web/linux-amd64', needs: ['base/linux-amd64'] },
];

function open(size: Size | null, legs = LEGS, signal?: AbortSignal) {
  const stdout = new Terminal(null);
  const stderr = new Terminal(size);
  const clock = new ManualClock();
  const redactor = createRedactor();
  redactor.add('hunter2hunter2');
  const env = { NO_COLOR: '1' };
  const output = createOutput({ stdout, stderr, env, redactor });
  const progress: Progress = createProgress({ output, legs, clock, signal });
  return { stdout, stderr, clock, output, progress };
}

function end(id: string, changes: Partial<LegEnd> = {}): LegEnd {
  return {
    id,
    state: 'built',
    durationMs: 4100,
    size: 3_200_000,
    emulated: false,
    because: null,
    ...changes,
  };
}

describe('on a terminal', () => {
  test('running legs show their time and last line, waiting ones what they wait for, finished ones go above', () => {
    const { stderr, clock, progress } = open({ columns: 60, rows: 24 });
    progress.start('base/linux-amd64');
    progress.line('base/linux-amd64', 'go: downloading\tx');
    progress.line('base/linux-amd64', '');
    clock.pass(12_000);
    expect(stderr.seen()).toEqual([
      '  ⠋ base/linux-amd64  12s    go: downloading x',
      '  · base/linux-arm64         waiting for a slot',
      '  · web/linux-amd64          waiting for base/linux-amd64',
    ]);
    progress.finish(end('base/linux-amd64', { emulated: true }));
    clock.pass(100);
    expect(stderr.seen()).toEqual([
      '  ✓ base/linux-amd64  4.1s   3.2 MB   emulated',
      '  · base/linux-arm64         waiting for a slot',
      '  · web/linux-amd64          waiting for a slot',
    ]);
    progress.stop();
    expect(stderr.seen()).toEqual(['  ✓ base/linux-amd64  4.1s   3.2 MB   emulated']);
  });

  test('every end has its words', () => {
    const { stderr, progress } = open({ columns: 80, rows: 24 });
    progress.finish(end('base/linux-amd64', { state: 'failed', durationMs: 14_200 }));
    progress.finish(end('web/linux-amd64', { state: 'skipped', because: 'base/linux-amd64' }));
    progress.finish(end('base/linux-arm64', { state: 'unchanged', durationMs: 90, size: null }));
    progress.stop();
    expect(stderr.seen()).toEqual([
      '  ✗ base/linux-amd64  failed after 14s',
      '  – web/linux-amd64   not built, base/linux-amd64 failed',
      '  ✓ base/linux-arm64  0.1s   unchanged',
    ]);
  });

  test('what a tool prints is redacted, cannot steer, and is cut by the columns it takes', () => {
    const { stderr, clock, progress } = open({ columns: 40, rows: 24 });
    progress.start('base/linux-amd64');
    progress.line('base/linux-amd64', '\x1b[2J\x1b[1Ahunter2hunter2 日本語日本語日本語');
    clock.pass(1000);
    expect(stderr.seen()[0]).toBe('  ⠋ base/linux-amd64  1s     *** 日本…');
  });

  test('only lines that changed are written, ten times a second', () => {
    const { stderr, clock, progress } = open({ columns: 60, rows: 24 });
    clock.pass(1000);
    const still = stderr.written;
    clock.pass(10_000);
    expect(stderr.written).toBe(still);
    progress.start('base/linux-arm64');
    clock.pass(100);
    expect(stderr.written.slice(still.length)).toBe(
      '\r\x1b[3A\r\x1b[2K  ⠙ base/linux-arm64  0s\n\r\x1b[2K  · base/linux-amd64         waiting for a slot\n\n',
    );
  });

  test('takes no more lines than the screen has', () => {
    const legs = Array.from({ length: 50 }, (_, at) => ({ id: `leg${at}`, needs: [] }));
    const { stderr, clock, progress, output } = open({ columns: 60, rows: 5 }, legs);
    output.info('before');
    progress.start('leg49');
    clock.pass(200);
    expect(stderr.seen()).toEqual([
      'before',
      '  ⠹ leg49  0s',
      '  · leg0          waiting for a slot',
      '  · leg1          waiting for a slot',
      '  … and 47 more',
    ]);
  });

  test('printed lines stand above it, also in a flood', () => {
    const { stderr, clock, output, progress } = open({ columns: 60, rows: 24 });
    for (let line = 0; line < 100; line++) output.info(`line ${line}`);
    const redraws = stderr.written.split('web/linux-amd64').length - 1;
    expect(redraws).toBe(1);
    clock.pass(100);
    expect(stderr.seen()).toHaveLength(103);
    expect(stderr.seen().at(99)).toBe('line 99');
    expect(stderr.seen().at(-1)).toContain('web/linux-amd64');
    progress.stop();
    expect(stderr.seen()).toHaveLength(100);
  });

  test('a terminal that gets narrower leaves nothing behind', () => {
    const { stderr, clock, progress } = open({ columns: 60, rows: 24 });
    progress.start('base/linux-amd64');
    progress.line('base/linux-amd64', 'a line that is rather long, all in all');
    clock.pass(1000);
    stderr.resize({ columns: 30, rows: 24 });
    expect(stderr.seen()).toEqual([
      '  ⠋ base/linux-amd64  1s    …',
      '  · base/linux-arm64        …',
      '  · web/linux-amd64         …',
    ]);
    progress.stop();
    expect(stderr.seen()).toEqual([]);
  });

  test('gives the terminal back, once', () => {
    const { stderr, clock, progress } = open({ columns: 60, rows: 24 });
    expect(stderr.cursorShown).toBe(false);
    progress.stop();
    progress.stop();
    expect(stderr.cursorShown).toBe(true);
    expect(clock.running).toBe(0);
    expect(stderr.listenerCount('resize')).toBe(0);
    expect(stderr.written.split('\x1b[?25h')).toHaveLength(2);
  });

  test('gives it back at once when the run is interrupted, and tells the ends all the same', () => {
    const interrupt = new AbortController();
    const { stderr, progress } = open({ columns: 60, rows: 24 }, LEGS, interrupt.signal);
    interrupt.abort();
    expect(stderr.cursorShown).toBe(true);
    expect(stderr.seen()).toEqual([]);
    progress.finish(end('base/linux-amd64', { state: 'cancelled' }));
    expect(stderr.seen()).toEqual(['  – base/linux-amd64  cancelled']);
  });
});

test('without a terminal: the children in lines, one line at start and end, nothing on standard output', () => {
  const { stdout, stderr, progress } = open(null);
  progress.start('base/linux-amd64');
  progress.line('base/linux-amd64', 'compiling');
  progress.finish(end('base/linux-amd64'));
  progress.finish(end('base/linux-arm64', { state: 'cancelled' }));
  progress.stop();
  expect(stdout.written).toBe('');
  expect(stderr.written).toBe(
    [
      '[base/linux-amd64] started',
      '[base/linux-amd64] compiling',
      '[base/linux-amd64] ✓ 4.1s   3.2 MB',
      '[base/linux-arm64] – cancelled',
      '',
    ].join('\n'),
  );
});

test('the time that a tool puts before each line is left out', () => {
  const { stderr, progress } = open(null);
  progress.line('api/linux-amd64', '2026/11/20 22:14:20 Building example.com/api');
  progress.line('api/linux-amd64', 'released 2026/11/20 22:14:20');
  expect(stderr.written).toBe(
    '[api/linux-amd64] Building example.com/api\n[api/linux-amd64] released 2026/11/20 22:14:20\n',
  );
});

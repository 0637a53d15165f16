import type { Clock } from '../system/clock.ts';
import type { Output } from '../system/terminal/output.ts';
import { displayWidth, truncateWidth } from '../system/terminal/width.ts';

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_LINE = '\r\x1b[2K';
const CLEAR_BELOW = '\r\x1b[J';

/** Ten updates a second look smooth and cost little. */
const REDRAW_MS = 100;

export interface Room {
  readonly columns: number;
  readonly rows: number;
}

export interface LiveOptions {
  readonly output: Output;
  readonly clock: Clock;
  /** The current lines; lines that do not fit are cut. */
  readonly compose: (room: Room) => readonly string[];
}

/** Lines at the bottom of the terminal that are redrawn, below all printed lines. The returned function removes them. */
export function openLiveArea({ output, clock, compose }: LiveOptions): () => void {
  let shown: readonly string[] = [];
  let drawnAt = -Infinity;

  function columns(): number {
    return output.stderr.columns() ?? 80;
  }
  function draw(): void {
    drawnAt = clock.now();
    // One column stays free, as some terminals wrap after the last column; one row stays free for the cursor.
    const room = { columns: columns() - 1, rows: (output.stderr.rows() ?? 24) - 1 };
    const fitting = compose(room).slice(0, Math.max(0, room.rows));
    const lines = fitting.map((line) => truncateWidth(line, room.columns));
    output.draw(renderChange(shown, lines));
    shown = lines;
  }
  function hide(): void {
    if (shown.length > 0) output.draw(goUp(heightAt(shown, columns())) + CLEAR_BELOW);
    shown = [];
  }
  /** Redraws right after printed lines, but not more often than the display ticks if many lines are printed. */
  function show(): void {
    if (clock.now() - drawnAt >= REDRAW_MS) draw();
  }
  /** Lines that were drawn for a wider terminal may have wrapped, so the rows that they now fill are cleared. */
  function resize(): void {
    hide();
    draw();
  }

  const forgetResize = output.stderr.onResize(resize);
  const stopTicks = clock.every(REDRAW_MS, draw);
  output.setLive({ hide, show, restore: () => output.draw(SHOW_CURSOR) });
  output.draw(HIDE_CURSOR);
  draw();
  return () => {
    stopTicks();
    forgetResize();
    hide();
    output.setLive(null);
    output.draw(SHOW_CURSOR);
  };
}

function renderChange(before: readonly string[], after: readonly string[]): string {
  if (before.length === after.length && before.every((line, at) => line === after[at])) return '';
  const lines = after.map((line, at) => (line === before[at] ? '\n' : `${CLEAR_LINE}${line}\n`));
  return goUp(before.length) + lines.join('') + (after.length < before.length ? CLEAR_BELOW : '');
}

function goUp(rows: number): string {
  return rows > 0 ? `\r\x1b[${rows}A` : '';
}

function heightAt(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
}

import type { LiveArea, Output } from '../system/output.ts';
import { displayWidth, truncateWidth } from '../system/width.ts';

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_LINE = '\r\x1b[2K';
const CLEAR_BELOW = '\r\x1b[J';

export interface Room {
  readonly columns: number;
  readonly rows: number;
}

export interface LiveLines extends LiveArea {
  /** Brings what stands there to these lines, writing only those that differ. */
  draw(): void;
  close(): void;
}

/** Lines at the foot of the terminal that are drawn over, below everything that was printed. */
export function openLiveArea(output: Output, compose: (room: Room) => readonly string[]): LiveLines {
  let shown: readonly string[] = [];
  const forgetResize = output.stderr.onResize(redraw);

  function room(): Room {
    return { columns: output.stderr.columns() ?? 80, rows: output.stderr.rows() ?? 24 };
  }
  function draw(): void {
    const { columns, rows } = room();
    // One column stays free, for terminals that wrap when the last is written; one row, for the cursor.
    const fitting = compose({ columns: columns - 1, rows: rows - 1 });
    const lines = fitting.slice(0, rows - 1).map((line) => truncateWidth(line, columns - 1));
    output.draw(frame(shown, lines));
    shown = lines;
  }
  function hide(): void {
    output.draw(up(heightAt(shown, room().columns)) + CLEAR_BELOW);
    shown = [];
  }
  /** Lines that were drawn for a wider terminal have wrapped: they take more rows now. */
  function redraw(): void {
    hide();
    draw();
  }
  function close(): void {
    forgetResize();
    hide();
    output.setLive(null);
    output.draw(SHOW_CURSOR);
  }

  const area = { draw, hide, close, show: draw, restore: () => output.draw(SHOW_CURSOR) };
  output.setLive(area);
  output.draw(HIDE_CURSOR);
  return area;
}

function frame(before: readonly string[], after: readonly string[]): string {
  if (before.length === after.length && before.every((line, at) => line === after[at])) return '';
  const lines = after.map((line, at) => (line === before[at] ? '\n' : `${CLEAR_LINE}${line}\n`));
  return up(before.length) + lines.join('') + (after.length < before.length ? CLEAR_BELOW : '');
}

function up(rows: number): string {
  return rows > 0 ? `\r\x1b[${rows}A` : '';
}

function heightAt(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
}

import type { LegResult } from '../domain/result.ts';
import { padWidth } from '../system/terminal/width.ts';
import { formatDuration, formatSeconds, formatSizes } from './measures.ts';
import type { Room } from './live-area.ts';
import type { Style } from './style.ts';

/** The result of a leg that has ended. */
export type LegEnd = Pick<LegResult, 'id' | 'state' | 'durationMs' | 'size' | 'emulated' | 'because'>;

/** Shows the progress of running legs. */
export interface Progress {
  start(id: string): void;
  /** A line that the leg's tool printed. */
  line(id: string, text: string): void;
  finish(end: LegEnd): void;
  /** Removes the display and restores the terminal; safe to call twice. */
  stop(): void;
}

/** A leg that has not ended yet. */
export interface OpenLeg {
  readonly id: string;
  readonly needs: readonly string[];
  /** Null while the leg waits. */
  readonly startedAt: number | null;
  readonly lastLine: string;
}

export interface Frame {
  readonly room: Room;
  readonly now: number;
  readonly style: Style;
  /** Columns of the longest id. */
  readonly idWidth: number;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SPIN_MS = 100;
const TIME_WIDTH = 7;

/** `✓ 4.1s  3.2 MB`, `✗ failed after 14s`, `– not built, base/linux-amd64 failed`. */
export function describeEnd(end: LegEnd, style: Style): string {
  switch (end.state) {
    case 'built':
      return `${style.green('✓')} ${describeBuilt(end)}`;
    case 'unchanged':
      return `${style.green('✓')} ${formatDuration(end.durationMs).padEnd(TIME_WIDTH)}unchanged`;
    case 'failed':
      return `${style.red('✗')} failed after ${formatSeconds(end.durationMs)}`;
    case 'skipped':
      return `${style.yellow('–')} not built, ${end.because ?? 'a leg it needs'} failed`;
    case 'cancelled':
      return `${style.yellow('–')} cancelled`;
  }
}

function describeBuilt(end: LegEnd): string {
  const size = end.size === null ? '' : formatSizes([end.size]);
  const time = formatDuration(end.durationMs).padEnd(TIME_WIDTH);
  return `${time}${size.padEnd(9)}${end.emulated ? 'emulated' : ''}`.trimEnd();
}

/** Like `describeEnd`, with the id between mark and text, as in the live lines. */
export function renderEnd(end: LegEnd, { style, idWidth }: Pick<Frame, 'style' | 'idWidth'>): string {
  const [mark = '', ...text] = describeEnd(end, style).split(' ');
  return `  ${mark} ${padWidth(end.id, idWidth)}  ${text.join(' ')}`;
}

/** The legs that have not ended, running legs first, cut to the rows of the display. */
export function renderOpenLegs(open: readonly OpenLeg[], frame: Frame): string[] {
  const running = open.filter(({ startedAt }) => startedAt !== null);
  const waiting = open.filter(({ startedAt }) => startedAt === null);
  const pending = new Set(open.map(({ id }) => id));
  const lines = [
    ...running.map((leg) => renderRunning(leg, frame)),
    ...waiting.map((leg) => renderWaiting(leg, pending, frame)),
  ];
  if (lines.length <= frame.room.rows) return lines;
  const kept = Math.max(0, frame.room.rows - 1);
  return [...lines.slice(0, kept), frame.style.dim(`  … and ${lines.length - kept} more`)];
}

function renderRunning(leg: OpenLeg, { now, idWidth }: Frame): string {
  const elapsed = Math.max(0, now - (leg.startedAt ?? now));
  const spin = SPINNER[Math.floor(now / SPIN_MS) % SPINNER.length] ?? '';
  const time = formatSeconds(elapsed).padEnd(TIME_WIDTH);
  return `  ${spin} ${padWidth(leg.id, idWidth)}  ${time}${leg.lastLine}`.trimEnd();
}

function renderWaiting(leg: OpenLeg, pending: ReadonlySet<string>, { style, idWidth }: Frame): string {
  const needs = leg.needs.filter((id) => pending.has(id));
  const more = needs.length > 1 ? ` and ${needs.length - 1} more` : '';
  const reason = needs[0] === undefined ? 'a slot' : `${needs[0]}${more}`;
  return style.dim(`  · ${padWidth(leg.id, idWidth)}  ${' '.repeat(TIME_WIDTH)}waiting for ${reason}`);
}

/** Removes the time that Go programs print before each line, which only takes up space here. */
export function dropTime(line: string): string {
  return line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, '');
}

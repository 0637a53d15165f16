import type { Clock } from '../system/clock.ts';
import type { Output } from '../system/terminal/output.ts';
import { dropTime, type LegEnd, type Progress, renderEnd } from './leg-lines.ts';
import { createStyle } from './style.ts';

/** Starts a collapsible group in the log; the returned function ends it. `since`: the start time that is shown. */
export type Fold = (title: string, since?: number) => () => void;

export interface FoldedOptions {
  readonly output: Output;
  readonly fold: Fold;
  readonly clock: Clock;
  /** Columns of the longest id. */
  readonly idWidth: number;
}

/** A leg whose lines are held back until it can be shown. */
interface Held {
  readonly id: string;
  readonly since: number;
  readonly lines: string[];
  dropped: number;
}

/** The most lines to hold back for one leg; its complete output is in `.hephy/logs`. */
const MOST_HELD = 5_000;

function hold(id: string, since: number): Held {
  return { id, since, lines: [], dropped: 0 };
}

/**
 * For the log of a CI job, where collapsible groups cannot overlap. One leg is shown as it runs, and the lines of the legs
 * that run at the same time wait, so that each leg's output is one group. The result of a leg is outside of the groups,
 * and a failed leg is shown at once.
 */
export function createFolded(options: FoldedOptions): Progress {
  const { output, clock } = options;
  const { show, conclude } = openWriter(options);
  const held = new Map<string, Held>();
  let front: Front | null = null;
  /** Legs that ended while another leg was in front. */
  const ended: (readonly [Held | undefined, LegEnd])[] = [];

  function bringForward(leg: Held): void {
    held.delete(leg.id);
    front = { id: leg.id, close: show(leg, leg.id) };
  }
  function stop(): void {
    front?.close?.();
    front = null;
    for (const [leg, end] of ended.splice(0)) conclude(end, leg);
  }
  function finish(end: LegEnd): void {
    const leg = held.get(end.id);
    held.delete(end.id);
    const other = front !== null && front.id !== end.id ? front : undefined;
    if (other && end.state !== 'failed') return void ended.push([leg, end]);
    front?.close?.();
    conclude(end, leg);
    // The leg in front continues below, in a new group that opens with its next line.
    front = other ? { id: other.id } : null;
    if (other) return;
    stop();
    const [next] = held.values();
    if (next) bringForward(next);
  }
  function line(id: string, text: string): void {
    const leg = held.get(id);
    if (leg) return keepLine(leg, text);
    if (front?.id === id) front.close ??= show(hold(id, clock.now()), `${id}, continued`);
    output.info(text);
  }

  return {
    start: (id) => {
      const leg = hold(id, clock.now());
      if (front === null) bringForward(leg);
      else held.set(id, leg);
    },
    line: (id, text) => line(id, dropTime(text)),
    finish,
    stop,
  };
}

/** The leg that is shown as it runs; without `close` its group is not open yet. */
interface Front {
  readonly id: string;
  close?: () => void;
}

function keepLine(leg: Held, line: string): void {
  leg.lines.push(line);
  if (leg.lines.length <= MOST_HELD) return;
  leg.lines.shift();
  leg.dropped += 1;
}

interface Writer {
  /** Opens the leg's group with the lines that waited. The returned function closes it. */
  show(leg: Held, title: string): () => void;
  /** Prints the result of the leg, after its lines if they waited until now. */
  conclude(end: LegEnd, leg?: Held): void;
}

function openWriter({ output, fold, idWidth }: FoldedOptions): Writer {
  const style = createStyle(output.stderr.colours);
  function show(leg: Held, title: string): () => void {
    const close = fold(title, leg.since);
    if (leg.dropped > 0) output.info(`… ${leg.dropped} lines before`);
    for (const line of leg.lines) output.info(line);
    return close;
  }
  return {
    show,
    conclude: (end, leg) => {
      if (leg) show(leg, leg.id)();
      output.info(renderEnd(end, { style, idWidth }));
    },
  };
}

import { systemClock, type Clock } from '../system/clock.ts';
import type { Output } from '../system/output.ts';
import { displayWidth } from '../system/width.ts';
import { describeEnd, renderEnd, renderOpenLegs, type LegEnd, type OpenLeg } from './leg-lines.ts';
import { openLiveArea } from './live-area.ts';
import { createStyle } from './style.ts';

/** What is told while legs run. */
export interface Progress {
  start(id: string): void;
  /** A line that the leg's tool printed. */
  line(id: string, text: string): void;
  finish(end: LegEnd): void;
  /** Takes the display down and gives the terminal back; safe to call twice. */
  stop(): void;
}

export interface ProgressOptions {
  readonly output: Output;
  readonly legs: readonly { readonly id: string; readonly needs: readonly string[] }[];
  readonly clock?: Clock;
  /** An interrupted run takes the display down at once: a second Ctrl-C ends the process without asking anyone. */
  readonly signal?: AbortSignal;
}

/**
 * On a terminal a display that is drawn over; elsewhere the children's lines, prefixed, with one line at the start and
 * the end of each leg. Both on standard error, with `--json` too: standard output then holds the one result at the end.
 */
export function createProgress(options: ProgressOptions): Progress {
  return options.output.stderr.interactive ? createLive(options) : createPlain(options.output);
}

function createPlain(output: Output): Progress {
  const style = createStyle(output.stderr.colours);
  function say(id: string, text: string): void {
    output.prefixed(id)(text);
  }
  return {
    start: (id) => say(id, 'started'),
    line: (id, text) => say(id, dropTime(text)),
    finish: (end) => say(end.id, describeEnd(end, style)),
    stop: () => undefined,
  };
}

function createLive({ output, legs, clock = systemClock, signal }: ProgressOptions): Progress {
  const style = createStyle(output.stderr.colours);
  const idWidth = Math.max(0, ...legs.map(({ id }) => displayWidth(id)));
  const open = new Map<string, OpenLeg>();
  for (const { id, needs } of legs) open.set(id, { id, needs, startedAt: null, lastLine: '' });

  const close = openLiveArea({
    output,
    clock,
    compose: (room) => {
      const shown = [...open.values()].map((leg) => ({ ...leg, lastLine: tidy(leg.lastLine) }));
      return renderOpenLegs(shown, { room, now: clock.now(), style, idWidth });
    },
  });
  let stopped = false;

  function tidy(line: string): string {
    return output.clean(dropTime(line)).replaceAll('\t', ' ').trim();
  }
  function change(id: string, changes: Partial<OpenLeg>): void {
    const leg = open.get(id);
    if (leg) open.set(id, { ...leg, ...changes });
  }
  function finish(end: LegEnd): void {
    open.delete(end.id);
    output.info(renderEnd(end, { style, idWidth }));
  }
  function stop(): void {
    if (stopped) return;
    stopped = true;
    signal?.removeEventListener('abort', stop);
    close();
  }

  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop);

  return {
    start: (id) => change(id, { startedAt: clock.now() }),
    line: (id, text) => {
      if (text.trim() !== '') change(id, { lastLine: text });
    },
    finish,
    stop,
  };
}

/** The time that programs in Go put before their lines: it says nothing here, and leaves less room for what does. */
function dropTime(line: string): string {
  return line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, '');
}

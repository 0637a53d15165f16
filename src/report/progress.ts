import { systemClock, type Clock } from '../system/clock.ts';
import type { Output } from '../system/terminal/output.ts';
import { displayWidth } from '../system/terminal/width.ts';
import { createFolded, type Fold } from './folded-progress.ts';
import {
  describeEnd,
  dropTime,
  renderEnd,
  renderOpenLegs,
  type LegEnd,
  type OpenLeg,
  type Progress,
} from './leg-lines.ts';
import { openLiveArea } from './live-area.ts';
import { createStyle } from './style.ts';

export interface ProgressOptions {
  readonly output: Output;
  readonly legs: readonly { readonly id: string; readonly needs: readonly string[] }[];
  readonly clock?: Clock;
  /** An interrupt removes the display at once, because a second Ctrl-C ends the process without any cleanup. */
  readonly signal?: AbortSignal;
  /** Set if the log supports collapsible groups: on CI platforms. */
  readonly fold?: Fold | undefined;
}

/**
 * On a terminal a display that is redrawn; on a CI platform one collapsible group for each leg; elsewhere prefixed lines
 * of the tools, with one line at the start and the end of each leg. Always on standard error, because with `--json`
 * standard output contains only the result.
 */
export function createProgress(options: ProgressOptions): Progress {
  const { output, legs, fold, clock = systemClock } = options;
  if (output.stderr.interactive) return createLive(options);
  return fold ? createFolded({ output, fold, clock, idWidth: widthOf(legs) }) : createPlain(output);
}

function widthOf(legs: ProgressOptions['legs']): number {
  return legs.reduce((most, { id }) => Math.max(most, displayWidth(id)), 0);
}

function createPlain(output: Output): Progress {
  const style = createStyle(output.stderr.colours);
  function print(id: string, text: string): void {
    output.prefixed(id)(text);
  }
  return {
    start: (id) => print(id, 'started'),
    line: (id, text) => print(id, dropTime(text)),
    finish: (end) => print(end.id, describeEnd(end, style)),
    stop: () => undefined,
  };
}

function createLive({ output, legs, clock = systemClock, signal }: ProgressOptions): Progress {
  const style = createStyle(output.stderr.colours);
  const idWidth = widthOf(legs);
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

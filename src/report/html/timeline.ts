import type { RunResult } from '../../domain/result.ts';
import { formatDuration, formatSeconds } from '../measures.ts';
import { MARKS, STATE_WORDS } from '../outcome.ts';
import { drawTimeline, type Bar, type Timeline } from '../timeline.ts';
import { range } from './graph-layers.ts';
import { type Html, NOTHING, type Tag } from './html.ts';
import { section } from './section.ts';

/** More than in the Markdown diagram, as a page has more room. */
const MOST_BARS = 200;
/** With more bars the timeline is folded, so that the sections below stay in reach. */
const OPEN_BARS = 40;

/** When each leg ran, and which legs determined the duration of the run. */
export function renderTimeline(html: Tag, run: RunResult | null): Html {
  const timeline = run && drawTimeline(run.legs, MOST_BARS);
  if (!timeline) return NOTHING;
  const left = timeline.left === 0 ? '' : ` ${timeline.left} shorter legs are left out.`;
  const lanes = timeline.lanes.map(
    ({ title, bars }) =>
      html`<div class="lane">
        <h3>${title}</h3>
        <ol class="bars">
          ${bars.map((bar) => renderBar(html, bar, timeline))}
        </ol>
      </div>`,
  );
  const content = html`<p class="soft">
      Bold and ◆ mark the critical path: the run gets faster only if these legs get faster.${left}
    </p>
    <div class="axis" aria-hidden="true">
      <span></span><svg>${renderTicks(html, timeline)}</svg><span></span>
    </div>
    ${lanes}`;
  const bars = timeline.lanes.reduce((sum, lane) => sum + lane.bars.length, 0);
  return section(html, { title: 'Timeline', content, folded: bars > OPEN_BARS });
}

function renderBar(html: Tag, { leg, from, to, critical }: Bar, { length }: Timeline): Html {
  const percent = (ms: number): number => (ms / length) * 100;
  const kind = critical ? `${leg.state} critical` : leg.state;
  const mark = critical ? '◆' : leg.state === 'built' ? '' : MARKS[leg.state];
  const spoken = `${STATE_WORDS[leg.state]}${critical ? ', on the critical path' : ''}`;
  return html`<li class="${kind}">
    <span class="name" title="${leg.id}">${leg.id}</span
    ><svg aria-hidden="true">
      <rect class="rail" width="100%" height="100%" rx="3" />
      <rect
        class="bar"
        x="${percent(from)}%"
        width="${Math.max(percent(to - from), 0.4)}%"
        height="100%"
        rx="3"
      /></svg
    ><span class="time"
      ><span aria-hidden="true">${mark}</span> ${formatDuration(leg.durationMs)}<span class="seen">
        ${spoken}</span
      ></span
    >
  </li> `;
}

const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((seconds) => seconds * 1000);

/** Ticks at round times, about six at most. */
function renderTicks(html: Tag, { length }: Timeline): Html {
  const step = STEPS_MS.find((one) => length / one <= 6) ?? Math.ceil(length / 6);
  const ticks = range(0, Math.floor(length / step) + 1).map((at) => {
    const anchor = at === 0 ? 'start' : 'middle';
    return html`<text x="${((at * step) / length) * 100}%" y="12" text-anchor="${anchor}"
      >${formatSeconds(at * step)}</text
    >`;
  });
  return html`${ticks}`;
}

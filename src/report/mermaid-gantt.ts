import { formatDuration } from './measures.ts';
import { escapeLabel } from './mermaid-text.ts';
import { MARKS } from './outcome.ts';
import type { Bar, Timeline } from './timeline.ts';

/** The legs as a Mermaid gantt chart, in the reader's time zone. https://mermaid.js.org/syntax/gantt.html */
export function renderGantt({ start, lanes }: Timeline): string {
  const lines = lanes.flatMap(({ title, bars }) => [
    `  section ${escapeLabel(title)}`,
    ...bars.map((bar) => renderBar(bar, start)),
  ]);
  return ['gantt', '  dateFormat x', '  axisFormat %H:%M:%S', ...lines].join('\n');
}

/** The mark comes first, so that no name can be read as a Mermaid keyword. */
function renderBar({ leg, from, to, critical }: Bar, start: number): string {
  const tags = [...(critical ? ['crit'] : []), ...(leg.state === 'built' ? ['done'] : ['active'])];
  const label = `${MARKS[leg.state]} ${escapeLabel(leg.id)} ${formatDuration(leg.durationMs)}`;
  return `  ${label} :${tags.join(', ')}, ${start + from}, ${start + Math.max(to, from + 1)}`;
}

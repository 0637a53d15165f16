import type { RunResult } from '../../domain/result.ts';
import { formatPosition } from '../../errors.ts';
import { truncateWidth } from '../../system/terminal/width.ts';
import { findFailures, type Failure } from '../failures.ts';
import { type Html, NOTHING, type Tag } from './html.ts';

const LONGEST_LINE = 1000;

/** The first part of the page: each failure, the last lines of its tool, and how to fix it. */
export function renderFailures(html: Tag, run: RunResult | null): Html {
  if (run === null) return NOTHING;
  return html`${findFailures(run).map((failure) => renderFailure(html, failure))}`;
}

function renderFailure(html: Tag, failure: Failure): Html {
  const { at, message, hint, code } = failure.problem;
  const place = at === undefined ? NOTHING : html`<code>${formatPosition(at)}</code> `;
  const lines = failure.lastLines.map((line) => truncateWidth(line, LONGEST_LINE)).join('\n');
  return html`<article class="failure">
    <p class="soft code">${code}</p>
    <h2><span aria-hidden="true">✗ </span>${failure.title}</h2>
    <p class="message">${place}${message}</p>
    ${lines === '' ? NOTHING : html`<pre tabindex="0" aria-label="The last lines">${lines}</pre>`}
    ${hint === undefined ? NOTHING : html`<p class="hint message">${hint}</p>`}
    ${failure.tags.map((line) => html`<p>${line}</p>`)}
    ${failure.logs.length === 0 ? NOTHING : html`<p class="soft">Full log: ${failure.logs.join(', ')}</p>`}
    ${failure.stopped.length === 0 ? NOTHING : html`<p>Therefore not built: ${failure.stopped.join(', ')}.</p>`}
  </article> `;
}

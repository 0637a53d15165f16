import type { Problem } from '../../domain/result.ts';
import { formatPosition } from '../../errors.ts';
import { describeProblems, MARKS } from '../outcome.ts';
import { type Html, NOTHING, openHtml, type Tag } from './html.ts';
import { renderPage } from './page.ts';

/** The report of problems that stopped a run before it did anything; already redacted. */
export function renderProblemReport(problems: readonly Problem[]): string {
  const html = openHtml((text) => text);
  const title = describeProblems(problems);
  return renderPage(html, `${title} · hephy-builder`, [
    html`<header class="bad">
        <h1><span class="badge" aria-hidden="true">${MARKS.failed}</span>${title}</h1>
      </header>
      <main>${problems.map((problem) => renderProblem(html, problem))}</main>
      <footer><p>hephy-builder</p></footer>`,
  ]);
}

/** Each problem with its file and line, in the order of the files. */
function renderProblem(html: Tag, { at, code, message, hint }: Problem): Html {
  return html`<article class="failure">
    <p class="soft code">${code}</p>
    ${at === undefined ? NOTHING : html`<h2><code>${formatPosition(at)}</code></h2>`}
    <p class="message">${message}</p>
    ${hint === undefined ? NOTHING : html`<p class="hint message">${hint}</p>`}
  </article> `;
}

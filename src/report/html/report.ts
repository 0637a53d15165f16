import type { Plan } from '../../domain/plan.ts';
import type { RunResult } from '../../domain/result.ts';
import { formatSeconds } from '../measures.ts';
import { describeOutcome, isIdle, MARKS, type Outcome } from '../outcome.ts';
import { listPullCommands } from '../pull-commands.ts';
import type { ReportInput } from '../report-input.ts';
import { describeKeptTags } from '../tag-notes.ts';
import { describeMachine } from '../timeline.ts';
import { renderFailures } from './failures.ts';
import { renderGraph } from './graph.ts';
import { type Html, NOTHING, openHtml, type Tag } from './html.ts';
import { renderPage } from './page.ts';
import { fold, section } from './section.ts';
import {
  renderJobs,
  renderLegs,
  renderPlanned,
  renderReasons,
  renderResults,
  renderSkipped,
} from './tables.ts';
import { renderTimeline } from './timeline.ts';

/** The report of a step as one HTML file, for GitLab's artifacts and to send by mail. */
export function renderReport(input: ReportInput): string {
  const html = openHtml(input.redact);
  const { plan, run } = input;
  const outcome = describeOutcome(input);
  const sections = isIdle(plan, run) ? [renderIdle(html, plan)] : renderStep(html, input);
  return renderPage(html, `${outcome.title} · hephy-builder`, [
    renderHeader(html, input, outcome),
    html`<main>
        ${renderFailures(html, run)}
        ${(run ?? plan).warnings.map((warning: string) => html`<p class="warning">Warning: ${warning}</p>`)}
        ${sections}
      </main>
      <footer><p>hephy-builder. Sizes are as the registry stores them, compressed.</p></footer>`,
  ]);
}

const BADGES = { good: MARKS.built, bad: MARKS.failed, calm: '→' } as const;

function renderHeader(html: Tag, input: ReportInput, { tone, title }: Outcome): Html {
  const { event, ref, sha } = input.plan.run;
  const facts = listFacts(input).map(
    ([name, value]) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`,
  );
  return html`<header class="${tone}">
    <p class="from">
      ${event.replace('_', ' ')} · ${ref.replace(/^refs\/(heads|tags)\//, '')} ·
      <code>${sha.slice(0, 7)}</code>
    </p>
    <h1><span class="badge" aria-hidden="true">${BADGES[tone]}</span>${title}</h1>
    <dl class="facts">${facts}</dl>
  </header> `;
}

/** Those that there are. */
function listFacts({ plan, run, job }: ReportInput): readonly (readonly [string, string])[] {
  const facts: readonly (readonly [string, string])[] = [
    ['Registry', run?.registry ?? ''],
    ['Changes', plan.run.basis],
    ['Machine', describeMachine(plan, job)],
    ['Took', run && run.durationMs > 0 ? formatSeconds(run.durationMs) : ''],
  ];
  return facts.filter(([, value]) => value !== '');
}

function renderIdle(html: Tag, plan: Plan): Html {
  const why = plan.skipped.length === 0 ? NOTHING : fold(html, 'Why', renderSkipped(html, plan));
  return html`<section>
    <p>No image is affected, so nothing was started.</p>
    ${why}
  </section>`;
}

function renderStep(html: Tag, input: ReportInput): readonly Html[] {
  const { plan, run } = input;
  const skipped =
    plan.skipped.length === 0 ? NOTHING : fold(html, 'Not in this run', renderSkipped(html, plan));
  if (run === null) {
    const jobs = plan.jobs.length === 0 ? NOTHING : fold(html, 'On which machines', renderJobs(html, plan));
    return [
      section(html, { title: 'Plan', content: renderPlanned(html, plan) }),
      renderGraph(html, input),
      jobs,
      skipped,
    ];
  }
  if (input.step === 'build')
    return [section(html, { title: 'Legs', content: renderLegs(html, run) }), renderTimeline(html, run)];
  return [
    section(html, { title: 'Images', content: renderImages(html, run) }),
    renderGraph(html, input),
    renderTimeline(html, run),
    renderPulls(html, input),
    fold(html, 'What was decided, and why', renderReasons(html, plan)),
    skipped,
  ];
}

function renderImages(html: Tag, run: RunResult): Html {
  const kept = describeKeptTags(run).map((line) => html`<p>${line}</p>`);
  return html`${renderResults(html, run)}${kept}`;
}

/** The commands to pull and verify each image; a click selects a whole command. */
function renderPulls(html: Tag, { run }: ReportInput): Html {
  const commands = listPullCommands(run).map(
    ({ name, pull, verify, digest }) =>
      html`<h3>${name}</h3>
        <pre class="pick" tabindex="0">${pull}</pre>
        <pre class="pick" tabindex="0">${verify}</pre>
        <p class="printed">prints <code>${digest}</code> while the tag still points to this image</p> `,
  );
  return commands.length === 0 ? NOTHING : fold(html, 'Pull and verify', html`<div>${commands}</div>`);
}

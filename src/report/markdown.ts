import type { Plan } from '../domain/plan.ts';
import type { RunResult } from '../domain/result.ts';
import { collectNodes } from './graph-nodes.ts';
import { renderMarkdownFailures } from './markdown-failures.ts';
import { escapeMarkdown, fence, fold, joinParts } from './markdown-parts.ts';
import {
  renderDecisions,
  renderJobRows,
  renderLegRows,
  renderPlanRows,
  renderPullCommands,
  renderResultRows,
  renderSkipped,
} from './markdown-tables.ts';
import { formatSeconds } from './measures.ts';
import { renderGantt } from './mermaid-gantt.ts';
import { renderGraph } from './mermaid.ts';
import { describeOutcome, isIdle } from './outcome.ts';
import type { Escape, ReportInput } from './report-input.ts';
import { renderClosing } from './results.ts';
import { describeKeptTags } from './tag-notes.ts';
import { describeMachine, drawTimeline } from './timeline.ts';

/** The summary of a job: failures first, then the results of this step, then the decisions and their reasons. */
export function renderSummary(input: ReportInput): string {
  const { plan, run, redact } = input;
  const escape: Escape = (text) => escapeMarkdown(redact(text));
  const parts = [
    run === null ? '' : renderMarkdownFailures(run, redact),
    ...(isIdle(plan, run) ? [renderIdle(plan, escape)] : renderStep(input, escape)),
    renderWarnings(run ?? plan, escape),
    ...(isIdle(plan, run) ? [] : renderDiagrams(input)),
  ];
  return `${joinParts(parts)}\n`;
}

/** One line, with the reasons folded below it. */
function renderIdle(plan: Plan, escape: Escape): string {
  const basis = plan.run.basis === '' ? '' : ` (${escape(plan.run.basis)})`;
  return joinParts([`**Nothing to do**${basis}.`, fold('Why', renderSkipped(plan, escape))]);
}

function renderStep(input: ReportInput, escape: Escape): string[] {
  const { plan, run } = input;
  if (run === null) return renderPrepared(input, escape);
  if (input.step === 'build') return renderBuilt(input, run, escape);
  return [
    renderResultRows(run, escape),
    describeKeptTags(run)
      .map((line) => `- ${escape(line)}`)
      .join('\n'),
    escape(renderClosing(run, input.step)),
    fold('Pull and verify', renderPullCommands(run, input.redact)),
    fold('What was decided, and why', renderDecisions(plan, escape)),
    fold('Not in this run', renderSkipped(plan, escape)),
  ];
}

function renderPrepared(input: ReportInput, escape: Escape): string[] {
  const { plan } = input;
  const basis = plan.run.basis === '' ? '' : `, ${escape(plan.run.basis)}`;
  return [
    renderPlanRows(plan, escape),
    `${describeOutcome(input).title}${basis}.`,
    fold('On which machines', renderJobRows(plan, escape)),
    fold('Not in this run', renderSkipped(plan, escape)),
  ];
}

function renderBuilt(input: ReportInput, run: RunResult, escape: Escape): string[] {
  const machine = describeMachine(input.plan, input.job);
  const where = machine === '' ? '' : ` on ${escape(machine)}`;
  const title = describeOutcome(input).title;
  return [renderLegRows(run.legs, escape), `${title}${where} in ${formatSeconds(run.durationMs)}.`];
}

function renderWarnings({ warnings }: { readonly warnings: readonly string[] }, escape: Escape): string {
  return joinParts(warnings.map((warning) => `> [!WARNING]\n> ${escape(warning)}`));
}

function renderDiagrams({ plan, run, step }: ReportInput): string[] {
  return [step === 'build' ? '' : renderDependencies(plan, run), run === null ? '' : renderLegs(run)];
}

/** Never folded: GitHub would draw a hidden diagram with a width of zero. */
function renderDependencies(plan: Plan, run: RunResult | null): string {
  const graph = renderGraph(collectNodes(plan, run));
  return graph === '' ? '' : joinParts(['#### Dependencies', fence(graph.split('\n'), 'mermaid')]);
}

function renderLegs(run: RunResult): string {
  const timeline = drawTimeline(run.legs);
  if (timeline === null) return '';
  const shown = timeline.lanes.reduce((sum, { bars }) => sum + bars.length, 0);
  const note = timeline.left === 0 ? '' : `, the ${shown} legs of ${shown + timeline.left} that took longest`;
  const chart = fence(renderGantt(timeline).split('\n'), 'mermaid');
  return joinParts([
    `#### Timeline${note}`,
    chart,
    'Red marks the critical path: the run gets faster only if these legs get faster.',
  ]);
}

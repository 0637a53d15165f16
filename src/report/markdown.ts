import type { Plan, PlanImage } from '../domain/plan.ts';
import { platformArch } from '../domain/platform.ts';
import type { ImageResult, RunResult, State } from '../domain/result.ts';
import { formatPosition } from '../errors.ts';
import { showControls } from '../system/text.ts';
import { findFailures, type Failure } from './failures.ts';
import { formatDigest, formatDuration, formatSizes } from './measures.ts';
import { renderGraph } from './mermaid.ts';
import { renderClosing } from './results.ts';

export interface SummaryInput {
  readonly plan: Plan;
  /** Null before the build: the plan alone. */
  readonly run: RunResult | null;
  /** The redactor's: a summary does not pass through the output, and once escaped a secret is not found any more. */
  readonly redact: (text: string) => string;
}

type Escape = (text: string) => string;

/** The summary of a job: failures before everything, the result, then what was decided and why. */
export function renderSummary({ plan, run, redact }: SummaryInput): string {
  const escape: Escape = (text) => escapeMarkdown(redact(text));
  const decisions = fold('What was decided, and why', renderDecisions(plan, escape));
  const parts = [
    ...(run ? findFailures(run).map((failure) => renderFailure(failure, { escape, redact })) : []),
    run ? renderResults(run, escape) : '',
    plan.images.length === 0 ? 'Nothing to build.' : decisions,
    renderDependencies(plan, run),
    plan.skipped.length === 0 ? '' : fold('Not in this run', renderSkipped(plan, escape)),
    ...plan.warnings.map((warning) => `> [!WARNING]\n> ${escape(warning)}`),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Names, paths and messages are others' text: it shows as it is written, and forms no markup, mention or table cell. */
export function escapeMarkdown(text: string): string {
  return showControls(text).replace(/[&<>"'`|*_~[\]\\#@$]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((row) => `| ${row.join(' | ')} |`);
  const rule = `|${' --- |'.repeat(rows[0]?.length ?? 0)}`;
  return [head, rule, ...body].join('\n');
}

function fold(title: string, body: string): string {
  return `<details>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function renderFailure(failure: Failure, { escape, redact }: { escape: Escape; redact: Escape }): string {
  const { at, message, hint } = failure.problem;
  const place = at ? `${escape(formatPosition(at))} ` : '';
  const stopped = failure.stopped.map(escape).join(', ');
  const parts = [
    `### ✗ ${escape(failure.title)}`,
    place + message.split('\n').map(escape).join('<br>'),
    failure.lastLines.length === 0 ? '' : fence(failure.lastLines.map(redact)),
    hint === undefined ? '' : escape(hint),
    stopped === '' ? '' : `Not built because of it: ${stopped}.`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Longer than any run of backticks inside. */
function fence(lines: readonly string[], language = 'text'): string {
  const runs = lines.join('\n').match(/`+/g) ?? [];
  const ticks = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return [`${ticks}${language}`, ...lines, ticks].join('\n');
}

function renderResults(run: RunResult, escape: Escape): string {
  const titles = ['image', 'tags', 'platforms', 'size', 'built by', 'time', 'digest'];
  const rows = run.images.map((image) => resultRow(image, escape));
  return `${renderTable([titles, ...rows])}\n\n${escape(renderClosing(run))}`;
}

const STATE_TEXT: Readonly<Record<State, string>> = {
  built: '✓',
  unchanged: '= unchanged',
  failed: '✗ failed',
  skipped: '– not built',
  cancelled: '– cancelled',
};

function resultRow(image: ImageResult, escape: Escape): string[] {
  return [
    `**${escape(image.name)}**`,
    image.digest === null ? '–' : image.tags.map(escape).join('<br>'),
    image.platforms.map(({ platform }) => platformArch(platform)).join(' '),
    formatSizes(image.platforms.map(({ size }) => size)),
    image.state === 'built' ? `✓ ${image.backend}` : STATE_TEXT[image.state],
    formatDuration(image.durationMs),
    image.digest === null ? '–' : escape(formatDigest(image.digest)),
  ];
}

function renderDecisions(plan: Plan, escape: Escape): string {
  const titles = ['image', 'backend', 'reason', 'why'];
  const rows = plan.images.map(({ name, backend, reason, why }) => [
    `**${escape(name)}**`,
    ...[backend, reason, why].map(escape),
  ]);
  return renderTable([titles, ...rows]);
}

function renderSkipped(plan: Plan, escape: Escape): string {
  const rows = plan.skipped.map(({ dir, name, reason }) => [name ?? dir, reason].map(escape));
  return renderTable([['image', 'reason'], ...rows]);
}

function renderDependencies(plan: Plan, run: RunResult | null): string {
  const nodes = plan.images.map((image) => ({
    name: image.name,
    dependsOn: image.dependsOn,
    state: stateOf(image, run),
  }));
  const graph = renderGraph(nodes);
  return graph === '' ? '' : fence(graph.split('\n'), 'mermaid');
}

const WORST_FIRST: readonly State[] = ['failed', 'cancelled', 'skipped', 'built', 'unchanged'];

/** Of an image with several targets: the worst of them. */
function stateOf(image: PlanImage, run: RunResult | null): State | null {
  const states = run?.images.filter((result) => result.image === image.name).map(({ state }) => state);
  return WORST_FIRST.find((state) => states?.includes(state)) ?? null;
}

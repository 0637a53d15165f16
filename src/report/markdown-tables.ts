import type { Plan, PlanImage } from '../domain/plan.ts';
import { platformArch } from '../domain/platform.ts';
import type { ImageResult, LegResult, RunResult, State } from '../domain/result.ts';
import { fence, renderTable } from './markdown-parts.ts';
import { formatDigest, formatDuration, formatSizes } from './measures.ts';
import { isUnchanged, MARKS, STATE_WORDS } from './outcome.ts';
import { listPullCommands } from './pull-commands.ts';
import type { Escape } from './report-input.ts';

/** The published images. */
export function renderResultRows(run: RunResult, escape: Escape): string {
  const titles = ['image', 'tags', 'platforms', 'size', 'built by', 'time', 'digest'];
  return renderTable([titles, ...run.images.map((image) => resultRow(image, escape))]);
}

function resultRow(image: ImageResult, escape: Escape): string[] {
  return [
    `**${escape(image.name)}**`,
    image.digest === null ? '–' : image.tags.map(escape).join('<br>'),
    image.platforms.map(({ platform }) => platformArch(platform)).join(' '),
    formatSizes(image.platforms.map(({ size }) => size)),
    image.state === 'built' ? `✓ ${image.backend}` : markState(image.state),
    renderTime(image.durationMs),
    image.digest === null ? '–' : escape(formatDigest(image.digest)),
  ];
}

/** Empty for a leg that never ran. */
function renderTime(ms: number): string {
  return ms === 0 ? '' : formatDuration(ms);
}

function markState(state: State): string {
  return `${MARKS[state]} ${STATE_WORDS[state]}`;
}

/** The legs of one job. */
export function renderLegRows(legs: readonly LegResult[], escape: Escape): string {
  const rows = legs.map((leg) => [
    `**${escape(leg.id)}**`,
    leg.state === 'built' ? `✓ ${leg.backend}` : markState(leg.state),
    leg.emulated && leg.state === 'built' ? 'emulated' : '',
    renderTime(leg.durationMs),
    leg.size === null ? '' : formatSizes([leg.size]),
    leg.digest === null ? '–' : escape(formatDigest(leg.digest)),
  ]);
  return renderTable([['leg', 'built by', '', 'time', 'size', 'digest'], ...rows]);
}

/** The planned images, and why each is built. */
export function renderPlanRows(plan: Plan, escape: Escape): string {
  const titles = ['image', 'action', 'platforms', 'why', 'backend chosen by', 'tags'];
  const rows = plan.images.map((image) => [
    `**${escape(image.name)}**`,
    describeIntent(image),
    image.platforms.map(platformArch).join(' '),
    escape(image.why),
    escape(image.reason),
    image.tags.map(escape).join('<br>'),
  ]);
  return renderTable([titles, ...rows]);
}

function describeIntent(image: PlanImage): string {
  return isUnchanged(image) ? markState('unchanged') : `build with ${image.backend}`;
}

/** Only the reasons, shown below the results. */
export function renderDecisions(plan: Plan, escape: Escape): string {
  const rows = plan.images.map(({ name, backend, reason, why }) => [
    `**${escape(name)}**`,
    ...[backend, reason, why].map(escape),
  ]);
  return renderTable([['image', 'backend', 'reason', 'why'], ...rows]);
}

export function renderJobRows(plan: Plan, escape: Escape): string {
  const rows = plan.jobs.map(({ id, runner, legs }) => [
    escape(id),
    escape(runner.join(' ')),
    legs.map(escape).join('<br>'),
  ]);
  return rows.length === 0 ? '' : renderTable([['job', 'runner', 'legs'], ...rows]);
}

export function renderSkipped(plan: Plan, escape: Escape): string {
  const rows = plan.skipped.map(({ dir, name, reason }) => [name ?? dir, reason].map(escape));
  return rows.length === 0 ? '' : renderTable([['image', 'reason'], ...rows]);
}

/** Enough commands to copy; a run with hundreds of images has its digests in the outputs. */
const MOST_COMMANDS = 100;

export function renderPullCommands(run: RunResult | null, redact: Escape): string {
  const commands = listPullCommands(run).slice(0, MOST_COMMANDS);
  if (commands.length === 0) return '';
  const lines = commands.flatMap(({ pull, verify, digest }) => [pull, verify, `# ${digest}`, '']);
  return fence(lines.slice(0, -1).map(redact), 'sh');
}

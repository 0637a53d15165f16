import type { PlanImage } from '../domain/plan.ts';
import { platformArch } from '../domain/platform.ts';
import type { ImageResult, RunResult, State } from '../domain/result.ts';
import { showControls } from '../system/terminal/text.ts';
import { truncateWidth } from '../system/terminal/width.ts';
import { count, formatDigest, formatDuration, formatSeconds, formatSizes } from './measures.ts';
import type { Step } from './report-input.ts';
import type { Style, View } from './style.ts';
import { renderTable, tableWidth } from './table.ts';

export interface RunHeader {
  readonly version: string;
  /** `host/path`. */
  readonly registry: string;
  /** The registry runs on loopback for this run. */
  readonly startedHere: boolean;
  readonly images: number;
  readonly legs: number;
  readonly jobs: number;
}

/** `hephy 2.0.0 · registry 127.0.0.1:5000/shop (started here) · 4 images, 7 legs, 2 at a time`. */
export function renderHeader(run: RunHeader, { style }: View): string {
  const registry = `registry ${showControls(run.registry)}${run.startedHere ? ' (started here)' : ''}`;
  const work = `${count(run.images, 'image')}, ${count(run.legs, 'leg')}, ${run.jobs} at a time`;
  return `${style.bold(`hephy ${run.version}`)} · ${registry} · ${work}`;
}

export type PlannedImage = Pick<PlanImage, 'name' | 'backend' | 'reason' | 'why'>;

/** The planned images with backend and reasons, one line for each, cut to the width of the terminal. */
export function renderPlannedImages(images: readonly PlannedImage[], { columns }: View): string {
  const rows = images.map((image) => [image.name, image.backend, image.reason, image.why].map(showControls));
  const lines = renderTable(rows, '  ');
  return lines.map((line) => (columns === undefined ? line : truncateWidth(line, columns))).join('\n');
}

const TITLES = ['image', 'tags', 'platforms', 'size', 'built by', 'time', 'digest'];

/** One line for each published image; the tags are on separate lines if one line would be too long. */
export function renderResultTable(images: readonly ImageResult[], { style, columns }: View): string {
  const table = (separator: string): string[] =>
    renderTable([TITLES.map(style.dim), ...images.map((image) => resultRow(image, style, separator))]);
  const wide = table(', ');
  const fits = columns === undefined || tableWidth(wide) <= columns;
  return (fits ? wide : table('\n')).join('\n');
}

function resultRow(image: ImageResult, style: Style, separator: string): string[] {
  return [
    image.name,
    image.digest === null ? '–' : image.tags.join(separator),
    image.platforms.map(({ platform }) => platformArch(platform)).join(' '),
    formatSizes(image.platforms.map(({ size }) => size)),
    describeMaker(image, style),
    formatDuration(image.durationMs),
    image.digest === null ? '–' : formatDigest(image.digest),
  ];
}

const STATE_TEXT: Readonly<Record<Exclude<State, 'built'>, string>> = {
  unchanged: 'unchanged',
  failed: 'failed',
  skipped: 'not built',
  cancelled: 'cancelled',
};

function describeMaker(image: ImageResult, style: Style): string {
  if (image.state === 'built') return image.backend;
  const text = STATE_TEXT[image.state];
  if (image.state === 'failed') return style.red(text);
  return image.state === 'unchanged' ? style.dim(text) : style.yellow(text);
}

/** `4 images, 7 legs (1 unchanged) in 52s. Inspect it: crane manifest …`. */
export function renderClosing(run: RunResult, step: Step): string {
  const closer = findReference(run);
  const next = run.pushed ? closer && ` Inspect it: crane manifest ${closer}` : ' Nothing was pushed.';
  return `${step === 'manifest' ? describeJoins(run) : describeWork(run)}.${next ?? ''}`;
}

/** For the step `manifest`: other jobs built the legs, so their number and duration are unknown. */
function describeJoins({ images }: RunResult): string {
  const published = images.filter(({ digest }) => digest !== null);
  const joined = published.reduce((sum, { platforms }) => sum + platforms.length, 0);
  const failed = images.filter(({ state }) => state === 'failed' || state === 'skipped').length;
  const note = failed === 0 ? '' : ` (${failed} failed)`;
  return `${count(published.length, 'image')} published${note}, joined from ${count(joined, 'platform image')}`;
}

function describeWork(run: RunResult): string {
  const notes = STATE_ORDER.flatMap((state) => {
    const legs = run.legs.filter((leg) => leg.state === state).length;
    return legs === 0 ? [] : [`${legs} ${STATE_TEXT[state]}`];
  });
  const noted = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  const work = `${count(run.images.length, 'image')}, ${count(run.legs.length, 'leg')}${noted}`;
  return `${work} in ${formatSeconds(run.durationMs)}`;
}

const STATE_ORDER = ['unchanged', 'failed', 'skipped', 'cancelled'] as const;

/** A reference to the published image with the most platforms, by its `latest` tag if there is one. */
function findReference(run: RunResult): string | undefined {
  const [image] = run.images
    .filter(({ digest, state }) => digest !== null && state !== 'failed')
    .sort((a, b) => b.platforms.length - a.platforms.length);
  const tag = image?.tags.find((each) => /(^|-)latest$/.test(each)) ?? image?.tags[0];
  return image && tag && `${image.repository}:${tag}`;
}

import type { Verdict } from '../domain/change.ts';
import type { Plan, PlanImage } from '../domain/plan.ts';
import { showControls } from '../system/terminal/text.ts';
import { count } from './measures.ts';
import { showOpenTags } from './open-tags.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

export interface ExplainView {
  readonly style: Style;
  /** Only these images; empty means all. */
  readonly only: readonly string[];
  /** Whether a run would build each image, by name, if the plan contains unaffected images too. Absent means affected. */
  readonly verdicts?: ReadonlyMap<string, Verdict>;
}

type Skipped = Plan['skipped'][number];

/** Explains the plan: why each image is built, its backend, its base images and its tags. */
export function renderExplain(plan: Plan, view: ExplainView): string {
  const wanted = ({ name = '', dir }: { name?: string | undefined; dir: string }): boolean =>
    view.only.length === 0 || view.only.includes(name) || view.only.includes(dir);
  const images = plan.images.filter(wanted).map(showOpenTags);
  const skipped = plan.skipped.filter(wanted);
  const blocks = images.map((image) => renderImage(image, view));
  if (skipped.length > 0) blocks.push(renderSkipped(skipped));
  if (plan.warnings.length > 0) blocks.push(renderWarnings(plan.warnings));
  return blocks.length > 0 ? blocks.join('\n\n') : 'No images found.';
}

export function renderSkipped(skipped: readonly Skipped[]): string {
  const rows = skipped.map(({ dir, name, reason }) => [name ?? dir, reason].map(showControls));
  return ['not in this run', ...renderTable(rows, '  ')].join('\n');
}

/** A note for users who miss an image; empty if no config is ignored. */
export function renderIgnored(skipped: readonly Skipped[]): readonly string[] {
  const ignored = skipped.filter(({ reason }) => reason === 'ignored').length;
  if (ignored === 0) return [];
  return [`${count(ignored, 'config')} ignored, by \`ignore\` in .hephy/project.yaml or its default.`];
}

export function renderWarnings(warnings: readonly string[]): string {
  return warnings.map((warning) => `warning: ${showControls(warning)}`).join('\n');
}

function renderImage(image: PlanImage, { style, verdicts }: ExplainView): string {
  const verdict = verdicts?.get(image.name) ?? { affected: true, why: image.why };
  const facts = [
    ['backend', image.backend, image.reason],
    ['affected', verdict.affected ? 'yes' : 'no', verdict.why],
    ...listRows('depends', image.dependsOn, image.dependencyOrigins),
  ];
  const names = [
    ['platforms', image.platforms.join(', '), image.platformsOrigin ?? ''],
    ...listRows('tags', image.tags, image.tagOrigins),
  ];
  const suggestions = image.suggestions.map((text, at) => [at === 0 ? 'could be' : '', text]);
  const title = `${style.bold(showControls(image.name))}  ${showControls(image.config)}`;
  const groups = [facts, sourceRows(image), names, suggestions];
  return [title, ...groups.flatMap(renderFacts)].join('\n');
}

/** The first column has the same width in every group; the other columns are aligned within their group. */
function renderFacts(rows: readonly (readonly string[])[]): string[] {
  const shown = rows.map(([label = '', ...rest]) => [label.padEnd(9), ...rest.map(showControls)]);
  return renderTable(shown, '  ');
}

function listRows(
  label: string,
  items: readonly string[],
  origins: Readonly<Record<string, string>>,
): string[][] {
  if (items.length === 0) return [[label, '–', '']];
  return items.map((item, at) => [at === 0 ? label : '', item, origins[item] ?? '']);
}

function sourceRows({ source, dirty }: PlanImage): string[][] {
  if (source.kind === 'local')
    return dirty ? [['source', 'the working tree', 'with uncommitted changes']] : [];
  const commit = source.commit ? `commit ${source.commit.slice(0, 12)}` : 'commit unknown';
  return [['source', `${source.repo} ${source.ref}`.trim(), commit]];
}

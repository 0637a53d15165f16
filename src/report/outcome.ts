import type { Plan, PlanImage } from '../domain/plan.ts';
import type { ImageResult, LegResult, Problem, RunResult, State } from '../domain/result.ts';
import { count } from './measures.ts';
import type { ReportInput } from './report-input.ts';

/** A mark next to each colour, so that the state is readable in black and white. */
export const MARKS: Readonly<Record<State | 'planned', string>> = {
  planned: '·',
  built: '✓',
  unchanged: '=',
  failed: '✗',
  skipped: '–',
  cancelled: '–',
};

export const STATE_WORDS: Readonly<Record<State | 'planned', string>> = {
  planned: 'planned',
  built: 'built',
  unchanged: 'unchanged',
  failed: 'failed',
  skipped: 'not built',
  cancelled: 'cancelled',
};

export interface Outcome {
  readonly tone: 'good' | 'bad' | 'calm';
  /** One line, without a full stop. */
  readonly title: string;
}

/** The result of the run in one line. */
export function describeOutcome({ plan, run, step }: ReportInput): Outcome {
  if (isIdle(plan, run)) return { tone: 'good', title: 'Nothing to do' };
  if (run === null) return { tone: 'calm', title: describePlanned(plan) };
  const results = step === 'build' ? run.legs : run.images;
  const noun = step === 'build' ? 'leg' : 'image';
  const bad = describeBad(results, noun);
  if (bad !== undefined) return { tone: 'bad', title: bad };
  const verb = step === 'build' || !run.pushed ? 'built' : 'published';
  const unchanged = countState(results, 'unchanged');
  const noted = unchanged === 0 ? '' : ` (${unchanged} unchanged)`;
  const title = `${count(results.length, noun)} ${verb}${noted}`;
  return { tone: 'good', title: run.pushed ? title : `${title}, nothing pushed` };
}

type Result = ImageResult | LegResult;

/** Undefined if nothing failed. */
function describeBad(results: readonly Result[], noun: string): string | undefined {
  const failed = countState(results, 'failed');
  const skipped = countState(results, 'skipped');
  const rest = skipped === 0 ? '' : `, ${skipped} not built`;
  if (failed > 0) return `${failed} of ${count(results.length, noun)} failed${rest}`;
  if (countState(results, 'cancelled') > 0) return 'Cancelled';
  return skipped > 0 ? `${skipped} of ${count(results.length, noun)} not built` : undefined;
}

function countState(results: readonly Result[], wanted: State): number {
  return results.filter(({ state }) => state === wanted).length;
}

/** The title for problems that stopped a run before it did anything. */
export function describeProblems(problems: readonly Problem[]): string {
  const files = new Set(problems.flatMap(({ at }) => at?.file ?? []));
  const placed = problems.every(({ at }) => at !== undefined);
  const where = placed ? ` in ${count(files.size, 'file')}` : '';
  return `${count(problems.length, 'problem')}${where}, nothing was done`;
}

/** Whether the run contains no images. */
export function isIdle(plan: Plan, run: RunResult | null): boolean {
  return run === null ? plan.images.length === 0 : run.images.length + run.legs.length === 0;
}

function describePlanned({ images }: Plan): string {
  const unchanged = images.filter(isUnchanged).length;
  if (unchanged === 0) return `${count(images.length, 'image')} to build`;
  if (unchanged === images.length) return `${count(unchanged, 'image')} unchanged, nothing to build`;
  return `${count(images.length - unchanged, 'image')} to build, ${unchanged} unchanged`;
}

/** Whether the registry already has all legs of the image. */
export function isUnchanged({ legs }: PlanImage): boolean {
  return legs.length > 0 && legs.every(({ unchanged }) => unchanged !== undefined);
}

const WORST_FIRST: readonly State[] = ['failed', 'cancelled', 'skipped', 'built', 'unchanged'];

/** The worst state of an image's targets and platforms. Null if the image is planned but not built yet. */
export function stateOfImage(image: PlanImage, run: RunResult | null): State | null {
  if (run === null) return isUnchanged(image) ? 'unchanged' : null;
  const results = [...run.images, ...run.legs].filter((result) => result.image === image.name);
  return WORST_FIRST.find((state) => results.some((result) => result.state === state)) ?? null;
}

import type { LegResult, Problem, RunResult } from '../domain/result.ts';
import { formatPosition } from '../errors.ts';
import { cleanLine, showControls } from '../system/terminal/text.ts';
import { formatSeconds } from './measures.ts';
import type { Style } from './style.ts';
import { describeTags } from './tag-notes.ts';

/** One cause: legs that failed with the same error (often both architectures), or an image that was not published. */
export interface Failure {
  readonly title: string;
  /** The name of the image in the plan. */
  readonly image: string;
  /** The legs that failed; none for an image that was not published. */
  readonly legs: readonly LegResult[];
  readonly problem: Problem;
  readonly lastLines: readonly string[];
  readonly logs: readonly string[];
  /** Other images that were therefore not built. */
  readonly stopped: readonly string[];
  /** The positions of the tags of a partly published image. */
  readonly tags: readonly string[];
}

/** Every failure with its cause, then the images that were published anyway. Empty if nothing failed. */
export function renderFailures(run: RunResult, style: Style): string {
  const failures = findFailures(run);
  if (failures.length === 0) return '';
  const blocks = failures.map((failure) => renderFailure(failure, style));
  if (blocks.length === 1) return `${blocks.join('')}\n  ${renderPublished(run)}`;
  return [...blocks, renderPublished(run)].join('\n\n');
}

export function findFailures(run: RunResult): Failure[] {
  const groups = new Map<string, LegResult[]>();
  for (const leg of run.legs.filter(({ state }) => state === 'failed')) {
    const cause = JSON.stringify([leg.image, leg.error?.code, leg.error?.message, leg.error?.at]);
    groups.set(cause, [...(groups.get(cause) ?? []), leg]);
  }
  return [...[...groups.values()].map((legs) => legFailure(legs, run)), ...imageFailures(run)];
}

const UNKNOWN: Problem = { code: 'BUILD_FAILED', message: 'the build failed' };

function legFailure(legs: readonly LegResult[], run: RunResult): Failure {
  const ids = legs.map(({ id }) => id);
  const stopped = run.legs.filter(({ because }) => because !== null && ids.includes(because));
  const time = formatSeconds(Math.max(...legs.map(({ durationMs }) => durationMs)));
  return {
    title: `${ids.join(', ')} failed after ${time}`,
    image: legs[0]?.image ?? '',
    legs,
    problem: legs[0]?.error ?? UNKNOWN,
    lastLines: legs[0]?.lastLines.map((line) => cleanLine(line, false)) ?? [],
    logs: legs.flatMap(({ log }) => log ?? []),
    stopped: imagesOf(stopped).filter((image) => image !== legs[0]?.image),
    tags: [],
  };
}

function imageFailures(run: RunResult): Failure[] {
  const explained = new Set(imagesOf(run.legs.filter(({ state }) => state === 'failed')));
  return run.images.flatMap((image) => {
    if (image.state !== 'failed' || explained.has(image.image)) return [];
    const problem = image.error ?? UNKNOWN;
    const how = image.digest === null ? 'was not published' : 'was published under only some of its tags';
    const nothing = { legs: [], lastLines: [], logs: [], stopped: [] };
    return [
      { title: `${image.name} ${how}`, image: image.image, problem, ...nothing, tags: describeTags(image) },
    ];
  });
}

function imagesOf(legs: readonly LegResult[]): string[] {
  return [...new Set(legs.map(({ image }) => image))];
}

function renderFailure(failure: Failure, style: Style): string {
  const { at, message, hint, code } = failure.problem;
  const place = at ? `${formatPosition(at)}  ` : '';
  const lines = [
    ...`${place}${message}`.split('\n').map(showControls),
    ...failure.lastLines.map((line) => `${style.dim('│')} ${line}`),
    ...(hint?.split('\n').map(showControls) ?? []),
    ...failure.tags.map(showControls),
    ...(failure.logs.length > 0 ? [`Full log: ${failure.logs.map(showControls).join(', ')}`] : []),
    ...(failure.stopped.length > 0 ? [`Therefore not built: ${failure.stopped.join(', ')}.`] : []),
  ];
  return [`${style.red(failure.title)}  ${style.dim(code)}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function renderPublished({ images, pushed }: RunResult): string {
  const there = images.filter(({ digest }) => pushed && digest !== null);
  const whole = there.filter(({ state }) => state !== 'failed').map(({ name }) => name);
  if (there.length === 0) return 'Nothing was published.';
  return whole.length === 0 ? 'Nothing else was published.' : `Published anyway: ${whole.join(', ')}.`;
}

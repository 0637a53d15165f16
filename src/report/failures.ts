import type { LegResult, Problem, RunResult } from '../domain/result.ts';
import { formatPosition } from '../errors.ts';
import { cleanLine, showControls } from '../system/terminal/text.ts';
import { formatSeconds } from './measures.ts';
import type { Style } from './style.ts';
import { describeTags } from './tag-notes.ts';

/** One cause: legs that failed alike (both architectures, mostly), or an image that could not be published. */
export interface Failure {
  readonly title: string;
  readonly problem: Problem;
  readonly lastLines: readonly string[];
  readonly logs: readonly string[];
  /** Images that were not built because of it. */
  readonly stopped: readonly string[];
  /** Where the tags of an image are that was published in part. */
  readonly tags: readonly string[];
}

/** What went wrong, the cause first, and what became of the rest. Empty when nothing failed. */
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
    const cause = JSON.stringify([leg.image, leg.error?.code, leg.error?.message]);
    groups.set(cause, [...(groups.get(cause) ?? []), leg]);
  }
  return [...[...groups.values()].map((legs) => legFailure(legs, run)), ...imageFailures(run)];
}

const UNKNOWN: Problem = { code: 'BUILD_FAILED', message: 'the build ended with an error' };

function legFailure(legs: readonly LegResult[], run: RunResult): Failure {
  const ids = legs.map(({ id }) => id);
  const stopped = run.legs.filter(({ because }) => because !== null && ids.includes(because));
  const time = formatSeconds(Math.max(...legs.map(({ durationMs }) => durationMs)));
  return {
    title: `${ids.join(', ')} failed after ${time}`,
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
    const how = image.digest === null ? 'was not published' : 'was published under some of its tags alone';
    const nothing = { lastLines: [], logs: [], stopped: [] };
    return [{ title: `${image.name} ${how}`, problem, ...nothing, tags: describeTags(image) }];
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
    ...(failure.stopped.length > 0 ? [`Not built because of it: ${failure.stopped.join(', ')}.`] : []),
  ];
  return [`${style.red(failure.title)}  ${style.dim(code)}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function renderPublished({ images, pushed }: RunResult): string {
  const there = images.filter(({ digest }) => pushed && digest !== null);
  const whole = there.filter(({ state }) => state !== 'failed').map(({ name }) => name);
  if (there.length === 0) return 'Nothing was published.';
  return whole.length === 0 ? 'Nothing else was published.' : `Published all the same: ${whole.join(', ')}.`;
}

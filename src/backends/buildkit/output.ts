import type { ExecOutcome } from '../../domain/invocation.ts';
import type { Position } from '../../errors.ts';
import { shorten } from '../shared/shorten.ts';

/** The instruction that failed, as BuildKit quotes it. */
export interface FailedLine {
  readonly at: Position;
  /** Continued lines are joined into one. */
  readonly text: string;
}

const LINE_FENCE = '--------------------';

/**
 * Reads the last block of the kind that BuildKit prints before its error:
 *
 *     web/Dockerfile:7
 *     --------------------
 *        6 |     COPY . .
 *        7 | >>> RUN npm run build
 *     --------------------
 */
export function findFailedLine(output: string): FailedLine | undefined {
  const lines = output.split('\n');
  const end = lines.lastIndexOf(LINE_FENCE);
  const start = end <= 0 ? -1 : lines.lastIndexOf(LINE_FENCE, end - 1);
  const place = /^(.+):(\d{1,9})$/.exec(lines[start - 1] ?? '');
  if (start < 1 || !place) return undefined;
  const marked = lines.slice(start + 1, end).flatMap((line) => /^ *\d+ \| >>> (.*)$/.exec(line)?.[1] ?? []);
  return { at: { file: place[1] ?? '', line: Number(place[2]) }, text: shorten(joinContinued(marked)) };
}

/** Ends at the first line without a continuation: the lines after it are the text of a here-document. */
function joinContinued(lines: readonly string[]): string {
  const last = lines.findIndex((line) => !/\\\s*$/.test(line));
  const whole = last < 0 ? lines : lines.slice(0, last + 1);
  return whole.map((line) => line.replace(/\\\s*$/, '').trim()).join(' ');
}

const STEP_FENCE = '------';

/**
 * The output of the failed step, which BuildKit repeats before its error, without the seconds of each line:
 *
 *     ------
 *      > [2/3] RUN npm run build:
 *     0.412 error: Cannot find module './theme'
 *     ------
 *
 * Steps that never ran, and caches that could not be read, have such a block too, but it is empty.
 */
export function readStepOutput({ output }: ExecOutcome): readonly string[] | undefined {
  const lines = output.split('\n');
  const end = lines.lastIndexOf(STEP_FENCE);
  const start = end <= 0 ? -1 : lines.lastIndexOf(STEP_FENCE, end - 1);
  if (start < 0 || !/^ > .*:$/.test(lines[start + 1] ?? '')) return undefined;
  const said = lines.slice(start + 2, end).map((line) => line.replace(/^\d+\.\d+ /, ''));
  return said.some((line) => line.trim() !== '') ? said : undefined;
}

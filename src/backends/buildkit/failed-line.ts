import type { Position } from '../../errors.ts';

/** The instruction that failed, as BuildKit quotes it. */
export interface FailedLine {
  readonly at: Position;
  /** With its continuations, on one line. */
  readonly text: string;
}

const FENCE = '--------------------';

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
  const end = lines.lastIndexOf(FENCE);
  const start = end <= 0 ? -1 : lines.lastIndexOf(FENCE, end - 1);
  const place = /^(.+):(\d{1,9})$/.exec(lines[start - 1] ?? '');
  if (start < 1 || !place) return undefined;
  const marked = lines.slice(start + 1, end).flatMap((line) => /^ *\d+ \| >>> (.*)$/.exec(line)?.[1] ?? []);
  return { at: { file: place[1] ?? '', line: Number(place[2]) }, text: shorten(joinContinued(marked)) };
}

/** Up to the first line that does not go on: what follows is the text of a here-document. */
function joinContinued(lines: readonly string[]): string {
  const last = lines.findIndex((line) => !/\\\s*$/.test(line));
  const whole = last < 0 ? lines : lines.slice(0, last + 1);
  return whole.map((line) => line.replace(/\\\s*$/, '').trim()).join(' ');
}

const LONGEST = 100;

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

import type { Position } from '../../errors.ts';

/** The instruction that failed, as BuildKit quotes it. */
export interface FailedLine {
  readonly at: Position;
  /** Its first line. */
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
  const marked = lines.slice(start + 1, end).find((line) => /^ *\d+ \| >>> /.test(line)) ?? '';
  const text = marked.replace(/^ *\d+ \| >>> /, '').replace(/\s*\\$/, '');
  return { at: { file: place[1] ?? '', line: Number(place[2]) }, text: text.trim() };
}

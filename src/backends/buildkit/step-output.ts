import type { ExecOutcome } from '../../domain/invocation.ts';

const FENCE = '------';

/**
 * What the failing step printed, as BuildKit repeats it before its error, without the seconds of each line:
 *
 *     ------
 *      > [2/3] RUN npm run build:
 *     0.412 error: Cannot find module './theme'
 *     ------
 *
 * Steps that never ran, and caches that could not be read, have such a block too: with nothing in it.
 */
export function readStepOutput({ output }: ExecOutcome): readonly string[] | undefined {
  const lines = output.split('\n');
  const end = lines.lastIndexOf(FENCE);
  const start = end <= 0 ? -1 : lines.lastIndexOf(FENCE, end - 1);
  if (start < 0 || !/^ > .*:$/.test(lines[start + 1] ?? '')) return undefined;
  const said = lines.slice(start + 2, end).map((line) => line.replace(/^\d+\.\d+ /, ''));
  return said.some((line) => line.trim() !== '') ? said : undefined;
}

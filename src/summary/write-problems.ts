import { detectCi } from '../ci/index.ts';
import type { HephyError } from '../errors.ts';
import { renderProblemReport } from '../report/html/problems.ts';
import { renderProblemSummary } from '../report/markdown-problems.ts';
import type { Env } from '../system/env.ts';
import type { Output } from '../system/terminal/output.ts';
import type { Redactor } from '../system/terminal/redact.ts';
import { redactProblem } from './write-summary.ts';

export interface WriteProblemsOptions {
  readonly env: Env;
  readonly output: Output;
  readonly redactor: Redactor;
}

/** What ended a run before it came to anything. That the platform cannot be told is not worth another error. */
export async function writeProblems(
  problems: readonly HephyError[],
  place: WriteProblemsOptions,
): Promise<void> {
  const { env, output, redactor } = place;
  const told = problems.map((problem) => redactProblem(problem, redactor.redact));
  try {
    const ci = await detectCi({ env, write: output.draw });
    for (const problem of told) ci.annotate(problem);
    await ci.summary({
      markdown: () => renderProblemSummary(told),
      html: () => renderProblemReport(told),
    });
  } catch (error) {
    output.warn(error instanceof Error ? error.message : String(error));
  }
}

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

/** Reports problems that stopped a run before it did anything. A failure to report them is only a warning. */
export async function writeProblems(
  problems: readonly HephyError[],
  options: WriteProblemsOptions,
): Promise<void> {
  const { env, output, redactor } = options;
  const redacted = problems.map((problem) => redactProblem(problem, redactor.redact));
  try {
    const ci = await detectCi({ env, write: output.draw });
    for (const problem of redacted) ci.annotate(problem);
    await ci.summary({
      markdown: () => renderProblemSummary(redacted),
      html: () => renderProblemReport(redacted),
    });
  } catch (error) {
    output.warn(error instanceof Error ? error.message : String(error));
  }
}

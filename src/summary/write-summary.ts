import type { Ci, PublishedImage } from '../ci/ci.ts';
import type { Plan } from '../domain/plan.ts';
import { variableNames } from '../domain/published.ts';
import type { Problem, RunResult } from '../domain/result.ts';
import { findFailures } from '../report/failures.ts';
import { renderReport } from '../report/html/report.ts';
import { renderSummary } from '../report/markdown.ts';
import type { Escape, ReportInput } from '../report/report-input.ts';
import { type AnnotatedJob, listAnnotations } from './list-annotations.ts';

/** Writes the result of a step as annotations, as outputs for later jobs, and as the platform's summary. */
export async function writeSummary(
  ci: Pick<Ci, 'annotate' | 'handOver' | 'summary'>,
  input: ReportInput & AnnotatedJob,
): Promise<void> {
  const { plan, run, step, redact } = input;
  const failures = run === null ? [] : findFailures(run);
  for (const problem of listAnnotations(failures, input)) ci.annotate(redactProblem(problem, redact));
  if (run !== null && (step === 'all' || step === 'manifest')) ci.handOver(listPublished(plan, run, redact));
  await ci.summary({ markdown: () => renderSummary(input), html: () => renderReport(input) });
}

/** Annotations may be written to a file, which the redactor of the output never sees. */
export function redactProblem({ code, message, at, hint }: Problem, redact: Escape): Problem {
  return { code, message: redact(message), at, hint: hint === undefined ? undefined : redact(hint) };
}

/** A reference with a redacted host would be useless, and the complete one must not be written. */
function listPublished(plan: Plan, run: RunResult, redact: Escape): readonly PublishedImage[] {
  if (!run.pushed) return [];
  const others = plan.skipped.flatMap(({ name }) => name ?? []);
  const here = plan.images.flatMap(({ outputs }) => outputs.map(({ name }) => name));
  const variables = variableNames([...here, ...others]);
  return run.images.flatMap(({ name, tags, digest, repository, state }) => {
    const variable = variables.get(name);
    // Of what was published in part nobody should deploy.
    if (digest === null || state === 'failed' || variable === undefined) return [];
    const reference = `${repository}@${digest}`;
    const told = redact(reference) === reference ? reference : null;
    return [{ name, variable, tags, digest, reference: told }];
  });
}

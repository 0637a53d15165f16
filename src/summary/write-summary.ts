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

/** Annotations may be written to a file, and the redactor only redacts the output. */
export function redactProblem({ code, message, at, hint }: Problem, redact: Escape): Problem {
  return { code, message: redact(message), at, hint: hint === undefined ? undefined : redact(hint) };
}

/** A reference with a redacted host would be useless, and the full reference must not be written, so it is null. */
function listPublished(plan: Plan, run: RunResult, redact: Escape): readonly PublishedImage[] {
  if (!run.pushed) return [];
  const others = plan.skipped.flatMap(({ name }) => name ?? []);
  const here = plan.images.flatMap(({ outputs }) => outputs.map(({ name }) => name));
  const variables = variableNames([...here, ...others]);
  return run.images.flatMap(({ name, tags, digest, repository, state }) => {
    const variable = variables.get(name);
    // An image that was published under only some of its tags must not be deployed.
    if (digest === null || state === 'failed' || variable === undefined) return [];
    const reference = `${repository}@${digest}`;
    const shown = redact(reference) === reference ? reference : null;
    return [{ name, variable, tags, digest, reference: shown }];
  });
}

import type { Ci } from '../ci/ci.ts';
import type { Plan } from '../domain/plan.ts';
import type { RunResult } from '../domain/result.ts';
import { renderFailures } from '../report/failures.ts';
import { renderClosing, renderResultTable } from '../report/results.ts';
import { viewOf } from '../report/style.ts';
import { describeKeptTags } from '../report/tag-notes.ts';
import type { Step } from '../report/report-input.ts';
import { writeSummary } from './write-summary.ts';
import { type Invoked, isSet } from '../session/invoked.ts';

export interface Finished {
  readonly plan: Plan;
  readonly run: RunResult;
  readonly ci: Ci;
  readonly step: Step;
  /** The job of the plan, in the step `build`. */
  readonly job?: string | undefined;
  /** In the step `manifest`: a build job failed, and has already annotated its failure. */
  readonly buildFailed?: boolean;
}

/** Prints the result table, the failures and one closing line, writes the platform's summary, and returns the exit code. */
export async function writeResult(
  invoked: Invoked,
  { run: fullRun, ...finished }: Finished,
): Promise<number> {
  const { ci, step } = finished;
  const run = ci.keepsFiles ? fullRun : withoutLogs(fullRun);
  const { output, flags, signal, redactor } = invoked;
  if (isSet(flags, 'json')) output.data(JSON.stringify(run, null, 2));
  else {
    output.info('');
    output.data(renderResultTable(run.images, viewOf(output.stdout)));
    output.info('');
  }
  for (const line of describeKeptTags(run)) output.info(line);
  const failures = renderFailures(run, viewOf(output.stderr).style);
  if (failures !== '') output.error(`${failures}\n`);
  const published = run.images.some(({ digest }) => digest !== null);
  if (signal.aborted && !published) output.error('Interrupted: nothing was published.');
  else output.info(renderClosing(run, step));
  await writeSummary(ci, { ...finished, run, redact: redactor.redact });
  return run.images.every(({ state }) => state === 'built' || state === 'unchanged') ? 0 : 1;
}

/** Log files are lost with the job's machine, unless the platform keeps them, so their paths would be useless. */
function withoutLogs(run: RunResult): RunResult {
  return { ...run, legs: run.legs.map((leg) => ({ ...leg, log: null })) };
}

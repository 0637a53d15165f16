import type { Ci } from '../ci/ci.ts';
import type { Plan } from '../domain/plan.ts';
import { renderSkipped } from '../report/explain.ts';
import { type Invoked, isSet, textFlag } from '../session/invoked.ts';
import { showControls } from '../system/terminal/text.ts';
import { writeSummary } from './write-summary.ts';

/** The result of a run that has nothing to build, and how to build all the same. */
export async function writeNothingToDo(
  { output, flags, redactor }: Invoked,
  { plan, ci }: { readonly plan: Plan; readonly ci: Ci },
): Promise<void> {
  const run = { registry: '', pushed: false, images: [], legs: [], durationMs: 0, warnings: plan.warnings };
  if (isSet(flags, 'json')) output.data(JSON.stringify(run, null, 2));
  if (plan.skipped.length > 0) output.info(renderSkipped(plan.skipped));
  const platform = textFlag(flags, 'platform');
  const none = plan.images.length > 0 && platform !== undefined;
  const reason = none
    ? `No image of this run is built for ${showControls(platform)}.`
    : '--all builds every image, --images a,b some of them.';
  output.info(`Nothing to do. ${reason}`);
  await writeSummary(ci, { plan, run, step: 'all', redact: redactor.redact });
}

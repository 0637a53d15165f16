import { encodePlan } from '../plan/encode.ts';
import { renderSummary } from '../report/markdown.ts';
import { renderPlan } from '../report/plan-text.ts';
import { renderV1Plan } from '../report/v1-files.ts';
import { viewOf } from '../report/style.ts';
import { prepare } from './prepare/prepare.ts';
import { writeV1Files } from './v1-files.ts';
import { type Invoked, isSet } from './verb.ts';

/** What a run would do. Works in any clone: nothing is built, no registry is asked. */
export async function plan(invoked: Invoked): Promise<number> {
  const { output, flags, redactor } = invoked;
  const { plan: made, surroundings } = await prepare(invoked, { upstreams: 'optional' });
  const { ci } = surroundings;
  if (isSet(flags, 'json')) output.data(JSON.stringify(made, null, 2));
  else output.data(renderPlan(made, viewOf(output.stdout)));
  ci.setOutput('plan', encodePlan(made));
  await writeV1Files(renderV1Plan(made), { ci, cwd: invoked.cwd });
  await ci.summary(renderSummary({ plan: made, run: null, redact: redactor.redact }));
  return 0;
}

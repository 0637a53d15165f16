import { renderIgnored } from '../report/explain.ts';
import { renderPlan } from '../report/plan-text.ts';
import { viewOf } from '../report/style.ts';
import { prepare } from '../prepare/prepare.ts';
import { type Invoked, isSet } from '../session/invoked.ts';

/** What a run would do. Works in any clone: nothing is built, no registry is asked. */
export async function plan(invoked: Invoked): Promise<number> {
  const { output, flags } = invoked;
  const { plan: made } = await prepare(invoked, { upstreams: 'optional' });
  if (isSet(flags, 'json')) output.data(JSON.stringify(made, null, 2));
  else output.data([renderPlan(made, viewOf(output.stdout)), ...renderIgnored(made.skipped)].join('\n\n'));
  return 0;
}

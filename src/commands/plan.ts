import { renderIgnored } from '../report/explain.ts';
import { renderPlan } from '../report/plan-text.ts';
import { viewOf } from '../report/style.ts';
import { prepare } from '../prepare/prepare.ts';
import { type Invoked, isSet } from '../session/invoked.ts';

/** Shows what a run would do. Works in any clone: it builds nothing and sends no request to a registry. */
export async function plan(invoked: Invoked): Promise<number> {
  const { output, flags } = invoked;
  const { plan: planned } = await prepare(invoked, { upstreams: 'optional' });
  if (isSet(flags, 'json')) output.data(JSON.stringify(planned, null, 2));
  else
    output.data([renderPlan(planned, viewOf(output.stdout)), ...renderIgnored(planned.skipped)].join('\n\n'));
  return 0;
}

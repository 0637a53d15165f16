import type { Plan } from '../domain/plan.ts';
import { renderImageVariables } from '../pipeline/image-variables.ts';
import { replanJobs } from '../plan/jobs.ts';
import { renderPlan } from '../report/plan-text.ts';
import { viewOf } from '../report/style.ts';
import { renderV1Plan } from '../report/v1-files.ts';
import { aloneInCheckout } from '../session/checkout-lock.ts';
import { parseRepository } from '../registry/reference.ts';
import { openRegistryAccess } from '../session/registries.ts';
import { requireLogin } from '../session/require-push.ts';
import { requireFallbacks } from '../build/fallbacks.ts';
import { withLogins } from '../session/logins.ts';
import { prepare as makePlan, type Prepared } from '../prepare/prepare.ts';
import { describeChild, shareWithin } from '../prepare/child-pipeline.ts';
import { chooseDefaultTags } from '../publish/choose-tags.ts';
import { handOver } from '../prepare/hand-over.ts';
import { writeOutputs } from '../prepare/outputs.ts';
import { findUnchangedLegs } from '../fingerprint/find-unchanged-legs.ts';
import { writeSummary } from '../summary/write-summary.ts';
import { writeV1Files } from '../summary/v1-files.ts';
import { type Invoked, isSet } from '../session/invoked.ts';

/** The first job of a run on several machines: makes the plan, and marks the legs that the registry already has. */
export async function prepare(invoked: Invoked): Promise<number> {
  const { output, flags, redactor } = invoked;
  const prepared = await planRun(invoked);
  const { ci } = prepared.runContext;
  for (const warning of prepared.plan.warnings) output.warn(warning);
  const plan = await findUnchanged(invoked, prepared);
  if (isSet(flags, 'json')) output.data(JSON.stringify(plan, null, 2));
  else output.data(renderPlan(plan, viewOf(output.stdout)));
  if (isSet(flags, 'child-pipeline')) await writeChildPipeline(invoked, { ...prepared, plan });
  writeOutputs(plan, ci);
  await writeV1Files(renderV1Plan(plan), { ci, cwd: invoked.cwd });
  await writeSummary(ci, { plan, run: null, step: 'prepare', redact: redactor.redact });
  return 0;
}

async function planRun(invoked: Invoked): Promise<Prepared> {
  const prepared = await makePlan(invoked, { upstreams: 'required' });
  if (!isSet(invoked.flags, 'child-pipeline')) return prepared;
  return { ...prepared, plan: shareWithin(prepared.plan, prepared.runContext) };
}

/** Reports every remaining problem before it writes the first file. */
function writeChildPipeline(invoked: Invoked, { plan, runContext }: Prepared): Promise<void> {
  const { env, signal, program, output } = invoked;
  const { root } = runContext.repo;
  const pipeline = describeChild(invoked, plan, runContext);
  const images = renderImageVariables(plan, runContext.settings.registry ?? '');
  const files = { plan, root, env, signal, program, pipeline, images, onProgress: output.info };
  return aloneInCheckout(root, invoked, () => handOver(files));
}

/** A missing base image ends the run here, not on ten machines; a leg that exists already occupies none of them. */
async function findUnchanged(invoked: Invoked, { plan, runContext }: Prepared): Promise<Plan> {
  const { settings } = runContext;
  const { registry } = settings;
  if (registry === undefined || plan.images.length === 0) return plan;
  return withLogins(invoked, { runContext, required: plan.run.push }, async (loggedIn) => {
    const access = openRegistryAccess(loggedIn, settings);
    const { registries } = access;
    await requireFallbacks(plan, registries, registry);
    if (!plan.run.push) return plan;
    const options = { invoked: loggedIn, runContext, plan, access, registry };
    const found = await findUnchangedLegs(options);
    const hasLogin = (await access.credentials.find(parseRepository(registry).host)) !== undefined;
    await requireLogin({ ...options, registries }, { hasLogin, warn: invoked.output.warn });
    return replanJobs(await chooseDefaultTags(found.plan, { registries, registry }), settings);
  });
}

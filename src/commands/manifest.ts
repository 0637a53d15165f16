import type { Plan } from '../domain/plan.ts';
import type { ImageResult } from '../domain/result.ts';
import { HephyError } from '../errors.ts';
import { readPlan } from '../prepare/read-plan.ts';
import { openRegistryAccess } from '../session/registries.ts';
import { writeResult } from '../summary/write-result.ts';
import { publish } from '../publish/publish.ts';
import { withHistories } from '../publish/with-histories.ts';
import { requireReachableRegistry } from '../session/require-reachable-registry.ts';
import { requireRegistry } from '../session/require-registry.ts';
import { withLogins } from '../session/logins.ts';
import { loadRunContext } from '../session/run-context.ts';
import type { Invoked } from '../session/invoked.ts';

/** Joins the legs that other jobs pushed. It reads the registry, because jobs pass no results to each other. */
export async function manifest(invoked: Invoked): Promise<number> {
  const plan = await readPlan(invoked);
  const runContext = await loadRunContext(invoked);
  const { settings, ci } = runContext;
  requireRegistry(plan, settings);
  const { registry } = settings;
  if (!plan.run.push || registry === undefined) {
    invoked.output.info('This run publishes nothing.');
    return 0;
  }
  const started = performance.now();
  const joined = await withLogins(invoked, { runContext, required: true }, async (loggedIn) => {
    const { registries } = openRegistryAccess(loggedIn, settings);
    await requireReachableRegistry({ plan, registry, registries }).catch(explainRetry);
    return withHistories(invoked, runContext, (histories) =>
      publish({ plan, registry, registries, histories, legs: null }),
    );
  });
  for (const warning of joined.warnings) invoked.output.warn(warning);
  const images = joined.images.map((image) => nameJobs(plan, image));
  const durationMs = Math.round(performance.now() - started);
  const warnings = [...plan.warnings, ...joined.warnings];
  const run = { registry, pushed: true, images, legs: [], durationMs, warnings };
  // Set by the workflow, because a job cannot see the results of earlier jobs.
  const buildFailed = invoked.env['HEPHY_BUILD_RESULT'] === 'failure';
  return writeResult(invoked, { plan, run, ci, step: 'manifest', buildFailed });
}

/** The built legs are in the registry: only this step has to run again. */
function explainRetry(error: unknown): never {
  if (!(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
  const { code, message, hint = '', at } = error;
  throw new HephyError(code, `${message}. Nothing was published`, {
    hint: `${hint} Then run this step again: the legs are already built and pushed.`.trim(),
    cause: error,
    ...(at && { at }),
  });
}

/** The registry does not know why a leg is missing; the log of the job that had to push it does: the hint names the job. */
function nameJobs(plan: Plan, result: ImageResult): ImageResult {
  if (result.error?.code !== 'MANIFEST_MISSING_LEG') return result;
  const { subjects = [] } = result.error;
  const legs = plan.images.flatMap((image) => image.legs);
  const lost = legs.filter(({ tag }) => subjects.some((reference) => reference.endsWith(`:${tag}`)));
  const missing = new Set(lost.map(({ id }) => id));
  const jobs = plan.jobs.filter((job) => job.legs.some((id) => missing.has(id))).map(({ id }) => id);
  if (jobs.length === 0) return result;
  const hint = `See the log of ${jobs.join(' and ')}, fix the failure, and run the failed jobs again.`;
  return { ...result, error: { ...result.error, hint } };
}

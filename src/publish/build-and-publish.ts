import type { BuildFlags } from '../build/build-flags.ts';
import { buildLegs, type BuildRun } from '../build/build-legs.ts';
import type { Plan } from '../domain/plan.ts';
import type { RunResult } from '../domain/result.ts';
import { publishRun } from './publish-run.ts';
import { withHistories } from './with-histories.ts';

export interface CheckedBuild extends BuildRun {
  /** The plan to publish: fingerprints are checked again once all legs are built. */
  readonly confirm: (plan: Plan) => Promise<Plan>;
  readonly flags: Pick<BuildFlags, 'job' | 'layoutDir'>;
}

/** Builds all legs first, then publishes every image whose legs are all there. */
export async function buildAndPublish(build: CheckedBuild): Promise<RunResult> {
  const started = performance.now();
  const { destination, access, flags, invoked } = build;
  const { registries } = access;
  const { registry, published: pushed } = destination;
  const { signal } = invoked;
  const legs = await buildLegs(build);
  const plan = signal.aborted ? build.plan : await build.confirm(build.plan);
  const { images, warnings } = await withHistories(invoked, build.runContext, (histories) =>
    publishRun({ plan, registries, registry, histories, legs, signal, ...flags }),
  );
  for (const warning of warnings) invoked.output.warn(warning);
  const durationMs = Math.round(performance.now() - started);
  return { registry, pushed, images, legs, durationMs, warnings: [...plan.warnings, ...warnings] };
}

import type { Plan } from '../../domain/plan.ts';
import { HephyError, HephyErrors } from '../../errors.ts';
import { runPool } from '../../system/pool.ts';
import { parseRepository } from '../../registry/reference.ts';
import type { Registries } from '../../registry/repository.ts';
import { joinRepository } from '../../plan/resolve-leg.ts';

const QUESTIONS_AT_ONCE = 8;

/** An image that others are built on and that this run does not build must be there before the first leg starts. */
export async function requireFallbacks(plan: Plan, registries: Registries, registry: string): Promise<void> {
  const missing = await runPool(plan.fallbacks, QUESTIONS_AT_ONCE, async (fallback) => {
    const repository = registries.repository(parseRepository(joinRepository(registry, fallback.repository)));
    return (await repository.findManifest(fallback.tag)) === undefined ? [fallback] : [];
  });
  const problems = missing.flat().map(({ image, dependency, tag }) => {
    const message = `${image} is built on ${dependency}, which is not part of this run, and the registry has no ${tag}`;
    return new HephyError('DEPENDENCY_MISSING', message, {
      hint: `Build both: --images ${dependency},${image}`,
    });
  });
  if (problems.length > 0) throw new HephyErrors(problems);
}

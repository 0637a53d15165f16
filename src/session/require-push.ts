import type { Plan } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import { joinRepository } from '../plan/resolve-leg.ts';
import { parseRepository } from '../registry/reference.ts';
import type { RegistryCheck } from './require-reachable-registry.ts';

/** With these the registry has decided; all else it may say of a question that some registries do not expect. */
const REFUSALS: ReadonlySet<string> = new Set(['REGISTRY_AUTH', 'REGISTRY_NOT_FOUND']);

/** Whoever may not push hears it before the first leg is built, and not after the last. */
export async function requirePush({ plan, registry, registries }: RegistryCheck): Promise<void> {
  const below = findRepository(plan);
  if (below === undefined) return;
  const name = parseRepository(joinRepository(registry, below));
  try {
    await registries.repository(name, 'push').checkPush();
  } catch (error) {
    if (!(error instanceof HephyError)) throw error;
    if (REFUSALS.has(error.code) || error.code === 'CANCELLED') throw error;
  }
}

/** The same for a job that plans: another login may push for it, but not none at all. */
export async function requireLogin(
  question: RegistryCheck,
  { hasLogin, warn }: { hasLogin: boolean; warn: (text: string) => void },
): Promise<void> {
  try {
    await requirePush(question);
  } catch (error) {
    if (!hasLogin || !(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
    warn(`this job is not allowed to push, so the jobs that build require another login: ${error.message}`);
  }
}

function findRepository({ images }: Plan): string | undefined {
  return images.flatMap(({ outputs }) => outputs)[0]?.repository;
}

import type { Plan } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import { joinRepository } from '../plan/resolve-leg.ts';
import { parseRepository } from '../registry/reference.ts';
import type { RegistryCheck } from './require-reachable-registry.ts';

/** Only these mean that the push is refused: some registries do not support the check and answer with other errors. */
const REFUSALS: ReadonlySet<string> = new Set(['REGISTRY_AUTH', 'REGISTRY_NOT_FOUND']);

/** Reports a missing permission to push before the first leg is built, not after the last. */
export async function requirePush({ plan, registry, registries }: RegistryCheck): Promise<void> {
  const path = findRepository(plan);
  if (path === undefined) return;
  const name = parseRepository(joinRepository(registry, path));
  try {
    await registries.repository(name, 'push').checkPush();
  } catch (error) {
    if (!(error instanceof HephyError)) throw error;
    if (REFUSALS.has(error.code) || error.code === 'CANCELLED') throw error;
  }
}

/** The same for a job that only plans: other jobs may push with another login, so a refused login is only a warning. */
export async function requireLogin(
  check: RegistryCheck,
  { hasLogin, warn }: { hasLogin: boolean; warn: (text: string) => void },
): Promise<void> {
  try {
    await requirePush(check);
  } catch (error) {
    if (!hasLogin || !(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
    warn(`this job is not allowed to push, so the jobs that build require another login: ${error.message}`);
  }
}

function findRepository({ images }: Plan): string | undefined {
  return images.flatMap(({ outputs }) => outputs)[0]?.repository;
}

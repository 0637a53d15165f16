import type { Plan } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import { joinRepository } from '../plan/resolve-leg.ts';
import { parseRepository } from '../registry/reference.ts';
import type { Registries } from '../registry/repository.ts';

export interface RegistryCheck {
  readonly plan: Plan;
  /** `host/path`. */
  readonly registry: string;
  readonly registries: Registries;
}

/**
 * Probes once before all other requests, so that an outage is reported once and not after every image's retries. A
 * registry that refuses to read has answered: some registries refuse to read a repository that does not exist yet.
 */
export async function requireReachableRegistry({ plan, registry, registries }: RegistryCheck): Promise<void> {
  const [output] = plan.images.flatMap(({ outputs }) => outputs);
  const tag = output?.tags[0];
  if (output === undefined || tag === undefined) return;
  const repository = registries.repository(parseRepository(joinRepository(registry, output.repository)));
  try {
    await repository.findManifest(tag);
  } catch (error) {
    if (!(error instanceof HephyError) || error.code !== 'REGISTRY_AUTH') throw error;
  }
}

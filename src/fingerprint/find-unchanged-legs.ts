import type { HephyError } from '../errors.ts';
import type { Plan } from '../domain/plan.ts';
import type { RegistryAccess } from '../session/registries.ts';
import type { RunContext } from '../session/run-context.ts';
import { requireReachableRegistry } from '../session/require-reachable-registry.ts';
import type { Invoked } from '../session/invoked.ts';
import { openFingerprintContext } from './fingerprint-context.ts';
import type { FingerprintContext } from './fingerprint-leg.ts';
import { lookUpUnchanged } from './look-up-unchanged.ts';

export interface FindUnchangedOptions {
  readonly invoked: Invoked;
  readonly runContext: RunContext;
  readonly plan: Plan;
  readonly access: RegistryAccess;
  /** `host/path`. */
  readonly registry: string;
}

export interface FoundUnchanged {
  readonly plan: Plan;
  readonly evidence: FingerprintContext;
}

/** Which legs the registry has already; on a schedule, or where the settings say so, none of them counts. */
export async function findUnchangedLegs(asking: FindUnchangedOptions): Promise<FoundUnchanged> {
  await requireReachableRegistry({ ...asking, registries: asking.access.registries });
  const evidence = openFingerprintContext(asking);
  const lookUp = !asking.plan.run.rebuild;
  const onSilence = warnOnce(asking.invoked);
  const plan = await lookUpUnchanged(asking.plan, {
    evidence,
    registries: asking.access.registries,
    lookUp,
    onSilence,
  });
  return { plan, evidence };
}

/** Said where it is found out, and not first by ten machines that cannot push. */
function warnOnce({ output }: Invoked): (why: HephyError) => void {
  let told = false;
  return ({ message }) => {
    if (!told) output.warn(`the registry could not be asked what it has, so everything is built: ${message}`);
    told = true;
  };
}

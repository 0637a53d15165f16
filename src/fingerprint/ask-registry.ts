import type { HephyError } from '../errors.ts';
import type { Plan } from '../domain/plan.ts';
import type { RegistryAccess } from '../session/registries.ts';
import type { Surroundings } from '../session/run-context.ts';
import { requireAnswer } from '../session/require-answer.ts';
import type { Invoked } from '../session/invoked.ts';
import { gatherEvidence } from './gather-evidence.ts';
import type { Evidence } from './fingerprint-leg.ts';
import { markUnchanged } from './mark-unchanged.ts';

export interface Asking {
  readonly invoked: Invoked;
  readonly surroundings: Surroundings;
  readonly plan: Plan;
  readonly access: RegistryAccess;
  /** `host/path`. */
  readonly registry: string;
}

export interface Asked {
  readonly plan: Plan;
  readonly evidence: Evidence;
}

/** Which legs the registry has already; on a schedule, or where the settings say so, none of them counts. */
export async function askRegistry(asking: Asking): Promise<Asked> {
  await requireAnswer({ ...asking, registries: asking.access.registries });
  const evidence = gatherEvidence(asking);
  const lookUp = !asking.plan.run.rebuild;
  const onSilence = warnOnce(asking.invoked);
  const plan = await markUnchanged(asking.plan, {
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

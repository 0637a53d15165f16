import type { Plan } from '../domain/plan.ts';
import type { RegistryAccess } from '../session/registries.ts';
import type { Surroundings } from '../session/run-context.ts';
import { askRegistry } from './ask-registry.ts';
import { confirmFingerprints } from './fingerprint-all.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { findPushed, fingerprintJob } from './mark-job.ts';
import type { Invoked } from '../session/invoked.ts';
import type { Destination } from '../session/destination.ts';
import { requireAnswer } from '../session/require-answer.ts';
import { legsOfJob } from '../plan/select-legs.ts';

export interface Marking {
  readonly invoked: Invoked;
  readonly surroundings: Surroundings;
  readonly plan: Plan;
  readonly destination: Destination;
  readonly access: RegistryAccess;
  readonly flags: { readonly job: string | undefined };
}

export interface Marked {
  readonly plan: Plan;
  /** The plan as it is to be published, once all is built. */
  readonly confirm: () => Promise<Plan>;
  /** Digests of what an earlier attempt pushed, by leg. */
  readonly pushed: ReadonlyMap<string, string>;
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** What may not be published is built anew: it goes into a registry of its own, where nothing is. */
export async function mark(marking: Marking): Promise<Marked> {
  const { plan, destination, flags } = marking;
  if (!destination.published) return { plan, confirm: async () => plan, pushed: NOTHING };
  return flags.job === undefined ? markAll(marking) : markJob(marking, flags.job);
}

async function markAll(marking: Marking): Promise<Marked> {
  const { registry } = marking.destination;
  const { plan, evidence } = await askRegistry({ ...marking, registry });
  // The files are read anew: what was edited meanwhile is what matters.
  const again = (): typeof evidence => ({
    ...evidence,
    files: gatherEvidence({ ...marking, registry }).files,
  });
  return { plan, confirm: () => confirmFingerprints(plan, again()), pushed: NOTHING };
}

/** The plan says which legs are unchanged: what is left is what this machine sees of its own ones. */
async function markJob(marking: Marking, job: string): Promise<Marked> {
  const { destination, access } = marking;
  const { registries } = access;
  const { registry } = destination;
  await requireAnswer({ ...marking, registries, registry });
  const ids = legsOfJob(marking.plan, job);
  const plan = await fingerprintJob(marking.plan, gatherEvidence({ ...marking, registry }), ids);
  const pushed = plan.run.rebuild ? NOTHING : await findPushed({ plan, ids, registry, registries });
  return { plan, confirm: async () => plan, pushed };
}

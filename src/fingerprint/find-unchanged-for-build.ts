import type { Plan } from '../domain/plan.ts';
import type { RegistryAccess } from '../session/registries.ts';
import type { RunContext } from '../session/run-context.ts';
import { findUnchangedLegs } from './find-unchanged-legs.ts';
import { confirmFingerprints } from './fingerprint-all.ts';
import { openFingerprintContext } from './fingerprint-context.ts';
import { findPushed, fingerprintJob } from './job-fingerprints.ts';
import type { Invoked } from '../session/invoked.ts';
import type { Destination } from '../session/destination.ts';
import { requireReachableRegistry } from '../session/require-reachable-registry.ts';
import { legsOfJob } from '../plan/select-legs.ts';

export interface FindUnchangedForBuildOptions {
  readonly invoked: Invoked;
  readonly runContext: RunContext;
  readonly plan: Plan;
  readonly destination: Destination;
  readonly access: RegistryAccess;
  readonly flags: { readonly job: string | undefined };
}

export interface UnchangedForBuild {
  readonly plan: Plan;
  /** The plan to publish, after all builds. */
  readonly confirm: (plan: Plan) => Promise<Plan>;
  /** Digests of the legs that an earlier attempt pushed, by leg. */
  readonly pushed: ReadonlyMap<string, string>;
}

const keep = async (plan: Plan): Promise<Plan> => plan;
const NOTHING: ReadonlyMap<string, string> = new Map();

/** A run that may not publish builds every leg: it uses a registry of its own, which is empty. */
export async function findUnchangedForBuild(
  options: FindUnchangedForBuildOptions,
): Promise<UnchangedForBuild> {
  const { plan, destination, flags } = options;
  if (!destination.published) return { plan, confirm: keep, pushed: NOTHING };
  return flags.job === undefined ? markAll(options) : markJob(options, flags.job);
}

async function markAll(options: FindUnchangedForBuildOptions): Promise<UnchangedForBuild> {
  const { registry } = options.destination;
  const { plan, evidence } = await findUnchangedLegs({ ...options, registry });
  // Reads the files again, to find those that were edited meanwhile.
  const again = (): typeof evidence => ({
    ...evidence,
    files: openFingerprintContext({ ...options, registry }).files,
  });
  return { plan, confirm: (built) => confirmFingerprints(built, again()), pushed: NOTHING };
}

/** The plan says which legs are unchanged. This machine only computes the fingerprints of the legs of its own job. */
async function markJob(options: FindUnchangedForBuildOptions, job: string): Promise<UnchangedForBuild> {
  const { destination, access } = options;
  const { registries } = access;
  const { registry } = destination;
  await requireReachableRegistry({ ...options, registries, registry });
  const ids = legsOfJob(options.plan, job);
  const plan = await fingerprintJob(options.plan, openFingerprintContext({ ...options, registry }), ids);
  const pushed = plan.run.rebuild ? NOTHING : await findPushed({ plan, ids, registry, registries });
  return { plan, confirm: keep, pushed };
}

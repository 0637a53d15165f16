import type { Plan } from '../domain/plan.ts';
import { buildVariables } from '../session/build-variables.ts';
import type { RegistryAccess } from '../session/registries.ts';
import type { RunContext } from '../session/run-context.ts';
import type { Invoked } from '../session/invoked.ts';
import { openBaseDigests } from './base-digests.ts';
import type { FingerprintContext } from './fingerprint-leg.ts';
import { openSourceFiles } from './leg-files.ts';
import { openPublishedDependencies } from './published-dependencies.ts';
import { openToolIdentities, usesMirrors } from './tool-identity.ts';

export interface EvidenceOptions {
  readonly invoked: Invoked;
  readonly runContext: RunContext;
  readonly plan: Plan;
  readonly access: RegistryAccess;
  /** `host/path`. */
  readonly registry: string;
}

/** Everything that the fingerprints of this plan are computed from, on this machine. */
export function openFingerprintContext(place: EvidenceOptions): FingerprintContext {
  const { invoked, runContext, plan, access, registry } = place;
  const { env, signal } = invoked;
  const { settings, repo, tree } = runContext;
  // If a registry does not answer, the leg is built: waiting for it does not pay.
  const registries = access.impatient;
  return {
    ...{ plan, registry, env, root: repo.root },
    variables: buildVariables(invoked, runContext, plan),
    kanikoImage: settings.kanikoImage,
    files: openSourceFiles({ root: repo.root, paths: tree.paths }),
    bases: openBaseDigests({
      registries,
      mirrors: settings.registryMirrors,
      usesMirrors: (backend) => usesMirrors(backend, env),
    }),
    published: openPublishedDependencies(registries),
    tools: openToolIdentities({ env, settings, signal }),
  };
}

import type { Plan } from '../domain/plan.ts';
import { buildVariables } from '../session/build-variables.ts';
import { connect } from '../session/registries.ts';
import type { Surroundings } from '../session/run-context.ts';
import type { Invoked } from '../session/invoked.ts';
import { openBaseDigests } from './base-digests.ts';
import type { Evidence } from './fingerprint-leg.ts';
import { openSourceFiles } from './leg-files.ts';
import { openPublishedDependencies } from './published-dependencies.ts';
import { openToolIdentities, usesMirrors } from './tool-identity.ts';

/** A base that does not answer means a build, so there is no use in asking for long. */
const IMPATIENT = { attempts: 2, deadlineMs: 5_000 };

export interface EvidencePlace {
  readonly invoked: Invoked;
  readonly surroundings: Surroundings;
  readonly plan: Plan;
  /** `host/path`. */
  readonly registry: string;
}

/** What the fingerprints of this plan are made from, on this machine. */
export function gatherEvidence({ invoked, surroundings, plan, registry }: EvidencePlace): Evidence {
  const { env, signal } = invoked;
  const { settings, repo, tree } = surroundings;
  const registries = connect(invoked, settings, IMPATIENT);
  return {
    ...{ plan, registry, env, root: repo.root },
    variables: buildVariables(invoked, surroundings, plan),
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

import { backendOf } from '../backends/index.ts';
import type { Backend } from '../backends/backend.ts';
import type { ContainerAccess, Leg } from '../domain/image.ts';
import type { PlannedLeg } from '../domain/planned-leg.ts';
import { resolveLeg } from '../plan/resolve-leg.ts';
import type { Env } from '../system/env.ts';

/** Replace the real values, so that the machine, the registry's address and the date are not part of a fingerprint. */
const ROOT = '/source';
const CHECKOUT = '/checkout';
const SCRATCH = '/scratch';
const TAG = 'leg';
export const NEUTRAL_REGISTRY = 'registry.invalid/images';

export interface NeutralLegInput extends PlannedLeg {
  /** By variable, in place of the tags: what the dependencies are. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly variables: Env;
  readonly inputFiles: Readonly<Record<string, string>>;
  readonly kanikoImage: string | undefined;
}

export interface NeutralLeg {
  readonly backend: Backend;
  readonly leg: Leg;
}

/**
 * The leg as its backend would build it, but with the same values on every machine. The command that the backend makes from
 * it contains everything that decides the image, so that new options of a backend are part of the fingerprint by themselves.
 */
export function resolveNeutral(ground: NeutralLegInput): NeutralLeg {
  const { image, output, leg, dependencies, inputFiles, variables: env } = ground;
  const backend = backendOf(image.backend);
  const { fingerprint: _fingerprint, unchanged: _unchanged, ...bare } = leg;
  const neutral = { ...bare, tag: TAG, dependencyTags: { ...dependencies } };
  // Neither the commit nor a rebuild, which gives the same image without old layers, decides over the image.
  const planned = { image: { ...image, revision: '' }, output, leg: neutral };
  const resolved = resolveLeg(planned, {
    root: ROOT,
    checkout: image.source.kind === 'local' ? ROOT : CHECKOUT,
    ...{ commitTime: 0, scratch: SCRATCH, registry: NEUTRAL_REGISTRY, insecure: false },
    ...{ env, inputFiles, sourceUrl: null },
  });
  return { backend, leg: { ...resolved, ...(backend.inContainer && { container: containerOf(ground) }) } };
}

/** Without mirrors, which are part of the tool's identity, and without logins and certificates, which change no image. */
function containerOf({ kanikoImage }: NeutralLegInput): ContainerAccess {
  return { image: kanikoImage ?? null, loginFile: null, caFiles: [], mirrors: [], insecureRegistries: [] };
}

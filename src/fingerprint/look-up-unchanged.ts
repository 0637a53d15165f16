import { listPlannedLegs, type PlannedLeg } from '../domain/planned-leg.ts';
import {
  FINGERPRINT_LABEL,
  type Fingerprint,
  fingerprintTag,
  formatFingerprint,
} from '../domain/fingerprint.ts';
import { ociPlatform } from '../domain/platform.ts';
import type { Plan, PlanImage, PlanLeg } from '../domain/plan.ts';
import type { HephyError } from '../errors.ts';
import { repositoryOf } from '../plan/resolve-leg.ts';
import { parseRepository } from '../registry/reference.ts';
import type { Registries } from '../registry/repository.ts';
import { runPool } from '../system/concurrency/pool.ts';
import { findDependencies, indexPlan } from './dependencies.ts';
import { findImage } from './find-image.ts';
import { fingerprintAll } from './fingerprint-all.ts';
import type { FingerprintContext } from './fingerprint-leg.ts';
import { unchangedTag } from '../domain/fingerprint.ts';

export interface FindUnchangedForBuildOptions {
  readonly evidence: FingerprintContext;
  readonly registries: Registries;
  /** False: everything is built, and can be found again by the next run. */
  readonly lookUp: boolean;
  /** The registry did not say whether it has an image. */
  readonly onSilence: (why: HephyError) => void;
}

/** Registries allow a few requests at a time before they say 429. */
const QUESTIONS_AT_ONCE = 16;

/**
 * The plan with a fingerprint on every leg, and with those marked that were built from the same before. What depends on
 * one of these finds it by its fingerprint's tag. Nothing here fails a run: what cannot be found out is built.
 */
export async function lookUpUnchanged(plan: Plan, options: FindUnchangedForBuildOptions): Promise<Plan> {
  const fingerprints = await fingerprintAll(options.evidence);
  const marked = await runPool(listPlannedLegs(plan.images), QUESTIONS_AT_ONCE, async (planned) => {
    const { leg } = planned;
    const fingerprint = fingerprints.get(leg.id);
    if (fingerprint === undefined || !('hash' in fingerprint) || !options.lookUp)
      return { ...leg, fingerprint };
    return { ...leg, fingerprint, unchanged: await findBuilt({ ...planned, fingerprint }, options) };
  });
  const byId = new Map(marked.map((leg) => [leg.id, leg]));
  const retag = makeRetag(plan, options.evidence.registry, byId);
  const images = plan.images.map((image) => {
    const own = image.legs.map((leg) => ({ ...(byId.get(leg.id) ?? leg), dependencyTags: retag(leg) }));
    return explainUnchanged({ ...image, legs: own });
  });
  return { ...plan, images };
}

interface FingerprintedLeg extends PlannedLeg {
  readonly fingerprint: Fingerprint;
}

/** A tag alone proves nothing: the image must be for this platform, and say itself that it was built from this. */
async function findBuilt(
  { output, leg, fingerprint }: FingerprintedLeg,
  { registries, evidence, onSilence }: FindUnchangedForBuildOptions,
): Promise<PlanLeg['unchanged']> {
  const name = parseRepository(repositoryOf({ output }, evidence.registry));
  const sought = {
    reference: { ...name, tag: fingerprintTag(fingerprint) },
    platform: ociPlatform(leg.platform),
    labels: { [FINGERPRINT_LABEL]: formatFingerprint(fingerprint) },
    provenBy: [FINGERPRINT_LABEL],
  };
  const found = await findImage(registries, sought, onSilence);
  return found && { digest: found.named.digest, revision: found.revision ?? null };
}

/** `{NAME}_TAG` of what is not built again: no tag of this run names it. */
function makeRetag(
  plan: Plan,
  registry: string,
  marked: ReadonlyMap<string, PlanLeg>,
): (leg: PlanLeg) => Record<string, string> {
  const index = indexPlan(plan);
  return (leg) => {
    const sources = findDependencies(leg, index, registry);
    const tags = Object.entries(leg.dependencyTags).map(([variable, tag]) => {
      const source = sources.get(variable);
      const made = source && 'leg' in source ? marked.get(source.leg.id) : undefined;
      return [variable, (made && unchangedTag(made)) ?? tag];
    });
    return Object.fromEntries(tags);
  };
}

/** `unchanged since 9f3c2aa`, where all of its legs are. */
function explainUnchanged(image: PlanImage): PlanImage {
  const [first] = image.legs;
  if (!first?.unchanged || image.legs.some(({ unchanged }) => !unchanged)) return image;
  const { revision } = first.unchanged;
  return { ...image, why: revision === null ? 'unchanged' : `unchanged since ${revision.slice(0, 7)}` };
}

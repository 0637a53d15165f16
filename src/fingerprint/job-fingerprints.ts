import { listPlannedLegs, type PlannedLeg } from '../domain/planned-leg.ts';
import { FINGERPRINT_LABEL, formatFingerprint } from '../domain/fingerprint.ts';
import { ociPlatform } from '../domain/platform.ts';
import type { Plan, PlanLeg } from '../domain/plan.ts';
import { repositoryOf } from '../plan/resolve-leg.ts';
import { parseReference } from '../registry/reference.ts';
import type { Registries } from '../registry/repository.ts';
import { runPool } from '../system/concurrency/pool.ts';
import { fingerprintAll } from './fingerprint-all.ts';
import type { FingerprintContext } from './fingerprint-leg.ts';
import { findImage } from './find-image.ts';

const QUESTIONS_AT_ONCE = 16;

/**
 * The plan with the fingerprints of this job's legs, computed on this machine: the machine that planned may have another
 * version of Go, and the label of an image must name the real inputs. Legs of other jobs keep the fingerprint of the plan.
 */
export async function fingerprintJob(
  plan: Plan,
  evidence: FingerprintContext,
  ids: ReadonlySet<string>,
): Promise<Plan> {
  const fingerprints = await fingerprintAll(evidence, ({ id, fingerprint }) =>
    ids.has(id) ? undefined : fingerprint,
  );
  const mark = (leg: PlanLeg): PlanLeg =>
    ids.has(leg.id) ? { ...leg, fingerprint: fingerprints.get(leg.id) } : leg;
  return { ...plan, images: plan.images.map((image) => ({ ...image, legs: image.legs.map(mark) })) };
}

export interface PushedInput {
  readonly plan: Plan;
  readonly ids: ReadonlySet<string>;
  readonly registry: string;
  readonly registries: Registries;
}

/** Digests of the legs that an earlier attempt of this job pushed, so that a re-run does not build them again. */
export async function findPushed(question: PushedInput): Promise<ReadonlyMap<string, string>> {
  const { plan, ids } = question;
  const own = listPlannedLegs(plan.images).filter(({ leg }) => ids.has(leg.id));
  const found = await runPool(own, QUESTIONS_AT_ONCE, async (planned) => {
    const digest = await findLeg(question, planned);
    return digest === undefined ? [] : [[planned.leg.id, digest] as const];
  });
  return new Map(found.flat());
}

/** By the leg's own tag: its fingerprint tag is only set when the image is published. */
async function findLeg(
  { registry, registries }: PushedInput,
  { image, output, leg }: PlannedLeg,
): Promise<string | undefined> {
  const { fingerprint, platform, tag } = leg;
  if (fingerprint === undefined || !('hash' in fingerprint)) return undefined;
  const found = await findImage(registries, {
    reference: parseReference(`${repositoryOf({ output }, registry)}:${tag}`),
    platform: ociPlatform(platform),
    revision: image.revision,
    labels: { [FINGERPRINT_LABEL]: formatFingerprint(fingerprint) },
  });
  return found?.named.digest;
}

import { listPlannedLegs, type PlannedLeg } from '../domain/planned-leg.ts';
import { HephyError } from '../errors.ts';
import type { Fingerprint } from '../domain/fingerprint.ts';
import type { Plan, PlanLeg } from '../domain/plan.ts';
import { type DependencySource, findDependencies, indexPlan } from './dependencies.ts';
import { type Dependency, type FingerprintContext, fingerprintLeg } from './fingerprint-leg.ts';
import { Unknown } from '../domain/unknown.ts';

/** A fingerprint, or the reason why it is unknown. */
export type LegFingerprint = Fingerprint | { readonly unknown: string };

/** The fingerprint of a leg that another machine computed; undefined: compute it here. */
export type KnownFingerprint = (leg: PlanLeg) => LegFingerprint | undefined;

/** In place of a dependency that a leg only waits for. */
const UNUSED = 'unused-dependency';

/** Of every leg of the plan, by its id. A plan has its images in the order of need, so each finds what it is built on. */
export async function fingerprintAll(
  evidence: FingerprintContext,
  known: KnownFingerprint = () => undefined,
): Promise<ReadonlyMap<string, LegFingerprint>> {
  const { plan, registry } = evidence;
  const index = indexPlan(plan);
  const asked = new Map<string, Promise<LegFingerprint>>();

  async function identify(source: DependencySource, { platform }: PlanLeg): Promise<Dependency> {
    if ('tag' in source) return { identity: UNUSED };
    if ('reference' in source) return { identity: await evidence.published(source.reference, platform) };
    const found = await asked.get(source.leg.id);
    if (found && 'hash' in found) return { identity: found.hash };
    return {
      unknown: `it is built on ${source.leg.id}: ${found?.unknown ?? 'which comes later in the plan'}`,
    };
  }

  async function identifyAll(leg: PlanLeg): Promise<Readonly<Record<string, Dependency>>> {
    const sources = [...findDependencies(leg, index, registry)];
    const identified = sources.map(
      async ([variable, source]) => [variable, await identify(source, leg)] as const,
    );
    return Object.fromEntries(await Promise.all(identified));
  }

  async function ask({ image, output, leg }: PlannedLeg): Promise<LegFingerprint> {
    const given = known(leg);
    if (given !== undefined) return given;
    try {
      return await fingerprintLeg(evidence, {
        image,
        output,
        leg,
        dependencies: await identifyAll(leg),
      });
    } catch (error) {
      // A problem of a leg is reported when the leg is built, and does not stop the others.
      const isKnown = error instanceof Unknown || (error instanceof HephyError && error.code !== 'CANCELLED');
      if (isKnown) return { unknown: error.message };
      throw error;
    }
  }

  for (const planned of listPlannedLegs(plan.images)) asked.set(planned.leg.id, ask(planned));
  const entries = [...asked].map(async ([id, answer]) => [id, await answer] as const);
  return new Map(await Promise.all(entries));
}

/**
 * Computes fingerprints again after all builds. If files were edited meanwhile, the image may contain the edits, but its
 * fingerprint does not: then the leg gets no fingerprint, so that no later run finds the image by it.
 */
export async function confirmFingerprints(marked: Plan, evidence: FingerprintContext): Promise<Plan> {
  const wasBuilt = ({ fingerprint, unchanged }: PlanLeg): boolean =>
    !unchanged && fingerprint !== undefined && 'hash' in fingerprint;
  if (!marked.images.some(({ legs }) => legs.some(wasBuilt))) return marked;
  const now = await fingerprintAll(evidence);
  function confirm(leg: PlanLeg): PlanLeg {
    const again = now.get(leg.id);
    const was = leg.fingerprint;
    if (leg.unchanged || !was || !('hash' in was)) return leg;
    if (again && 'hash' in again && again.hash === was.hash) return leg;
    return { ...leg, fingerprint: { unknown: 'its files changed while it was built' } };
  }
  const images = marked.images.map((image) => ({ ...image, legs: image.legs.map(confirm) }));
  return { ...marked, images };
}

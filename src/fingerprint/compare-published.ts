import { legsOfOutput } from '../domain/planned-leg.ts';
import { FINGERPRINT_LABEL, parseFingerprint } from '../domain/fingerprint.ts';
import { ociPlatform } from '../domain/platform.ts';
import type { PlanImage, PlanOutput } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import { joinRepository } from '../plan/resolve-leg.ts';
import { inspectImage } from '../registry/inspect.ts';
import { parseReference } from '../registry/reference.ts';
import type { Registries } from '../registry/repository.ts';
import type { ComparedLeg } from '../report/fingerprints.ts';
import type { FingerprintContext } from './fingerprint-leg.ts';
import { fingerprintAll } from './fingerprint-all.ts';

export interface ComparedOutput {
  readonly reference: string;
  readonly legs: readonly ComparedLeg[];
}

/** Compares the legs of these images with the image that `{name}-latest` names now. */
export async function comparePublished(
  images: readonly PlanImage[],
  evidence: FingerprintContext,
  registries: Registries,
): Promise<readonly ComparedOutput[]> {
  const fingerprints = await fingerprintAll(evidence);
  const outputs = images.flatMap((image) => image.outputs.map((output) => ({ image, output })));
  return Promise.all(
    outputs.map(async ({ image, output }) => {
      const reference = latestOf(output, evidence.registry);
      const own = legsOfOutput(image, output);
      const legs = own.map(async ({ id, platform }) => ({
        id,
        now: fingerprints.get(id) ?? { unknown: 'it is not part of the plan' },
        published: await readPublished(reference, ociPlatform(platform), registries),
      }));
      return { reference, legs: await Promise.all(legs) };
    }),
  );
}

/** The tag that plans use for images that are not part of the run. */
function latestOf({ name, repository }: PlanOutput, registry: string): string {
  return `${joinRepository(registry, repository)}:${repository === '' ? `${name}-latest` : 'latest'}`;
}

async function readPublished(
  text: string,
  platform: ReturnType<typeof ociPlatform>,
  registries: Registries,
): Promise<ComparedLeg['published']> {
  const reference = parseReference(text);
  try {
    const { labels } = await inspectImage(registries.repository(reference), { reference, platform });
    return parseFingerprint(labels[FINGERPRINT_LABEL] ?? '') ?? null;
  } catch (error) {
    if (error instanceof HephyError && ['MANIFEST_MISSING_LEG', 'MANIFEST_MISMATCH'].includes(error.code))
      return null;
    throw error;
  }
}

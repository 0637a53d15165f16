import { FINGERPRINT_LABEL, NO_FINGERPRINT, parseFingerprint } from '../domain/fingerprint.ts';
import { ociPlatform, type Platform } from '../domain/platform.ts';
import { HephyError } from '../errors.ts';
import { readLabels, type LabelledImage } from '../registry/labels.ts';
import { parseReference, referenceTarget } from '../registry/reference.ts';
import type { Registries } from '../registry/repository.ts';
import { Unknown } from '../domain/unknown.ts';

/** The identity of an image of an earlier run that a leg for this platform is built on. */
export type PublishedDependencies = (reference: string, platform: Platform) => Promise<string>;

/** Each image is read once in a run. */
export function openPublishedDependencies(registries: Registries): PublishedDependencies {
  const known = new Map<string, Promise<string>>();
  return (reference, platform) => {
    const key = `${reference} ${platform}`;
    const identity = known.get(key) ?? identify(registries, reference, platform);
    known.set(key, identity);
    return identity;
  };
}

/**
 * The fingerprint of the image, as if it were part of the run, so that legs that are built on it get the same fingerprint
 * in both cases. Only an image of another tool, or of an old version of hephy-builder, is identified by its digest.
 */
async function identify(registries: Registries, text: string, platform: Platform): Promise<string> {
  const { digest, labels } = await readImage(registries, text, platform);
  const label = labels[FINGERPRINT_LABEL];
  if (label === NO_FINGERPRINT) throw new Unknown(`not all inputs of ${text} are known`);
  return parseFingerprint(label ?? '')?.hash ?? digest.replace(':', '-');
}

async function readImage(registries: Registries, text: string, platform: Platform): Promise<LabelledImage> {
  const reference = parseReference(text);
  try {
    const repository = registries.repository(reference);
    const image = await readLabels(repository, referenceTarget(reference), ociPlatform(platform));
    if (image) return image;
  } catch (error) {
    if (!(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
    throw new Unknown(`cannot read ${text}: ${error.message}`);
  }
  throw new Unknown(`${text} contains no image`);
}

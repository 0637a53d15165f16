import { HephyError } from '../errors.ts';
import { type ExpectedImage, inspectImage, type InspectedImage } from '../registry/inspect.ts';
import type { Registries } from '../registry/repository.ts';

/** These errors mean that the registry has answered: it does not have this image. */
const ANSWERS: readonly string[] = ['MANIFEST_MISSING_LEG', 'MANIFEST_MISMATCH'];

/** Undefined if the image is missing, does not match, or cannot be looked up: in all three cases it is built. */
export async function findImage(
  registries: Registries,
  expected: ExpectedImage,
  onSilence: (why: HephyError) => void = () => undefined,
): Promise<InspectedImage | undefined> {
  try {
    return await inspectImage(registries.repository(expected.reference), expected);
  } catch (error) {
    if (!(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
    if (!ANSWERS.includes(error.code)) onSilence(error);
    return undefined;
  }
}

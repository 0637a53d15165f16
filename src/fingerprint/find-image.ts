import { HephyError } from '../errors.ts';
import { type ExpectedImage, inspectImage, type InspectedImage } from '../registry/inspect.ts';
import type { Registries } from '../registry/repository.ts';

/** With these the registry has answered: there is no such image. */
const ANSWERS: readonly string[] = ['MANIFEST_MISSING_LEG', 'MANIFEST_MISMATCH'];

/** Undefined where it is not there, is another, or cannot be asked for: whatever the reason, it is built then. */
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

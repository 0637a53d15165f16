import { HephyError } from '../../errors.ts';
import { type ExpectedImage, inspectImage, type InspectedImage } from '../../registry/inspect.ts';
import type { Registries } from '../../registry/repository.ts';

/** Undefined where it is not there, is another, or cannot be asked for: whatever the reason, it is built then. */
export async function findImage(
  registries: Registries,
  expected: ExpectedImage,
): Promise<InspectedImage | undefined> {
  try {
    return await inspectImage(registries.repository(expected.reference), expected);
  } catch (error) {
    if (error instanceof HephyError && error.code !== 'CANCELLED') return undefined;
    throw error;
  }
}

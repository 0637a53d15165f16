import { blobsOf } from '../registry/manifest.ts';
import { parseReference, referenceTarget } from '../registry/reference.ts';
import type { Registries } from '../registry/repository.ts';

/** The size of an image in the registry, in bytes; null if the registry does not report it, which is not an error. */
export async function measureImage(registries: Registries, text: string): Promise<number | null> {
  try {
    const reference = parseReference(text);
    const manifest = await registries.repository(reference).getManifest(referenceTarget(reference));
    if (manifest.kind === 'index') return null;
    return blobsOf(manifest.body).reduce((total, { size }) => total + size, 0);
  } catch {
    return null;
  }
}

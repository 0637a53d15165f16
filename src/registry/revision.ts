import { HephyError } from '../errors.ts';
import { imagesIn } from './image-index.ts';
import { REVISION } from './inspect.ts';
import type { Manifest } from './manifest.ts';
import type { Repository } from './repository.ts';
import { ImageConfig, parseAs } from './schema.ts';

/** The commit in the annotation or label of an image or index; undefined if there is none. */
export async function readRevision(repository: Repository, manifest: Manifest): Promise<string | undefined> {
  try {
    return manifest.body.annotations?.[REVISION] ?? (await readInside(repository, manifest));
  } catch (error) {
    // Somebody deleted parts of the image, so its revision is unknown.
    if (error instanceof HephyError && error.code === 'REGISTRY_NOT_FOUND') return undefined;
    throw error;
  }
}

async function readInside(repository: Repository, manifest: Manifest): Promise<string | undefined> {
  if (manifest.kind === 'image') {
    const config = parseAs(ImageConfig, await repository.readBlob(manifest.body.config));
    return config?.config?.Labels?.[REVISION];
  }
  const [first] = imagesIn(manifest.body);
  const image = first && (await repository.getManifest(first.digest));
  return image?.kind === 'image' ? readRevision(repository, image) : undefined;
}

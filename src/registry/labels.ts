import { findPlatform, imagesIn } from './image-index.ts';
import type { Repository } from './repository.ts';
import { ImageConfig, parseAs, type ImagePlatform } from './schema.ts';

/** One image for one platform, and its labels. */
export interface LabelledImage {
  readonly digest: string;
  /** With annotations for names without a label. */
  readonly labels: Readonly<Record<string, string>>;
}

const MAX_NESTING = 4;

/**
 * Labels of the image that a build for this platform would use: the entry of the platform, else the first entry, as for
 * assets that are built once for all platforms. Undefined for an empty index.
 */
export async function readLabels(
  repository: Repository,
  target: string,
  platform: ImagePlatform,
): Promise<LabelledImage | undefined> {
  let manifest = await repository.getManifest(target);
  for (let depth = 0; manifest.kind === 'index'; depth += 1) {
    const entry = findPlatform(manifest.body, platform) ?? imagesIn(manifest.body)[0];
    if (entry === undefined || depth === MAX_NESTING) return undefined;
    manifest = await repository.getManifest(entry.digest);
  }
  const config = parseAs(ImageConfig, await repository.readBlob(manifest.body.config)) ?? {};
  return { digest: manifest.digest, labels: { ...manifest.body.annotations, ...config.config?.Labels } };
}

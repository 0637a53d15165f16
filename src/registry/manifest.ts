import { z } from 'zod';
import { HephyError } from '../errors.ts';
import { sha256 } from './digest.ts';
import {
  DOCKER_LIST,
  ImageBody,
  IndexBody,
  MANIFEST_TYPES,
  OCI_INDEX,
  OCI_MANIFEST,
  parseAs,
  type Descriptor,
  type ManifestType,
} from './schema.ts';

interface Stored {
  readonly mediaType: ManifestType;
  readonly digest: string;
  /** Exactly as stored, because the digest depends on every byte. */
  readonly bytes: Uint8Array;
}

export interface IndexManifest extends Stored {
  readonly kind: 'index';
  readonly body: IndexBody;
}

export interface ImageManifest extends Stored {
  readonly kind: 'image';
  readonly body: ImageBody;
}

/** What a tag can point at: one image, or an index of several. */
export type Manifest = IndexManifest | ImageManifest;

const Shape = z.object({
  mediaType: z.string().nullish(),
  manifests: z.unknown().optional(),
  layers: z.unknown().optional(),
});
type Shape = z.infer<typeof Shape>;

export interface ManifestOrigin {
  readonly name: string;
  readonly contentType: string | undefined;
}

/** Rejects a manifest that is both an index and an image: clients would interpret it differently (CVE-2021-41190). */
export function parseManifest(bytes: Uint8Array, origin: ManifestOrigin): Manifest {
  const shape = parseAs(Shape, bytes);
  const mediaType = shape && chooseType(shape, origin.contentType);
  if (!mediaType || (shape.manifests !== undefined && shape.layers !== undefined))
    throw unusable(origin.name);
  const stored = { mediaType, digest: sha256(bytes), bytes };
  if (isIndexType(mediaType)) {
    const body = parseAs(IndexBody, bytes);
    if (body) return { ...stored, kind: 'index', body };
  } else {
    const body = parseAs(ImageBody, bytes);
    if (body) return { ...stored, kind: 'image', body };
  }
  throw unusable(origin.name);
}

/** The config and all layers of an image. */
export function blobsOf(image: ImageBody): readonly Descriptor[] {
  return [image.config, ...image.layers];
}

/** Without layers that may not be redistributed: clients fetch these from their own addresses. */
export function ownBlobsOf(image: ImageBody): readonly Descriptor[] {
  return blobsOf(image).filter(({ urls }) => !urls || urls.length === 0);
}

export function isIndexType(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_LIST;
}

export function manifestType(mediaType: string | null | undefined): ManifestType | undefined {
  return MANIFEST_TYPES.find((known) => known === mediaType);
}

/** From the Content-Type header, else from the `mediaType` field, else from the fields of the manifest. */
function chooseType(shape: Shape, contentType: string | undefined): ManifestType | undefined {
  const header = contentType?.split(';')[0]?.trim().toLowerCase();
  const inferred = shape.manifests === undefined ? OCI_MANIFEST : OCI_INDEX;
  const named = manifestType(header) ?? manifestType(shape.mediaType);
  if (named !== undefined) return named;
  return shape.mediaType === null || shape.mediaType === undefined ? inferred : undefined;
}

function unusable(name: string): HephyError {
  return new HephyError('REGISTRY_UNAVAILABLE', `${name} is neither an image nor an index that can be read`, {
    hint: 'Supported are Docker schema 2 and OCI images; push it again with a current tool.',
  });
}

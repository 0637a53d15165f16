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
  /** Exactly as stored: the digest is of these, so they are passed on as they are. */
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

/** What is both an index and an image is neither: clients would disagree about it (CVE-2021-41190). */
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

/** All that an image needs besides its manifest. */
export function blobsOf(image: ImageBody): readonly Descriptor[] {
  return [image.config, ...image.layers];
}

/** Without the layers that may not be redistributed: they stay where their address says. */
export function ownBlobsOf(image: ImageBody): readonly Descriptor[] {
  return blobsOf(image).filter(({ urls }) => !urls || urls.length === 0);
}

export function isIndexType(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_LIST;
}

export function manifestType(mediaType: string | null | undefined): ManifestType | undefined {
  return MANIFEST_TYPES.find((known) => known === mediaType);
}

/** The header says it; where it says nothing of use, the manifest itself does, or its shape. */
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

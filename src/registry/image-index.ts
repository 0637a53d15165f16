import { sha256 } from './digest.ts';
import type { IndexManifest } from './manifest.ts';
import { isSamePlatform } from './platform.ts';
import { OCI_INDEX, type Descriptor, type ImagePlatform, type IndexBody } from './schema.ts';

/** One line of an index. */
export interface IndexEntry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform: ImagePlatform;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** BuildKit's annotation on provenance and SBOM entries, besides the platform `unknown/unknown`. */
const ATTESTATION = 'vnd.docker.reference.type';
const ATTESTED = 'vnd.docker.reference.digest';

/**
 * Always an OCI index, also for Docker schema 2 images: current registries and runtimes accept the mixture, and one
 * format keeps the digest independent of the builders. The same input gives the same bytes.
 */
export function buildIndex(
  entries: readonly IndexEntry[],
  annotations: Readonly<Record<string, string>> = {},
): IndexManifest {
  const body = {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: entries.map(writeEntry),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations: sortKeys(annotations) }),
  };
  const bytes = Buffer.from(JSON.stringify(body));
  return { kind: 'index', mediaType: OCI_INDEX, digest: sha256(bytes), bytes, body };
}

/** Keys are in the order of the specification's examples, so that the bytes are always the same. */
function writeEntry({ mediaType, digest, size, platform, annotations }: IndexEntry): Descriptor {
  const { os, architecture, variant } = platform;
  return {
    mediaType,
    digest,
    size,
    platform: { architecture, os, ...(variant === undefined ? {} : { variant }) },
    ...(annotations && Object.keys(annotations).length > 0 ? { annotations: sortKeys(annotations) } : {}),
  };
}

function sortKeys(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The entries of an index that are images, without attestations. */
export function imagesIn(index: IndexBody): readonly Descriptor[] {
  return index.manifests.filter((entry) => !isAttestation(entry));
}

/** An architecture's tag may itself be an index: of one image and its provenance, or even of several platforms. */
export function findPlatform(index: IndexBody, platform: ImagePlatform): Descriptor | undefined {
  const images = imagesIn(index);
  const [only] = images;
  if (images.length === 1 && only && !only.platform) return only;
  return images.find((entry) => entry.platform && isSamePlatform(entry.platform, platform));
}

/** The attestations of one image in an index: provenance, SBOM. */
export function attestationsOf(index: IndexBody, digest: string): readonly Descriptor[] {
  return index.manifests.filter((entry) => isAttestation(entry) && entry.annotations?.[ATTESTED] === digest);
}

function isAttestation({ platform, annotations }: Descriptor): boolean {
  if (annotations?.[ATTESTATION] !== undefined) return true;
  return platform?.os === 'unknown' && platform.architecture === 'unknown';
}

import { gzipSync } from 'node:zlib';
import { sha256 } from '../../src/registry/digest.ts';
import { buildIndex, type IndexEntry } from '../../src/registry/image-index.ts';
import type { Manifest } from '../../src/registry/manifest.ts';
import { publishManifest } from '../../src/registry/publish.ts';
import type { Repository } from '../../src/registry/repository.ts';
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST, type ImagePlatform } from '../../src/registry/schema.ts';
import { writeTar, type TarEntry } from './tar.ts';

/** An image to be put together from nothing: the seed of a registry that can pull from nowhere. */
export interface SeedImage {
  readonly platform: ImagePlatform;
  /** One layer each. */
  readonly layers: readonly (readonly TarEntry[])[];
  /** https://github.com/opencontainers/image-spec/blob/main/config.md: `Entrypoint`, `Env`, `Labels` … */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Blob {
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly size: number;
}

/** Several platforms become an index. The same input gives the same digest. */
export async function pushImage(
  repository: Repository,
  images: readonly SeedImage[],
  tags: readonly string[],
): Promise<Manifest> {
  const pushed: { manifest: Manifest; platform: ImagePlatform }[] = [];
  for (const image of images)
    pushed.push({ manifest: await pushOne(repository, image), platform: image.platform });
  const [only, ...others] = pushed;
  const whole = only && others.length === 0 ? only.manifest : buildIndex(pushed.map(describeEntry));
  await publishManifest(repository, whole, tags);
  return whole;
}

async function pushOne(repository: Repository, image: SeedImage): Promise<Manifest> {
  const layers = image.layers.map((entries) => packLayer(writeTar(entries)));
  const config = toBlob(Buffer.from(JSON.stringify(describeConfig(image, layers))));
  for (const blob of [config, ...layers]) {
    if (!(await repository.hasBlob(blob.digest))) await repository.putBlob(blob, blob.bytes);
  }
  const body = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: describeBlob(OCI_CONFIG, config),
    layers: layers.map((layer) => describeBlob(OCI_LAYER, layer)),
    ...(image.annotations ? { annotations: image.annotations } : {}),
  };
  const { bytes, digest } = toBlob(Buffer.from(JSON.stringify(body)));
  await repository.putManifest(digest, { mediaType: OCI_MANIFEST, bytes });
  return { kind: 'image', mediaType: OCI_MANIFEST, bytes, digest, body };
}

function describeConfig(image: SeedImage, layers: readonly { readonly diffId: string }[]): object {
  const { os, architecture, variant } = image.platform;
  return {
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    config: image.config ?? {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  };
}

function packLayer(tar: Uint8Array): Blob & { readonly diffId: string } {
  const bytes = gzipSync(tar);
  // The byte that names the operating system of whoever packed it.
  bytes[9] = 255;
  return { ...toBlob(bytes), diffId: sha256(tar) };
}

function toBlob(bytes: Uint8Array): Blob {
  return { bytes, digest: sha256(bytes), size: bytes.length };
}

function describeBlob(mediaType: string, { digest, size }: Blob) {
  return { mediaType, digest, size };
}

function describeEntry({ manifest, platform }: { manifest: Manifest; platform: ImagePlatform }): IndexEntry {
  return { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length, platform };
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ownBlobsOf, type ImageManifest } from './manifest.ts';
import { runPool } from '../system/concurrency/pool.ts';
import { makeTemporary, removeTemporary } from '../system/files/temporary.ts';
import { formatRepository } from './reference.ts';
import type { Repository } from './repository.ts';
import type { Descriptor } from './schema.ts';

const BLOBS_AT_ONCE = 4;

export function isSameRepository(one: Repository, other: Repository): boolean {
  return formatRepository(one.name) === formatRepository(other.name);
}

/** Copies an image with all its blobs, the manifest last: an index may only refer to images in its own repository. */
export async function copyImage(from: Repository, to: Repository, manifest: ImageManifest): Promise<void> {
  const scratch = await makeTemporary('copy');
  try {
    await runPool([...byDigest(ownBlobsOf(manifest.body)).values()], BLOBS_AT_ONCE, (blob) =>
      copyBlob({ from, to, scratch }, blob),
    );
  } finally {
    await removeTemporary(scratch);
  }
  await to.putManifest(manifest.digest, manifest);
}

interface CopyContext {
  readonly from: Repository;
  readonly to: Repository;
  readonly scratch: string;
}

/** Mounts the blob within one registry if possible; otherwise copies it through a file, because layers do not fit in memory. */
async function copyBlob({ from, to, scratch }: CopyContext, blob: Descriptor): Promise<void> {
  const near = from.name.host === to.name.host;
  if (near && (await to.mountBlob(blob.digest, from.name))) return;
  if (await to.hasBlob(blob.digest)) return;
  const file = join(scratch, blob.digest.replace(':', '-'));
  await from.saveBlob(blob, file);
  await to.putBlob(blob, file);
  await rm(file);
}

function byDigest(blobs: readonly Descriptor[]): Map<string, Descriptor> {
  return new Map(blobs.map((blob) => [blob.digest, blob]));
}

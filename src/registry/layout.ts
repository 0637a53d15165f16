import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { HephyError } from '../errors.ts';
import { errorCode, errorMessage } from '../system/error-code.ts';
import { ownBlobsOf, type Manifest } from './manifest.ts';
import { runPool } from '../system/concurrency/pool.ts';
import type { Repository } from './repository.ts';
import { OCI_INDEX, parseAs, type Descriptor } from './schema.ts';

/** An image of a registry, and its name in the layout. */
export interface LayoutImage {
  readonly repository: Repository;
  /** Tag or digest. */
  readonly target: string;
  readonly name: string;
}

const REF_NAME = 'org.opencontainers.image.ref.name';
const BLOBS_AT_ONCE = 4;
/** Unknown fields are kept: another tool may have written the file. */
const LayoutEntry = z.looseObject({
  digest: z.string(),
  annotations: z.record(z.string(), z.string()).nullish(),
});
const LayoutIndex = z.looseObject({ manifests: z.array(LayoutEntry) });
type LayoutEntry = z.infer<typeof LayoutEntry>;

/**
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md. Blobs are written atomically, and
 * the index last: an interrupted run leaves the layout valid. Existing names are replaced.
 */
export async function writeLayout(directory: string, images: readonly LayoutImage[]): Promise<void> {
  try {
    const entries: LayoutEntry[] = [];
    for (const image of images) entries.push(await addImage(directory, image));
    await replaceFile(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    await writeIndex(directory, entries);
  } catch (cause) {
    throw describeTrouble(directory, cause);
  }
}

async function addImage(directory: string, { repository, target, name }: LayoutImage): Promise<LayoutEntry> {
  const manifest = await repository.getManifest(target);
  await addManifest(directory, repository, manifest);
  const { mediaType, digest, bytes } = manifest;
  return { mediaType, digest, size: bytes.length, annotations: { [REF_NAME]: name } };
}

/** Children before the index that names them. */
async function addManifest(directory: string, repository: Repository, manifest: Manifest): Promise<void> {
  if (manifest.kind === 'index') {
    for (const { digest } of manifest.body.manifests) {
      await addManifest(directory, repository, await repository.getManifest(digest));
    }
  } else {
    await runPool(ownBlobsOf(manifest.body), BLOBS_AT_ONCE, (blob) => addBlob(directory, repository, blob));
  }
  await replaceFile(blobPath(directory, manifest.digest), manifest.bytes);
}

async function addBlob(directory: string, repository: Repository, blob: Descriptor): Promise<void> {
  const path = blobPath(directory, blob.digest);
  if ((await sizeOf(path)) === blob.size) return;
  await writeWhole(path, (file) => repository.saveBlob(blob, file));
}

function blobPath(directory: string, digest: string): string {
  return join(directory, 'blobs', ...digest.split(':'));
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

async function writeIndex(directory: string, entries: readonly LayoutEntry[]): Promise<void> {
  const path = join(directory, 'index.json');
  const standing = await readIndex(path);
  const names = new Set(entries.map(refName));
  const others = standing.filter((entry) => !names.has(refName(entry)));
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [...others, ...entries] };
  await replaceFile(path, JSON.stringify(index));
}

async function readIndex(path: string): Promise<readonly LayoutEntry[]> {
  const text = await readIfThere(path);
  if (text === undefined) return [];
  const index = parseAs(LayoutIndex, text);
  if (index) return index.manifests;
  throw new HephyError('LAYOUT_WRITE', `${path} exists already, and is not the index of an OCI layout`, {
    hint: 'Choose another directory, or remove this one.',
  });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function refName(entry: LayoutEntry): string | undefined {
  return entry.annotations?.[REF_NAME];
}

function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  return writeWhole(path, (file) => writeFile(file, content));
}

/** Writes to a temporary name, and renames once the file is complete. */
async function writeWhole(path: string, write: (file: string) => Promise<void>): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await write(part);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

function describeTrouble(directory: string, cause: unknown): unknown {
  if (cause instanceof HephyError || errorCode(cause) === undefined) return cause;
  return new HephyError(
    'LAYOUT_WRITE',
    `cannot write the OCI layout in ${directory}: ${errorMessage(cause)}`,
    {
      cause,
      hint: 'Choose a writable directory on a disk with free space.',
    },
  );
}

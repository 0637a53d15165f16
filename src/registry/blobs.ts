import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HephyError } from '../errors.ts';
import { hasDigest, startDigest } from './digest.ts';
import { nameOf, pathOf, type Place } from './place.ts';
import { formatRepository, type RepositoryName } from './reference.ts';
import type { Call } from './session.ts';

/** Digest and size of a blob; every descriptor has both. */
export interface BlobId {
  readonly digest: string;
  readonly size: number;
}

/** A blob in memory, or the path of the file that holds it. */
export type BlobContent = Uint8Array | string;

export interface Blobs {
  hasBlob(digest: string): Promise<boolean>;
  /** For small blobs, such as configs. */
  readBlob(blob: BlobId): Promise<Buffer>;
  /** Downloads and verifies the blob. The file is only valid once this succeeds. */
  saveBlob(blob: BlobId, file: string): Promise<void>;
  putBlob(blob: BlobId, content: BlobContent): Promise<void>;
  /** Mounts the blob from another repository of the same registry; false if it has to be pushed. */
  mountBlob(digest: string, from: RepositoryName): Promise<boolean>;
  /** Throws if this login may not push to the repository. Leaves nothing behind. */
  checkPush(): Promise<void>;
}

const MAX_IN_MEMORY = 8 * 1024 * 1024;
const SLOWEST_BYTES_PER_MS = 64;
const PATIENCE_MS = 120_000;

export function createBlobs(place: Place): Blobs {
  return {
    hasBlob: (digest) => hasBlob(place, digest),
    readBlob: (blob) => readBlob(place, blob),
    saveBlob: (blob, file) => saveBlob(place, blob, file),
    putBlob: (blob, content) => putBlob(place, blob, content),
    mountBlob: (digest, from) => mountBlob(place, digest, from),
    checkPush: () => checkPush(place),
  };
}

type CallStart = Pick<Call, 'host' | 'target' | 'action' | 'scopes'>;

function callFor(place: Place, digest: string, verb: string): CallStart {
  return {
    host: place.name.host,
    target: pathOf(place, `blobs/${digest}`),
    action: `${verb} ${nameOf(place, digest)}`,
    scopes: place.scopes,
  };
}

async function hasBlob(place: Place, digest: string): Promise<boolean> {
  const call = callFor(place, digest, 'look up');
  return (await place.session.send({ ...call, method: 'HEAD', accept: [404] })).status !== 404;
}

async function readBlob(place: Place, { digest, size }: BlobId): Promise<Buffer> {
  const name = nameOf(place, digest);
  if (size > MAX_IN_MEMORY) throw oversized(name, size);
  const response = await place.session.send({
    ...callFor(place, digest, 'read'),
    method: 'GET',
    maxBytes: MAX_IN_MEMORY,
    verify: ({ body }) => {
      if (body.length !== size || !hasDigest(body, digest)) throw different(name);
    },
  });
  return response.body;
}

async function saveBlob(place: Place, blob: BlobId, file: string): Promise<void> {
  await place.session.send({
    ...callFor(place, blob.digest, 'read'),
    method: 'GET',
    totalMs: timeFor(blob),
    consume: (body) => saveVerified(body, { blob, file, name: nameOf(place, blob.digest) }),
  });
}

async function saveVerified(body: Readable, to: { blob: BlobId; file: string; name: string }): Promise<void> {
  const digest = startDigest(to.blob.digest);
  let size = 0;
  async function* check(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > to.blob.size) throw different(to.name);
      digest.update(chunk);
      yield chunk;
    }
  }
  await pipeline(body, check, createWriteStream(to.file));
  if (size !== to.blob.size || !digest.matches()) throw different(to.name);
}

async function putBlob(place: Place, blob: BlobId, content: BlobContent): Promise<void> {
  const length: Record<string, string> =
    typeof content === 'string' ? { 'content-length': String(blob.size) } : {};
  await place.session.send({
    ...callFor(place, blob.digest, 'push'),
    target: async () => withDigest(await openUpload(place, blob.digest), blob.digest),
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', ...length },
    body: typeof content === 'string' ? () => createReadStream(content) : content,
    totalMs: timeFor(blob),
  });
}

async function openUpload(place: Place, digest: string): Promise<string> {
  const call = { ...callFor(place, digest, 'push'), target: pathOf(place, 'blobs/uploads/') };
  const response = await place.session.send({ ...call, method: 'POST' });
  if (response.headers.location !== undefined) return response.headers.location;
  throw new HephyError(
    'REGISTRY_REJECTED',
    `${nameOf(place, digest)}: the registry returned no address for the upload`,
    {
      hint: 'Check that the host and port belong to a registry, and check proxies on the way.',
    },
  );
}

/** Adds the digest to the upload address, and leaves the rest of the address as the registry sent it. */
function withDigest(location: string, digest: string): string {
  return `${location}${location.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`;
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#mounting-a-blob-from-another-repository */
async function mountBlob(place: Place, digest: string, from: RepositoryName): Promise<boolean> {
  const query = new URLSearchParams({ mount: digest, from: from.path });
  const response = await place.session.send({
    ...callFor(place, digest, 'mount'),
    target: pathOf(place, `blobs/uploads/?${query.toString()}`),
    method: 'POST',
    scopes: [...place.scopes, `repository:${from.path}:pull`],
    accept: [400, 404, 405],
  });
  return response.status === 201;
}

/** Opens an upload and cancels it: registries have no request to check permissions, and other tools do the same. */
async function checkPush(place: Place): Promise<void> {
  const { session, scopes } = place;
  const { host } = place.name;
  const action = `push to ${formatRepository(place.name)}`;
  const target = pathOf(place, 'blobs/uploads/');
  const { headers } = await session.send({ host, scopes, action, target, method: 'POST' });
  const { location } = headers;
  if (location === undefined) return;
  await session.send({ host, scopes, action, target: location, method: 'DELETE' }).catch(() => undefined);
}

function timeFor({ size }: BlobId): number {
  return PATIENCE_MS + size / SLOWEST_BYTES_PER_MS;
}

function different(name: string): HephyError {
  return new HephyError('REGISTRY_DIGEST', `${name} does not match its digest or its size`, {
    hint: 'Something between this machine and the registry changes or truncates responses: check proxies.',
  });
}

function oversized(name: string, size: number): HephyError {
  return new HephyError(
    'REGISTRY_UNAVAILABLE',
    `${name} has ${size} bytes, which is too large for a config`,
    {
      hint: 'Check that it is an image; push it again with a current tool.',
    },
  );
}

import type { IncomingHttpHeaders } from 'node:http';
import { HephyError } from '../errors.ts';
import type { HttpResponse } from '../system/http/http.ts';
import { hasDigest, sha256 } from './digest.ts';
import { parseManifest, type Manifest } from './manifest.ts';
import { nameOf, pathOf, type Place } from './place.ts';
import { isDigest } from './reference.ts';
import { MANIFEST_TYPES, type ManifestType } from './schema.ts';
import type { Call } from './session.ts';

export interface PushedManifest {
  readonly mediaType: ManifestType;
  readonly bytes: Uint8Array;
}

/** `target` is a tag or a digest. */
export interface Manifests {
  /** The digest, without fetching the manifest; undefined if there is no manifest. */
  findManifest(target: string): Promise<string | undefined>;
  getManifest(target: string): Promise<Manifest>;
  putManifest(target: string, manifest: PushedManifest): Promise<void>;
}

export function createManifests(place: Place): Manifests {
  return {
    findManifest: (target) => findManifest(place, target),
    getManifest: (target) => getManifest(place, target),
    putManifest: (target, manifest) => putManifest(place, target, manifest),
  };
}

const ACCEPT = { accept: MANIFEST_TYPES.join(', ') };

function callFor(
  place: Place,
  target: string,
  verb: string,
): Pick<Call, 'host' | 'target' | 'action' | 'scopes'> {
  return {
    host: place.name.host,
    target: pathOf(place, `manifests/${target}`),
    action: `${verb} ${nameOf(place, target)}`,
    scopes: place.scopes,
  };
}

async function findManifest(place: Place, target: string): Promise<string | undefined> {
  const { session } = place;
  const call = callFor(place, target, 'look up');
  const response = await session.send({ ...call, method: 'HEAD', headers: ACCEPT, accept: [404] });
  if (response.status === 404) return undefined;
  return statedDigest(response.headers) ?? (await getManifest(place, target)).digest;
}

async function getManifest(place: Place, target: string): Promise<Manifest> {
  const name = nameOf(place, target);
  const response = await place.session.send({
    ...callFor(place, target, 'read'),
    method: 'GET',
    headers: ACCEPT,
    verify: (answer) => verifyBytes(answer, target, name),
  });
  const manifest = parseManifest(response.body, { name, contentType: response.headers['content-type'] });
  return isDigest(target) ? { ...manifest, digest: target } : manifest;
}

/** For a tag, checks the digest in the response header; for a digest, the digest itself. */
function verifyBytes({ headers, body }: HttpResponse, target: string, name: string): void {
  const expected = isDigest(target) ? target : statedDigest(headers);
  if (expected === undefined || hasDigest(body, expected)) return;
  throw new HephyError('REGISTRY_DIGEST', `${name} does not match its digest: expected ${expected}`, {
    hint: 'Something between this machine and the registry changes or truncates responses: check proxies.',
  });
}

async function putManifest(
  place: Place,
  target: string,
  { mediaType, bytes }: PushedManifest,
): Promise<void> {
  const name = nameOf(place, target);
  await place.session.send({
    ...callFor(place, target, 'push'),
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body: bytes,
    verify: ({ headers }) => verifyStored(statedDigest(headers), bytes, name),
  });
}

function verifyStored(stored: string | undefined, bytes: Uint8Array, name: string): void {
  if (stored === undefined || hasDigest(bytes, stored)) return;
  throw new HephyError(
    'REGISTRY_DIGEST',
    `the registry stored ${name} as ${stored}, but its digest is ${sha256(bytes)}`,
    {
      hint: 'Something between this machine and the registry changes what is pushed: check proxies.',
    },
  );
}

function statedDigest(headers: IncomingHttpHeaders): string | undefined {
  const stated = headers['docker-content-digest'];
  return typeof stated === 'string' && isDigest(stated) ? stated : undefined;
}

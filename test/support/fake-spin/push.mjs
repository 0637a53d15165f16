import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SpinError } from './spin-error.mjs';
import { describe } from './application.mjs';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Gives the digest, where the registry's Location of the manifest tells it: there alone does Spin look. */
export async function pushApplication({ layers, config, annotations }, place) {
  const target = readReference(place.reference);
  const registry = { base: `${place.insecure ? 'http' : 'https'}://${target.host}`, ...target };
  for (const blob of [...layers, config]) await pushBlob(registry, blob);
  const body = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: pick(config),
    layers: layers.map(pick),
    annotations,
  };
  const manifest = describe(Buffer.from(JSON.stringify(body)), MANIFEST);
  const headers = { 'content-type': MANIFEST };
  const url = `${registry.base}/v2/${target.path}/manifests/${target.tag}`;
  const answer = await send(registry, url, { method: 'PUT', headers, body: manifest.bytes });
  const last = (answer.headers.get('location') ?? '').split('/').at(-1) ?? '';
  return last.includes(':') ? last : undefined;
}

function pick({ mediaType, digest, size }) {
  return { mediaType, digest, size };
}

function readReference(text) {
  const [, host, path, tag] = /^([^/]+)\/([a-z0-9._/-]+):([\w][\w.-]*)$/.exec(text) ?? [];
  if (host === undefined) throw new SpinError(`cannot parse reference ${text}`, 'invalid reference format');
  return { host, path, tag };
}

/** In chunks, as Spin does: a registry without a Location fails here. */
async function pushBlob(registry, { bytes, digest }) {
  const begun = await send(registry, `${registry.base}/v2/${registry.path}/blobs/uploads/`, {
    method: 'POST',
  });
  let location = locationOf(begun, registry);
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    const body = bytes.subarray(start, start + CHUNK_BYTES);
    const range = `${start}-${start + body.length - 1}`;
    const headers = { 'content-type': 'application/octet-stream', 'content-range': range };
    location = locationOf(await send(registry, location, { method: 'PATCH', headers, body }), registry);
  }
  location.searchParams.set('digest', digest);
  await send(registry, location, { method: 'PUT' });
}

function locationOf(answer, { base }) {
  const location = answer.headers.get('location');
  if (location !== null) return new URL(location, base);
  throw failedPush('Registry did not return a location header');
}

async function send(registry, url, request) {
  const headers = { ...request.headers, ...login(registry.host) };
  const answer = await fetch(url, { ...request, headers }).catch((error) => {
    throw failedPush(
      `error sending request for url (${url})`,
      'client error (Connect)',
      error.cause?.message,
    );
  });
  if (answer.ok) return answer;
  if (answer.status === 401) throw failedPush(`Not authorized: url ${url}`);
  throw failedPush(`Server error: url ${url}, code: ${answer.status}, message: ${await answer.text()}`);
}

function failedPush(...causes) {
  return new SpinError('cannot push Spin application', ...causes);
}

/** Spin's own login comes first, then Docker's. */
function login(host) {
  const { XDG_CONFIG_HOME, DOCKER_CONFIG, HOME = '/' } = process.env;
  const own = readJson(join(XDG_CONFIG_HOME ?? join(HOME, '.config'), 'fermyon/registry-auth.json'));
  const docker = readJson(join(DOCKER_CONFIG ?? join(HOME, '.docker'), 'config.json'));
  const encoded = own?.auths?.[host] ?? docker?.auths?.[host]?.auth;
  return encoded === undefined ? {} : { authorization: `Basic ${encoded}` };
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

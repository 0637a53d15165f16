import { isIPv6 } from 'node:net';
import { HephyError } from '../errors.ts';

/** A repository on a registry: `ghcr.io` and `acme/shop/api`. */
export interface RepositoryName {
  /** With its port, if given; Docker Hub is always `docker.io`. */
  readonly host: string;
  readonly path: string;
}

/** https://github.com/distribution/reference/blob/main/reference.go has the grammar. */
export interface Reference extends RepositoryName {
  readonly tag?: string;
  readonly digest?: string;
}

const DOCKER_HUB = 'docker.io';
const HUB_ALIASES = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]);
const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[([a-fA-F0-9:.]+)\\])(?::(\\d{1,5}))?$`);
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;
const MAX_NAME = 255;

/** Parses like `docker pull`, with the defaults for Docker Hub, but does not add `latest`. */
export function parseReference(text: string): Reference {
  const [beforeDigest = '', digest, ...more] = text.split('@');
  const { name, tag } = cutTag(beforeDigest);
  if (more.length > 0) throw malformed(text, 'it has more than one "@"');
  if (tag !== undefined && !isTag(tag)) throw malformed(text, 'its tag is not valid');
  if (digest !== undefined && !isDigest(digest))
    throw malformed(text, 'its digest is not sha256:… or sha512:…');
  return {
    ...readName(text, name),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** For settings that name a push destination, where neither tag nor digest is allowed. */
export function parseRepository(text: string): RepositoryName {
  const { host, path, tag, digest } = parseReference(text);
  if (tag !== undefined || digest !== undefined) throw malformed(text, 'a tag or digest is not allowed here');
  return { host, path };
}

export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${formatRepository(reference)}${tag}${digest}`;
}

export function formatRepository({ host, path }: RepositoryName): string {
  return `${host}/${path}`;
}

/** `sha256:…` of an image, or its tag, for the registry's API. A digest takes precedence over a tag. */
export function referenceTarget(reference: Reference): string {
  return reference.digest ?? reference.tag ?? 'latest';
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** Docker Hub's API has another host name than its references. */
export function apiHost(host: string): string {
  return host === DOCKER_HUB ? 'registry-1.docker.io' : host;
}

/** One name per registry, so that credentials and tokens are found by it. */
export function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  return HUB_ALIASES.has(lower) ? DOCKER_HUB : lower;
}

function cutTag(text: string): { name: string; tag?: string } {
  const colon = text.lastIndexOf(':');
  if (colon <= text.lastIndexOf('/')) return { name: text };
  return { name: text.slice(0, colon), tag: text.slice(colon + 1) };
}

function readName(text: string, name: string): RepositoryName {
  if (name.length > MAX_NAME) throw malformed(text, `its name is longer than ${MAX_NAME} characters`);
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  if (!looksLikeHost(first)) return hubName(text, name);
  if (!isHost(first)) throw malformed(text, `"${first}" is not a host name`);
  const host = canonicalHost(first);
  const path = name.slice(slash + 1);
  return host === DOCKER_HUB ? hubName(text, path) : { host, path: checkPath(text, path) };
}

function hubName(text: string, path: string): RepositoryName {
  return { host: DOCKER_HUB, path: checkPath(text, path.includes('/') ? path : `library/${path}`) };
}

/** The part before the first slash is a host only if it cannot be a user name on Docker Hub. */
function looksLikeHost(first: string): boolean {
  return first === 'localhost' || /[.:[\]]/.test(first) || first !== first.toLowerCase();
}

function isHost(text: string): boolean {
  const match = HOST.exec(text);
  if (!match) return false;
  const [, address, port] = match;
  return (address === undefined || isIPv6(address)) && Number(port ?? 0) <= 65_535;
}

function checkPath(text: string, path: string): string {
  if (path.split('/').every((component) => COMPONENT.test(component))) return path;
  throw malformed(
    text,
    path === path.toLowerCase() ? 'its path is not valid' : 'its path has uppercase letters',
  );
}

function malformed(text: string, why: string): HephyError {
  const shown = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  return new HephyError('REGISTRY_REFERENCE', `${JSON.stringify(shown)} is not an image reference: ${why}`, {
    hint: 'Write it as host/path, host/path:tag or host/path@sha256:…, in lowercase.',
  });
}

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { HephyError } from '../errors.ts';
import type { Env } from '../system/env.ts';
import { errorCode } from '../system/error-code.ts';
import { canonicalHost } from './reference.ts';
import { parseAs } from './schema.ts';

/** https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties. Only the fields for logins. */
const DockerConfig = z.looseObject({
  auths: z.record(z.string(), z.unknown()).nullish(),
  credsStore: z.string().nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
});
export type DockerConfig = z.infer<typeof DockerConfig>;

const AuthEntry = z.object({
  auth: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  identitytoken: z.string().nullish(),
});

export interface Credential {
  readonly username: string;
  readonly password: string;
  /** An OAuth2 refresh token; user name and password are empty then. */
  readonly identityToken?: string;
}

/** One source of logins: Docker's file, podman's file, or a variable with the same content. */
export interface LoginSource {
  readonly origin: string;
  /** Registries in the source. Not each of them needs to have a login. */
  readonly hosts: readonly string[];
  /** The credential helper for this registry. */
  helper(host: string): string | undefined;
  entry(host: string): Credential | undefined;
}

/** The unparsed text of a source of logins. */
export interface ConfigText {
  readonly kind: 'variable' | 'docker' | 'podman';
  readonly origin: string;
  readonly text: string;
}

/** In the order in which they are searched. */
export async function readLoginSources(env: Env): Promise<readonly LoginSource[]> {
  return (await readConfigTexts(env)).map(({ origin, text }) => parseSource(origin, text));
}

/** In the order in which they are searched. Files that do not exist are left out. */
export async function readConfigTexts(env: Env): Promise<readonly ConfigText[]> {
  const files = await Promise.all([
    readPlace('docker', join(dockerDirectory(env), 'config.json')),
    readPlace('podman', podmanFile(env)),
  ]);
  const variable = env['DOCKER_AUTH_CONFIG'] ?? '';
  return variable.trim() === ''
    ? files.flat()
    : [{ kind: 'variable', origin: 'DOCKER_AUTH_CONFIG', text: variable }, ...files.flat()];
}

export function dockerDirectory(env: Env): string {
  return env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');
}

function podmanFile(env: Env): string {
  const runtime = env['XDG_RUNTIME_DIR'];
  return env['REGISTRY_AUTH_FILE'] || (runtime ? join(runtime, 'containers', 'auth.json') : '');
}

async function readPlace(kind: ConfigText['kind'], file: string): Promise<readonly ConfigText[]> {
  const text = file === '' ? undefined : await readText(file);
  return text === undefined ? [] : [{ kind, origin: file, text }];
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new HephyError('REGISTRY_CREDENTIALS', `${file} cannot be read`, {
      cause,
      hint: 'Make the file readable, or set DOCKER_CONFIG to another directory.',
    });
  }
}

/** Exported for tests. Errors of the parser are not shown: they quote the text, which contains passwords. */
export function parseSource(origin: string, text: string): LoginSource {
  const { auths, credHelpers, credsStore } = parseConfig(origin, text);
  const helpers = byHost(credHelpers ?? {});
  const entries = byHost(auths ?? {});
  return {
    origin,
    hosts: [...new Set([...entries.keys(), ...helpers.keys()])],
    // An empty helper means that `credsStore` does not apply to the host.
    helper: (host) => (helpers.get(host) ?? credsStore) || undefined,
    entry: (host) => (entries.has(host) ? readEntry(entries.get(host), { origin, host }) : undefined),
  };
}

/** Keeps unknown fields. */
export function parseConfig(origin: string, text: string): DockerConfig {
  const config = parseAs(DockerConfig, text.replace(/^\uFEFF/, ''));
  if (config) return config;
  throw broken(origin, 'is not a Docker config file');
}

/** Keys are hosts, or legacy addresses: `https://index.docker.io/v1/`. A plain host takes precedence over an address. */
function byHost<T>(record: Readonly<Record<string, T>>): Map<string, T> {
  const entries = Object.entries(record).map(([key, value]) => ({
    host: hostOf(key),
    plain: !key.includes('/'),
    value,
  }));
  const ordered = entries.sort((a, b) => Number(a.plain) - Number(b.plain));
  return new Map(ordered.map(({ host, value }) => [host, value]));
}

/** The host in a key of `auths`. */
export function hostOf(key: string): string {
  return canonicalHost(key.replace(/^https?:\/\//, '').replace(/\/.*$/s, ''));
}

function readEntry(value: unknown, place: { origin: string; host: string }): Credential | undefined {
  const entry = AuthEntry.safeParse(value ?? {});
  if (!entry.success) throw broken(place.origin, `has an entry for ${place.host} that is not a login`);
  const { auth, username, password, identitytoken } = entry.data;
  if (identitytoken) return { username: '', password: '', identityToken: identitytoken };
  if (username && password) return { username, password };
  if (!auth) return undefined;
  const login = decodeAuth(auth);
  if (login) return login;
  throw broken(place.origin, `has an "auth" for ${place.host} that is not base64 of user:password`);
}

function decodeAuth(auth: string): Credential | undefined {
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon > 0 ? { username: text.slice(0, colon), password: text.slice(colon + 1) } : undefined;
}

function broken(origin: string, what: string): HephyError {
  return new HephyError('REGISTRY_CREDENTIALS', `${origin} ${what}`, {
    hint: 'Correct the file, or create it again with docker login.',
  });
}

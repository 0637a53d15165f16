import { type ConfigText, type DockerConfig, hostOf, parseConfig } from './docker-config.ts';
import { authKey } from './login-file.ts';

/** An entry of `auths`, or the name of a helper that knows the login. */
export type Entry = { readonly login: object } | { readonly helper: string };

/**
 * Merges all of the user's configs (Docker's file, DOCKER_AUTH_CONFIG, podman's file) into one, and adds these logins:
 * each tool reads only one of these sources. Credential helpers and all other fields of the user's file are kept.
 */
export function mergeConfig(texts: readonly ConfigText[], entries: ReadonlyMap<string, Entry>): string {
  const read = (kind: ConfigText['kind']): DockerConfig => {
    const found = texts.find((text) => text.kind === kind);
    return found ? parseConfig(found.origin, found.text) : {};
  };
  let merged = read('docker');
  for (const [host, entry] of entriesOf(read('podman'))) merged = putBelow(merged, host, entry);
  for (const [host, entry] of entriesOf(read('variable'))) merged = put(merged, host, entry);
  for (const [host, entry] of entries) merged = put(merged, host, entry);
  return `${JSON.stringify(merged, null, 2)}\n`;
}

function entriesOf({ auths, credHelpers }: DockerConfig): readonly (readonly [string, Entry])[] {
  return [
    ...Object.entries(auths ?? {}).flatMap(([key, login]) =>
      typeof login === 'object' && login !== null && Object.keys(login).length > 0
        ? [[hostOf(key), { login }] as const]
        : [],
    ),
    ...Object.entries(credHelpers ?? {}).map(([key, helper]) => [hostOf(key), { helper }] as const),
  ];
}

/** Replaces the entries of this host. An empty helper keeps `credsStore` from taking precedence over the entry. */
function put(config: DockerConfig, host: string, entry: Entry): DockerConfig {
  const key = authKey(host);
  const auths = without(config.auths ?? {}, host);
  const credHelpers = without(config.credHelpers ?? {}, host);
  if ('helper' in entry) return { ...config, auths, credHelpers: { ...credHelpers, [key]: entry.helper } };
  const helpers = config.credsStore ? { ...credHelpers, [key]: '' } : credHelpers;
  return { ...config, auths: { ...auths, [key]: entry.login }, credHelpers: helpers };
}

/** Entries of podman's file apply only to hosts without an entry in Docker's config. */
function putBelow(config: DockerConfig, host: string, entry: Entry): DockerConfig {
  const known = [...Object.keys(config.auths ?? {}), ...Object.keys(config.credHelpers ?? {})];
  return config.credsStore || known.some((key) => hostOf(key) === host) ? config : put(config, host, entry);
}

function without<T>(record: Readonly<Record<string, T>>, host: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => hostOf(key) !== host));
}

import type { Env } from '../system/env.ts';
import { askHelper } from './credential-helper.ts';
import { readLoginSources, type Credential, type LoginSource } from './docker-config.ts';
import { canonicalHost } from './reference.ts';

export type { Credential } from './docker-config.ts';

/** Finds the login for a registry. Undefined: use the registry without a login. */
export interface Credentials {
  find(host: string): Promise<Credential | undefined>;
  /** Registries in the user's config. */
  hosts(): Promise<readonly string[]>;
}

export interface CredentialOptions {
  readonly env: Env;
  /** Logins that a CI platform gives its jobs, by host. The user's own config takes precedence. */
  readonly known?: Readonly<Record<string, Credential>>;
  readonly helperTimeoutMs?: number;
  /** How long a login is used before files are read and helpers are run again. */
  readonly validMs?: number;
  readonly signal?: AbortSignal;
  /** Called with every password before it is returned, so that output can be redacted. */
  readonly onSecret?: (secret: string) => void;
}

const HELPER_TIMEOUT_MS = 30_000;
/** Cloud logins are renewed in the files during a run. */
const VALID_MS = 5 * 60_000;

/** The logins of Docker's config. Files are read, and helpers are run, once per `validMs`. */
export function loadCredentials(options: CredentialOptions): Credentials {
  const answers = new Map<string, Promise<Credential | undefined>>();
  let sources: Promise<readonly LoginSource[]> | undefined;
  let readAt = Date.now();
  function forgetOld(): void {
    if (Date.now() - readAt < (options.validMs ?? VALID_MS)) return;
    answers.clear();
    sources = undefined;
    readAt = Date.now();
  }
  const report = (found: Credential | undefined): void => reportSecrets(found, options);
  async function read(): Promise<readonly LoginSource[]> {
    const found = await readLoginSources(options.env);
    for (const source of found) for (const host of source.hosts) report(readSoundEntry(source, host));
    return found;
  }
  function readSources(): Promise<readonly LoginSource[]> {
    sources ??= read();
    return sources;
  }
  async function look(host: string): Promise<Credential | undefined> {
    for (const source of await readSources()) {
      const found = await askSource(source, host, options);
      if (found) return found;
    }
    return options.known?.[host];
  }
  async function findAndReport(host: string): Promise<Credential | undefined> {
    const found = await look(host);
    report(found);
    return found;
  }
  return {
    hosts: async () => [...new Set((await readSources()).flatMap(({ hosts }) => hosts))],
    find: (name) => {
      forgetOld();
      const host = canonicalHost(name);
      const answer = answers.get(host) ?? findAndReport(host);
      answers.set(host, answer);
      return answer;
    },
  };
}

/** Tools read the entries themselves and may print them. An invalid entry is reported only when it is needed. */
function readSoundEntry(source: LoginSource, host: string): Credential | undefined {
  try {
    return source.entry(host);
  } catch {
    return undefined;
  }
}

function reportSecrets(found: Credential | undefined, { onSecret }: CredentialOptions): void {
  for (const secret of [found?.password, found?.identityToken]) if (secret) onSecret?.(secret);
}

async function askSource(
  source: LoginSource,
  host: string,
  options: CredentialOptions,
): Promise<Credential | undefined> {
  const helper = source.helper(host);
  if (helper === undefined) return source.entry(host);
  const timeoutMs = options.helperTimeoutMs ?? HELPER_TIMEOUT_MS;
  const found = await askHelper(helper, host, { env: options.env, timeoutMs, signal: options.signal });
  return found ?? source.entry(host);
}

import type { Env } from '../system/env.ts';
import { askHelper } from './credential-helper.ts';
import { readLoginSources, type Credential, type LoginSource } from './docker-config.ts';
import { canonicalHost } from './reference.ts';

export type { Credential } from './docker-config.ts';

/** Answers who we are on a registry. Undefined: nobody, ask without a login. */
export interface Credentials {
  find(host: string): Promise<Credential | undefined>;
  /** Registries that the user's config mentions. */
  hosts(): Promise<readonly string[]>;
}

export interface CredentialOptions {
  readonly env: Env;
  /** Logins that a platform gives its jobs, by host. What the user's own config says comes first. */
  readonly known?: Readonly<Record<string, Credential>>;
  readonly helperTimeoutMs?: number;
  /** How long an answer is used before files and helpers are asked again. */
  readonly validMs?: number;
  readonly signal?: AbortSignal;
  /** KnownFingerprint every password before anyone gets it, so that it can be kept out of what is printed. */
  readonly onSecret?: (secret: string) => void;
}

const HELPER_TIMEOUT_MS = 30_000;
/** Logins of clouds are renewed in the files while a run goes on. */
const VALID_MS = 5 * 60_000;

/** The logins of Docker's config. Files are read, and each registry is asked about, once in a while. */
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
  const tell = (found: Credential | undefined): void => tellSecrets(found, options);
  async function read(): Promise<readonly LoginSource[]> {
    const found = await readLoginSources(options.env);
    for (const source of found) for (const host of source.hosts) tell(readSoundEntry(source, host));
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
  async function lookAndTell(host: string): Promise<Credential | undefined> {
    const found = await look(host);
    tell(found);
    return found;
  }
  return {
    hosts: async () => [...new Set((await readSources()).flatMap(({ hosts }) => hosts))],
    find: (name) => {
      forgetOld();
      const host = canonicalHost(name);
      const answer = answers.get(host) ?? lookAndTell(host);
      answers.set(host, answer);
      return answer;
    },
  };
}

/** What tools read by themselves and may print. An entry that cannot be read is complained about when it is needed. */
function readSoundEntry(source: LoginSource, host: string): Credential | undefined {
  try {
    return source.entry(host);
  } catch {
    return undefined;
  }
}

function tellSecrets(found: Credential | undefined, { onSecret }: CredentialOptions): void {
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

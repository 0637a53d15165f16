import type { Env } from '../system/env.ts';
import { askHelper } from './credential-helper.ts';
import { readLoginSources, type Credential, type LoginSource } from './docker-config.ts';
import { canonicalHost } from './reference.ts';

export type { Credential } from './docker-config.ts';

/** Answers who we are on a registry. Undefined: nobody, ask without a login. */
export interface Credentials {
  find(host: string): Promise<Credential | undefined>;
}

export interface CredentialOptions {
  readonly env: Env;
  /** Logins that a platform gives its jobs, by host. What the user's own config says comes first. */
  readonly known?: Readonly<Record<string, Credential>>;
  readonly helperTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

const HELPER_TIMEOUT_MS = 30_000;

/** The logins of Docker's config. Files are read once, and each registry is asked about once, whoever asks. */
export function loadCredentials(options: CredentialOptions): Credentials {
  const answers = new Map<string, Promise<Credential | undefined>>();
  let sources: Promise<readonly LoginSource[]> | undefined;
  async function look(host: string): Promise<Credential | undefined> {
    sources ??= readLoginSources(options.env);
    for (const source of await sources) {
      const found = await askSource(source, host, options);
      if (found) return found;
    }
    return options.known?.[host];
  }
  return {
    find: (name) => {
      const host = canonicalHost(name);
      const answer = answers.get(host) ?? look(host);
      answers.set(host, answer);
      return answer;
    },
  };
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

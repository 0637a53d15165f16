import { detectPlatform } from '../ci/index.ts';
import type { Settings } from '../config/settings.ts';
import { hintAtLogin } from '../logins/hints.ts';
import { type Credentials, loadCredentials } from '../registry/credentials.ts';
import { openRegistries, type Registries } from '../registry/repository.ts';
import { createHttp } from '../system/http/http.ts';
import type { RetryPolicy } from '../system/http/retry.ts';
import type { Invoked } from './invoked.ts';

/** The logins and connections of one run, opened once: a credential helper runs once, and tokens are shared. */
export interface RegistryAccess {
  readonly credentials: Credentials;
  readonly registries: Registries;
  /** For optional requests: gives up soon on a registry that does not answer. */
  readonly impatient: Registries;
  /** Advice for a login that the registry refuses, on this platform; undefined: nothing beyond Docker's own advice. */
  readonly loginHint: (host: string) => string | undefined;
}

const IMPATIENT: Partial<RetryPolicy> = { attempts: 2, deadlineMs: 5_000 };

export function openRegistryAccess(invoked: Invoked, settings: Settings): RegistryAccess {
  const { env, signal, redactor } = invoked;
  const credentials = loadCredentials({ env, signal, onSecret: redactor.add });
  const platform = detectPlatform(env);
  const loginHint = (host: string): string | undefined =>
    hintAtLogin(host, { platform, env, settings: settings.login });
  const open = (policy: Partial<RetryPolicy>): Registries =>
    openRegistries({
      ...{ credentials, signal, policy, loginHint },
      http: createHttp(env),
      insecure: settings.insecureRegistries,
    });
  return { credentials, registries: open({}), impatient: open(IMPATIENT), loginHint };
}

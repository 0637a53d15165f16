import type { Settings } from '../../config/settings.ts';
import { type Credentials, loadCredentials } from '../../registry/credentials.ts';
import { openRegistries, type Registries } from '../../registry/repository.ts';
import { createHttp } from '../../system/http.ts';
import type { RetryPolicy } from '../../system/retry.ts';
import type { Invoked } from '../verb.ts';

/** The logins of one run; none of their passwords is ever printed. */
export function openLogins({ env, signal, redactor }: Invoked): Credentials {
  return loadCredentials({ env, signal, onSecret: redactor.add });
}

/** The registries of one run: one set of connections, logins and tokens for all that it asks. */
export function connect(invoked: Invoked, settings: Settings, policy: Partial<RetryPolicy> = {}): Registries {
  const { env, signal } = invoked;
  return openRegistries({
    http: createHttp(env),
    credentials: openLogins(invoked),
    insecure: settings.insecureRegistries,
    signal,
    policy,
  });
}

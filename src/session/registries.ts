import { detectPlatform } from '../ci/index.ts';
import type { Settings } from '../config/settings.ts';
import { hintAtLogin } from '../logins/hints.ts';
import { type Credentials, loadCredentials } from '../registry/credentials.ts';
import { openRegistries, type Registries } from '../registry/repository.ts';
import { createHttp } from '../system/http/http.ts';
import type { RetryPolicy } from '../system/http/retry.ts';
import type { Invoked } from './invoked.ts';

const LOGINS = new WeakMap<Invoked, Credentials>();

/** The logins of one run, opened once, so that a helper is asked once; none of their passwords is ever printed. */
export function openLogins(invoked: Invoked): Credentials {
  const { env, signal, redactor } = invoked;
  const logins = LOGINS.get(invoked) ?? loadCredentials({ env, signal, onSecret: redactor.add });
  LOGINS.set(invoked, logins);
  return logins;
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
    loginHint: (host) => adviseOn(host, invoked, settings),
  });
}

/** What helps where a registry refuses its login; undefined where nobody knows better than Docker. */
export function adviseOn(
  host: string,
  { env }: Pick<Invoked, 'env'>,
  { login }: Pick<Settings, 'login'>,
): string | undefined {
  return hintAtLogin(host, { platform: detectPlatform(env), env, settings: login });
}

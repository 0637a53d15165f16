import type { Settings } from '../../config/settings.ts';
import { loadCredentials } from '../../registry/credentials.ts';
import { openRegistries, type Registries } from '../../registry/repository.ts';
import { createHttp } from '../../system/http.ts';
import type { Invoked } from '../verb.ts';

/** The registries of one run: one set of connections, logins and tokens for all that it asks. */
export function connect({ env, signal }: Invoked, settings: Settings): Registries {
  return openRegistries({
    http: createHttp(env),
    credentials: loadCredentials({ env, signal }),
    insecure: settings.insecureRegistries,
    signal,
  });
}

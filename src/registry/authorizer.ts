import { HephyError } from '../errors.ts';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';
import { createTokenCache } from './token-cache.ts';
import { basicLogin, fetchToken, type TokenOptions } from './tokens.ts';

export interface AuthorizerOptions extends TokenOptions {
  readonly credentials: Credentials;
}

/** Returns the `Authorization` header of a request. Tokens are fetched once and used until they expire. */
export interface Authorizer {
  /** Undefined if the registry requires no login, or if there is none. */
  authorize(endpoint: Endpoint, scopes: readonly string[]): Promise<string | undefined>;
  /** Called when the registry refused the header. */
  forget(endpoint: Endpoint, scopes: readonly string[], authorization: string): void;
}

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { credentials } = options;
  const tokens = createTokenCache(options.retries.pace.now);

  async function bearer(
    endpoint: Endpoint,
    challenge: Challenge,
    scopes: readonly string[],
  ): Promise<string> {
    const { host } = endpoint;
    const token = await tokens.take(keyOf(endpoint, scopes), async () =>
      fetchToken({ host, challenge, scopes, credential: await credentials.find(host) }, options),
    );
    return `${BEARER}${token.value}`;
  }

  async function basic({ host }: Endpoint): Promise<string | undefined> {
    const credential = await credentials.find(host);
    return credential && credential.identityToken === undefined ? basicLogin(credential) : undefined;
  }

  return {
    authorize: async (endpoint, scopes) => {
      const { challenges, host } = endpoint;
      if (challenges.length === 0) return undefined;
      const tokenServer = challenges.find(({ scheme }) => scheme === 'bearer');
      if (tokenServer) return bearer(endpoint, tokenServer, scopes);
      if (challenges.some(({ scheme }) => scheme === 'basic')) return basic(endpoint);
      throw unsupported(host);
    },
    forget: (endpoint, scopes, authorization) => {
      if (!authorization.startsWith(BEARER)) return;
      tokens.drop(keyOf(endpoint, scopes), authorization.slice(BEARER.length));
    },
  };
}

const BEARER = 'Bearer ';

function keyOf({ host }: Endpoint, scopes: readonly string[]): string {
  return [host, ...scopes].join(' ');
}

function unsupported(host: string): HephyError {
  return new HephyError('REGISTRY_AUTH', `${host} requires an authentication scheme that is not supported`, {
    hint: 'Supported are "Bearer" and "Basic"; check for a proxy between this machine and the registry.',
  });
}

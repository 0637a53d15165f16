import { HephyError } from '../errors.ts';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';
import { basicLogin, fetchToken, type Token, type TokenOptions } from './tokens.ts';

export interface AuthorizerOptions extends TokenOptions {
  readonly credentials: Credentials;
}

/** Gives the `Authorization` of a request, from tokens that are fetched once and used until they end. */
export interface Authorizer {
  /** Undefined where the registry asks for nothing, or for a login that nobody has. */
  authorize(endpoint: Endpoint, scopes: readonly string[]): Promise<string | undefined>;
  /** The registry did not take it. A newer token that someone else fetched meanwhile stays. */
  forget(endpoint: Endpoint, scopes: readonly string[], authorization: string): void;
}

interface Slot {
  readonly fetching: Promise<Token>;
  /** Set once it has come; until then everyone waits for the same one. */
  token?: Token;
}

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const slots = new Map<string, Slot>();

  function usable(slot: Slot | undefined): slot is Slot {
    if (slot === undefined) return false;
    return slot.token === undefined || slot.token.expiresAt > options.retries.pace.now();
  }

  function open(key: string, fetching: Promise<Token>): Slot {
    const slot: Slot = { fetching };
    slots.set(key, slot);
    fetching.then(
      (token) => (slot.token = token),
      () => slots.delete(key),
    );
    return slot;
  }

  async function fetchFor(
    endpoint: Endpoint,
    challenge: Challenge,
    scopes: readonly string[],
  ): Promise<Token> {
    const { host } = endpoint;
    const credential = await options.credentials.find(host);
    return fetchToken({ host, challenge, scopes, credential }, options);
  }

  async function bearer(
    endpoint: Endpoint,
    challenge: Challenge,
    scopes: readonly string[],
  ): Promise<string> {
    const key = keyOf(endpoint, scopes);
    const found = slots.get(key);
    const slot = usable(found) ? found : open(key, fetchFor(endpoint, challenge, scopes));
    return `Bearer ${(await slot.fetching).value}`;
  }

  async function basic({ host }: Endpoint): Promise<string | undefined> {
    const credential = await options.credentials.find(host);
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
      const key = keyOf(endpoint, scopes);
      const token = slots.get(key)?.token;
      if (token && authorization === `Bearer ${token.value}`) slots.delete(key);
    },
  };
}

function keyOf({ host }: Endpoint, scopes: readonly string[]): string {
  return [host, ...scopes].join(' ');
}

function unsupported(host: string): HephyError {
  return new HephyError('REGISTRY_AUTH', `${host} wants a kind of login that is not supported`, {
    hint: 'Registries ask for "Bearer" or "Basic"; check what stands between here and this one.',
  });
}

import type { Token } from './tokens.ts';

/** Tokens by host and scope. While a token is being fetched, all requests that need it wait for the same response. */
export interface TokenCache {
  take(key: string, fetch: () => Promise<Token>): Promise<Token>;
  /** Drops the token if it is still the given one: a newer token that was fetched meanwhile stays. */
  drop(key: string, value: string): void;
}

interface Slot {
  readonly fetching: Promise<Token>;
  /** Set once it is fetched. */
  token?: Token;
}

export function createTokenCache(now: () => number): TokenCache {
  const slots = new Map<string, Slot>();

  function isUsable(slot: Slot): boolean {
    return slot.token === undefined || slot.token.expiresAt > now();
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

  return {
    take: (key, fetch) => {
      const found = slots.get(key);
      return (found && isUsable(found) ? found : open(key, fetch())).fetching;
    },
    drop: (key, value) => {
      if (slots.get(key)?.token?.value === value) slots.delete(key);
    },
  };
}

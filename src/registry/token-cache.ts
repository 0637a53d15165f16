import type { Token } from './tokens.ts';

/** Tokens by what they are good for. While one is being fetched, all who need it wait for the same answer. */
export interface TokenCache {
  take(key: string, fetch: () => Promise<Token>): Promise<Token>;
  /** Only if it is still the one that was used: a newer one that someone else fetched meanwhile stays. */
  drop(key: string, value: string): void;
}

interface Slot {
  readonly fetching: Promise<Token>;
  /** Set once it has come. */
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

import type { Env } from '../env.ts';

const SECRET_NAME =
  /(?:^|_)(?:TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|APIKEY|API_KEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|SIGNING_KEY|CREDENTIALS?)(?:_|$)/i;

/** Variables that often contain the path of a secret file. Paths are not masked. */
const PLACE_NAME = /CREDENTIALS?$|_(?:FILE|PATH|DIR)$/i;

/** A password such as `postgres` protects nothing, and masking it would mask an image of that name, even in a plan. */
const WORD = /^.{0,7}$|^[a-z_.-]{0,19}$/i;

/** `https://user:password@proxy.example.com`, in any variable. */
const URL_LOGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*?:([^/?#@]+)@/i;

/**
 * Values of variables with names of secrets, and passwords in addresses. GitLab does not mask all of these in our output,
 * and a terminal masks nothing.
 */
export function listSecrets(env: Env): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [...secretIn(name, value), ...passwordIn(value)],
  );
}

function secretIn(name: string, value: string): readonly string[] {
  const isPlace = PLACE_NAME.test(name) && /^[~./]/.test(value);
  if (!SECRET_NAME.test(name) || isPlace) return [];
  // In `user:token`, the second half is the secret.
  return [value, value.slice(value.indexOf(':') + 1)].filter(
    (text, index, all) => !WORD.test(text) && all.indexOf(text) === index,
  );
}

/** Returns the password of an address, as written and URL-decoded. */
function passwordIn(value: string): readonly string[] {
  const password = URL_LOGIN.exec(value)?.[1];
  if (password === undefined || WORD.test(password)) return [];
  return [password, ...(/%[0-9a-f]{2}/i.test(password) ? [decode(password)] : [])];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

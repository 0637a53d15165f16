import type { Env } from '../env.ts';

const SECRET_NAME =
  /(?:^|_)(?:TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|APIKEY|API_KEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|SIGNING_KEY|CREDENTIALS?)(?:_|$)/i;

/** Variables that hold a path to a secret more often than a secret: hiding the path would hide where it is. */
const PLACE_NAME = /CREDENTIALS?$|_(?:FILE|PATH|DIR)$/i;

/** `postgres` as a password protects nothing, and hiding it would hide an image of that name, in a plan even. */
const WORD = /^.{0,7}$|^[a-z_.-]{0,19}$/i;

/** `https://user:password@proxy.example.com`, in whatever variable it stands. */
const URL_LOGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*?:([^/?#@]+)@/i;

/**
 * Values of variables that are called what secrets are called, and passwords in addresses. GitLab masks nothing that we
 * print, and a terminal nothing at all.
 */
export function listSecrets(env: Env): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [...secretIn(name, value), ...passwordIn(value)],
  );
}

function secretIn(name: string, value: string): readonly string[] {
  const isPlace = PLACE_NAME.test(name) && /^[~./]/.test(value);
  if (!SECRET_NAME.test(name) || isPlace) return [];
  // `user:token` is a login, and its second half the secret.
  return [value, value.slice(value.indexOf(':') + 1)].filter(
    (text, index, all) => !WORD.test(text) && all.indexOf(text) === index,
  );
}

/** As it stands in the address, and as it is meant. */
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

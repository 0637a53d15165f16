import type { Env } from './env.ts';

const SECRET_NAME =
  /(?:^|_)(?:TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|APIKEY|API_KEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|SIGNING_KEY|CREDENTIALS?)(?:_|$)/i;

/** Variables that hold a path to a secret more often than a secret: hiding the path would hide where it is. */
const PLACE_NAME = /CREDENTIALS?$|_(?:FILE|PATH|DIR)$/i;

/** `postgres` as a password protects nothing, and hiding it would hide an image of that name, in a plan even. */
const WORD = /^.{0,7}$|^[a-z_.-]{0,19}$/i;
/** Hiding where credentials lie would help nobody. */
const PATH = /^[~./]/;

/** `https://user:password@proxy.example.com`, in whatever variable it stands. */
const URL_LOGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*?:([^/?#@]+)@/i;

/**
 * Values of variables that are called what secrets are called. GitLab masks nothing that we print, and a terminal
 * nothing at all.
 */
export function listSecrets(env: Env): readonly string[] {
  const named = Object.entries(env).filter(([name]) => SECRET_NAME.test(name));
  return named.flatMap(([, value = '']) => (WORD.test(value) || PATH.test(value) ? [] : [value]));
}

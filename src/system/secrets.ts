import type { Env } from './env.ts';

const SECRET_NAME =
  /(?:^|_)(?:TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|APIKEY|API_KEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|SIGNING_KEY|CREDENTIALS?)(?:_|$)/i;

/** Shorter ones, and switches such as `true`, would blot out ordinary words. */
const SHORTEST = 8;

/**
 * Values of variables that are called what secrets are called. GitLab masks nothing that we print, and a terminal
 * nothing at all. Paths to credentials are no secret, and hiding them would hide where they are.
 */
export function listSecrets(env: Env): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= SHORTEST && SECRET_NAME.test(name) && !/^[~./]/.test(value)
      ? [value]
      : [],
  );
}

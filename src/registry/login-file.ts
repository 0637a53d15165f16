import { settlePool } from '../system/concurrency/pool.ts';
import type { Credential, Credentials } from './credentials.ts';
import { canonicalHost } from './reference.ts';

const HELPERS_AT_ONCE = 4;

/**
 * The user's logins as a Docker config without helpers, for a tool in a container that has no helper programs. Undefined
 * if there are no logins. A failing helper is an error only for the registry to push to.
 */
export async function renderLogins(
  credentials: Credentials,
  destination: string,
): Promise<string | undefined> {
  const wanted = canonicalHost(destination);
  const hosts = [...new Set([wanted, ...(await credentials.hosts())])];
  const asked = await settlePool(hosts, HELPERS_AT_ONCE, (host) => credentials.find(host));
  const auths: Record<string, object> = {};
  for (const [index, host] of hosts.entries()) {
    const answer = asked[index];
    if (answer === undefined) continue;
    if ('error' in answer && host === wanted) throw answer.error;
    if ('value' in answer && answer.value) auths[authKey(host)] = describeLogin(answer.value);
  }
  return Object.keys(auths).length === 0 ? undefined : `${JSON.stringify({ auths })}\n`;
}

/** The key of a host in `auths`. Docker Hub has a special key. */
export function authKey(host: string): string {
  return host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
}

export function describeLogin({ username, password, identityToken }: Credential): object {
  if (identityToken !== undefined) return { identitytoken: identityToken };
  return { auth: Buffer.from(`${username}:${password}`).toString('base64') };
}

import { z } from 'zod';
import { HephyError } from '../errors.ts';
import type { Http, HttpRequest } from '../system/http/http.ts';
import type { RetryOptions } from '../system/http/retry.ts';
import { askRepeatedly } from './attempt.ts';
import type { Challenge } from './challenge.ts';
import type { Credential } from './docker-config.ts';
import { mayBePlain, refusePlain } from './endpoint.ts';
import { hintToLogIn } from './failures.ts';
import { parseAs } from './schema.ts';

/** https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/ */
const TokenAnswer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().positive().optional().catch(undefined),
});

export interface Token {
  readonly value: string;
  readonly expiresAt: number;
}

export interface TokenRequest {
  readonly host: string;
  readonly challenge: Challenge;
  readonly scopes: readonly string[];
  readonly credential: Credential | undefined;
}

export interface TokenOptions {
  readonly http: Http;
  readonly insecure: readonly string[];
  readonly retries: RetryOptions;
  /** The hint for a missing or refused login, if the caller knows better than `docker login`. */
  readonly loginHint?: ((host: string) => string | undefined) | undefined;
}

const DEFAULT_SECONDS = 60;
/** Tokens count as expired this much earlier, so that none expires while its request is on the way. */
const MARGIN_MS = 10_000;

/** Fetches a token from the server in the challenge: by OAuth2 with a refresh token, else by Docker's original protocol. */
export async function fetchToken(question: TokenRequest, options: TokenOptions): Promise<Token> {
  const { host } = question;
  const request = describeRequest(question, readRealm(question, options.insecure));
  const response = await askRepeatedly(
    {
      subject: { host, action: `get a token for ${host}`, writes: false },
      accepts: (status) =>
        status === 200 || (status >= 400 && status < 500 && status !== 408 && status !== 429),
      ask: () => options.http.send({ ...request, signal: options.retries.signal }),
    },
    options.retries,
  );
  const answer = response.status === 200 ? parseAs(TokenAnswer, response.body) : undefined;
  const value = answer?.token ?? answer?.access_token ?? '';
  if (response.status !== 200) throw refused(question, response.status, options);
  if (!/^[\x21-\x7e]+$/.test(value)) throw unusable(host, 'its token server sent no token');
  const lifetime = (answer?.expires_in ?? DEFAULT_SECONDS) * 1000;
  return { value, expiresAt: options.retries.pace.now() + lifetime - Math.min(MARGIN_MS, lifetime / 2) };
}

function readRealm({ host, challenge }: TokenRequest, insecure: readonly string[]): URL {
  const realm = challenge.params['realm'] ?? '';
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url?.protocol === 'https:') return url;
  if (url?.protocol !== 'http:') throw unusable(host, 'it names no valid token server');
  if (!mayBePlain(url, insecure)) throw refusePlain(url);
  return url;
}

function describeRequest(question: TokenRequest, url: URL): HttpRequest {
  const { challenge, scopes, credential } = question;
  const service = challenge.params['service'];
  if (credential?.identityToken !== undefined) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: credential.identityToken,
      client_id: 'hephy-builder',
      scope: scopes.join(' '),
      ...(service === undefined ? {} : { service }),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url, headers, body: Buffer.from(form.toString()) };
  }
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return { method: 'GET', url, headers: credential ? { authorization: basicLogin(credential) } : {} };
}

export function basicLogin({ username, password }: Credential): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function refused(
  { host, credential }: TokenRequest,
  status: number,
  { loginHint }: TokenOptions,
): HephyError {
  const request = credential ? 'for this login' : 'without a login';
  return new HephyError(
    'REGISTRY_AUTH',
    `${host} gives no token ${request}: its token server answered ${status}`,
    { hint: loginHint?.(host) ?? hintToLogIn(host) },
  );
}

function unusable(host: string, why: string): HephyError {
  return new HephyError('REGISTRY_AUTH', `cannot log in to ${host}: ${why}`, {
    hint: 'Check that the host and port belong to a registry, and check proxies on the way.',
  });
}

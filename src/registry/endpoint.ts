import { HephyError } from '../errors.ts';
import { HttpFailure } from '../system/http/http-failure.ts';
import type { Http, HttpResponse } from '../system/http/http.ts';
import { isLoopback } from '../system/http/proxy.ts';
import type { RetryOptions } from '../system/http/retry.ts';
import { askRepeatedly } from './attempt.ts';
import { parseChallenges, type Challenge } from './challenge.ts';
import { isTransientStatus } from './failures.ts';
import { apiHost } from './reference.ts';

/** How to reach a registry: the URL scheme, and the authentication that it requires. */
export interface Endpoint {
  readonly host: string;
  /** `https://ghcr.io` */
  readonly origin: string;
  readonly challenges: readonly Challenge[];
}

export interface EndpointOptions {
  readonly http: Http;
  /** Hosts, with or without their ports, that may speak plain HTTP. */
  readonly insecure: readonly string[];
  readonly retries: RetryOptions;
}

/** Whether plain HTTP is allowed: for loopback, and for hosts in insecure_registries. */
export function mayBePlain(url: URL, insecure: readonly string[]): boolean {
  if (isLoopback(url.hostname)) return true;
  return insecure.some((name) => {
    const text = `http://${name}`;
    return name === url.hostname || (URL.canParse(text) && new URL(text).host === url.host);
  });
}

export function refusePlain(url: URL): HephyError {
  return new HephyError('REGISTRY_INSECURE', `requests to ${url.host} would not use TLS`, {
    hint: 'If this is intended, add the host to insecure_registries.',
  });
}

/**
 * Requests `/v2/` once per registry: https://distribution.github.io/distribution/spec/api/#api-version-check.
 * If plain HTTP is allowed, it is tried first, and TLS if the response shows that the server expects TLS.
 */
export async function findEndpoint(host: string, options: EndpointOptions): Promise<Endpoint> {
  const address = apiHost(host);
  let scheme = mayBePlain(new URL(`http://${address}`), options.insecure) ? 'http' : 'https';
  async function ask(): Promise<HttpResponse> {
    if (scheme === 'https') return ping(`https://${address}`, options);
    const plain = await settle(ping(`http://${address}`, options));
    if (!wantsTls(plain)) return unsettle(plain);
    const secure = await settle(ping(`https://${address}`, options));
    if (!speaksTls(secure)) return unsettle(plain);
    scheme = 'https';
    return unsettle(secure);
  }
  const response = await askRepeatedly(
    {
      subject: { host, action: `talk to ${host}`, writes: false },
      accepts: (status) => !isTransientStatus(status),
      ask,
    },
    options.retries,
  );
  return { host, origin: `${scheme}://${address}`, challenges: readChallenges(response) };
}

export function readChallenges(response: HttpResponse): readonly Challenge[] {
  return response.status === 401 ? parseChallenges(response.headers['www-authenticate'] ?? '') : [];
}

function ping(origin: string, { http, retries }: EndpointOptions): Promise<HttpResponse> {
  return http.send({ method: 'GET', url: new URL('/v2/', origin), signal: retries.signal });
}

type Settled = { readonly value: HttpResponse } | { readonly error: unknown };

async function settle(answer: Promise<HttpResponse>): Promise<Settled> {
  try {
    return { value: await answer };
  } catch (error) {
    return { error };
  }
}

function unsettle(settled: Settled): HttpResponse {
  if ('value' in settled) return settled.value;
  throw settled.error;
}

/** To plain HTTP, a TLS server responds with 400 or a redirect, or closes the connection. */
function wantsTls(settled: Settled): boolean {
  if ('value' in settled) return settled.value.status === 400 || isRedirect(settled.value.status);
  return settled.error instanceof HttpFailure && ['reset', 'not-http'].includes(settled.error.reason);
}

/** An untrusted certificate also means TLS, and is the error that the user must see. */
function speaksTls(settled: Settled): boolean {
  if ('value' in settled) return true;
  return settled.error instanceof HttpFailure && settled.error.reason === 'certificate';
}

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

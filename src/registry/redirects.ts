import { HephyError } from '../errors.ts';
import { HttpFailure } from '../system/http/http-failure.ts';
import type { Http, HttpRequest, HttpResponse } from '../system/http/http.ts';
import { isRedirect, mayBePlain, refusePlain } from './endpoint.ts';

const MAX_REDIRECTS = 5;

/**
 * Blobs are often on another host than their registry. The login is sent to the registry only: the storage host gets a
 * signed address and must not get more, https://distribution.github.io/distribution/spec/api/#pulling-a-layer.
 */
export async function sendFollowing(
  http: Http,
  request: HttpRequest,
  insecure: readonly string[],
): Promise<HttpResponse> {
  let current = request;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const response = await http.send(current);
    if (!isFollowed(request, response)) return checkStorage(response, current.url, request.url);
    current = { ...current, ...nextHop(current, response, insecure) };
  }
  throw lost(request.url, 'redirects too many times');
}

/** A refusal by the storage host does not concern the login: the signed address has expired, and a retry gets a new one. */
function checkStorage(response: HttpResponse, at: URL, home: URL): HttpResponse {
  if (at.origin === home.origin || response.status < 400 || response.status >= 500) return response;
  const message = `${at.host}, where ${home.host} keeps its blobs, answered ${response.status}`;
  throw new HttpFailure('unreachable', message);
}

function isFollowed({ method }: HttpRequest, { status }: HttpResponse): boolean {
  return (method === 'GET' || method === 'HEAD') && isRedirect(status);
}

function nextHop(
  current: HttpRequest,
  response: HttpResponse,
  insecure: readonly string[],
): Pick<HttpRequest, 'url' | 'headers'> {
  const url = resolveLocation(current.url, response.headers.location, insecure);
  const { authorization, ...others } = current.headers ?? {};
  const stays = url.origin === current.url.origin && authorization !== undefined;
  return { url, headers: stays ? { ...others, authorization } : others };
}

/** Resolves a `Location`, which may be relative. Refuses plain HTTP unless it is allowed for the host. */
export function resolveLocation(from: URL, location: string | undefined, insecure: readonly string[]): URL {
  if (location === undefined || !URL.canParse(location, from.href))
    throw lost(from, 'redirects to an invalid address');
  const url = new URL(location, from);
  if (url.protocol === 'http:' && !mayBePlain(url, insecure)) throw refusePlain(url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw lost(from, `redirects to a ${url.protocol} address`);
  url.username = '';
  url.password = '';
  return url;
}

function lost(from: URL, what: string): HephyError {
  return new HephyError('REGISTRY_UNAVAILABLE', `${from.host} ${what}`, {
    hint: 'Check that the host and port belong to a registry, and check proxies on the way.',
  });
}

import type { Readable } from 'node:stream';
import type { Http, HttpRequest, HttpResponse } from '../system/http/http.ts';
import {
  DEFAULT_POLICY,
  realPace,
  type Pace,
  type RetryOptions,
  type RetryPolicy,
} from '../system/http/retry.ts';
import { askRepeatedly, type RepeatableRequest } from './attempt.ts';
import { createAuthorizer } from './authorizer.ts';
import type { Credentials } from './credentials.ts';
import { findEndpoint, readChallenges, type Endpoint } from './endpoint.ts';
import { resolveLocation, sendFollowing } from './redirects.ts';

export interface SessionOptions {
  readonly http: Http;
  readonly credentials: Credentials;
  /** Hosts, with or without their ports, that may speak plain HTTP. Loopback always may. */
  readonly insecure?: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly pace?: Pace;
  readonly policy?: Partial<RetryPolicy>;
  /** The hint for a missing or refused login, if the caller knows better than `docker login`. */
  readonly loginHint?: ((host: string) => string | undefined) | undefined;
}

export interface Call {
  readonly host: string;
  readonly method: HttpRequest['method'];
  /** Path or address. A function is called again for each attempt, because a broken upload cannot be continued. */
  readonly target: string | (() => Promise<string>);
  /** The purpose of the request, for errors: `read shop/api:v1`. */
  readonly action: string;
  readonly scopes: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpRequest['body'];
  readonly consume?: ((body: Readable) => Promise<void>) | undefined;
  readonly maxBytes?: number;
  readonly totalMs?: number;
  /** Statuses besides 2xx that the caller handles. */
  readonly accept?: readonly number[];
  readonly verify?: (response: HttpResponse) => void;
}

/** Sends requests to any number of registries, which share connections, logins, tokens and the retry policy. */
export interface Session {
  send(call: Call): Promise<HttpResponse>;
}

export function createSession(options: SessionOptions): Session {
  const shared = {
    http: options.http,
    credentials: options.credentials,
    insecure: options.insecure ?? [],
    retries: readRetries(options),
    loginHint: options.loginHint,
  };
  const authorizer = createAuthorizer(shared);
  const endpoints = new Map<string, Promise<Endpoint>>();

  function endpointOf(host: string): Promise<Endpoint> {
    const endpoint = endpoints.get(host) ?? findEndpoint(host, shared);
    endpoints.set(host, endpoint);
    return endpoint;
  }

  async function ask(call: Call): Promise<HttpResponse> {
    const endpoint = await endpointOf(call.host);
    const authorization = await authorizer.authorize(endpoint, call.scopes);
    const first = await sendOnce(call, { ...shared, endpoint, authorization });
    if (first.status !== 401) return first;
    const asking = learn(endpoint, first);
    if (authorization !== undefined) authorizer.forget(asking, call.scopes, authorization);
    const renewed = await authorizer.authorize(asking, call.scopes);
    if (renewed === authorization) return first;
    return sendOnce(call, { ...shared, endpoint: asking, authorization: renewed });
  }

  /** Some registries require a login only for a push, and the token server may change. */
  function learn(endpoint: Endpoint, response: HttpResponse): Endpoint {
    const challenges = readChallenges(response);
    if (challenges.length === 0) return endpoint;
    const learned = { ...endpoint, challenges };
    endpoints.set(endpoint.host, Promise.resolve(learned));
    return learned;
  }

  return {
    send: (call) =>
      askRepeatedly(
        describe(call, () => ask(call), shared.loginHint),
        shared.retries,
      ),
  };
}

function readRetries({ policy, pace, signal }: SessionOptions): RetryOptions {
  return { policy: { ...DEFAULT_POLICY, ...policy }, pace: pace ?? realPace, signal };
}

interface RequestContext {
  readonly http: Http;
  readonly insecure: readonly string[];
  readonly retries: RetryOptions;
  readonly endpoint: Endpoint;
  readonly authorization: string | undefined;
}

/** An upload may continue on another host, which does not get the login. */
async function sendOnce(
  call: Call,
  { http, insecure, retries, endpoint, authorization }: RequestContext,
): Promise<HttpResponse> {
  const home = new URL(endpoint.origin);
  const target = typeof call.target === 'string' ? call.target : await call.target();
  const url = resolveLocation(home, target, insecure);
  const login: Record<string, string> =
    url.origin === home.origin && authorization !== undefined ? { authorization } : {};
  const { method, body, consume, maxBytes, totalMs } = call;
  const headers = { ...call.headers, ...login };
  const request = { method, url, headers, body, consume, maxBytes, totalMs, signal: retries.signal };
  return sendFollowing(http, request, insecure);
}

function describe(
  call: Call,
  ask: () => Promise<HttpResponse>,
  loginHint: SessionOptions['loginHint'],
): RepeatableRequest {
  const writes = call.method === 'PUT' || call.method === 'POST';
  return {
    subject: { host: call.host, action: call.action, writes, loginHint: loginHint?.(call.host) },
    accepts: (status) => (status >= 200 && status < 300) || (call.accept ?? []).includes(status),
    ...(call.verify ? { verify: call.verify } : {}),
    ask,
  };
}

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HttpFailure } from './http-failure.ts';
import type { Http } from './http.ts';
import { isLoopback } from './proxy.ts';
import { DEFAULT_POLICY, parseRetryAfter, realPace, retry, type Attempt } from './retry.ts';

export interface Download {
  readonly http: Http;
  readonly url: URL;
  readonly into: string;
  readonly signal?: AbortSignal | undefined;
}

const MAX_REDIRECTS = 5;
const TOTAL_MS = 10 * 60_000;
const POLICY = { ...DEFAULT_POLICY, attempts: 3 };
/** Failures that a retry may fix, unlike an unknown host name. */
const PASSING = ['reset', 'timeout', 'unreachable'];

/** Downloads a file and returns its SHA-256. Throws an HttpFailure. */
export function download(what: Download): Promise<string> {
  return retry(() => attempt(what), { policy: POLICY, pace: realPace, signal: what.signal });
}

async function attempt(what: Download): Promise<Attempt<string>> {
  try {
    const { status, sha256, retryAfter } = await follow(what);
    if (sha256 !== undefined) return { value: sha256 };
    const failure = new HttpFailure(
      'unreachable',
      `${what.url.host} answered ${status} for ${what.url.pathname}`,
    );
    const afterMs = parseRetryAfter(retryAfter, Date.now());
    return { failure, again: status === 429 || status >= 500, afterMs };
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    return { failure: error, again: PASSING.includes(error.reason) };
  }
}

interface DownloadResponse {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Undefined if the response was not the file. */
  readonly sha256: string | undefined;
}

/** Sends the login in the address only to its own host: releases redirect to storage with signed addresses. */
async function follow({ http, url, into, signal }: Download): Promise<DownloadResponse> {
  let at = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const hash = createHash('sha256');
    const { status, headers } = await http.send({
      ...{ method: 'GET', url: withoutLogin(at), signal, totalMs: TOTAL_MS },
      headers: at.origin === url.origin ? authorization(url) : {},
      consume: (body) => pipeline(body, hashing(hash), createWriteStream(into)),
    });
    if (![301, 302, 303, 307, 308].includes(status)) {
      return {
        status,
        retryAfter: headers['retry-after'],
        sha256: status === 200 ? hash.digest('hex') : undefined,
      };
    }
    at = nextHop(at, headers.location ?? '');
  }
  throw new HttpFailure('unreachable', `${url.host} redirects too many times`);
}

function hashing(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

/** Refuses a redirect from TLS to plain HTTP, except on this machine. */
function nextHop(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const safe = to?.protocol === 'https:' || (to?.protocol === 'http:' && isPlainAllowed(from, to));
  if (to && safe) return to;
  throw new HttpFailure('unreachable', `${from.host} redirects to an address that is not https`);
}

function isPlainAllowed(from: URL, to: URL): boolean {
  return from.protocol === 'http:' || isLoopback(to.hostname);
}

function withoutLogin(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

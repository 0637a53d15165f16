import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { HephyError } from '../../errors.ts';
import type { Env } from '../env.ts';
import { describeFailure, HttpFailure } from './http-failure.ts';
import { createRoutes, type Route } from './http-route.ts';
import { trace } from '../terminal/trace.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** A function opens a stream, whose length the caller sets in the headers. */
  readonly body?: Uint8Array | (() => Readable) | undefined;
  /** Consumes the body of a successful response as a stream. Default: the body is buffered, up to `maxBytes`. */
  readonly consume?: ((body: Readable) => Promise<void>) | undefined;
  readonly maxBytes?: number | undefined;
  /** Timeout for the whole exchange; large transfers set a longer one. */
  readonly totalMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One exchange: no retries, no redirects. Connections are kept and used again. */
export interface Http {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes idle connections. */
  close(): void;
}

export interface Timeouts {
  readonly connectMs: number;
  /** The longest time without a byte in either direction. */
  readonly idleMs: number;
  /** For the whole exchange, even while bytes keep arriving. */
  readonly totalMs: number;
}

const TIMEOUTS: Timeouts = { connectMs: 15_000, idleMs: 60_000, totalMs: 60_000 };
/** A longer timeout would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;
const MAX_BYTES = 4 * 1024 * 1024;

export function createHttp(env: Env, timeouts: Partial<Timeouts> = {}): Http {
  const routes = createRoutes(env);
  const limits = { ...TIMEOUTS, ...timeouts };
  return {
    send: async (request) => exchange(request, await routes.find(request.url), limits),
    close: () => routes.close(),
  };
}

async function exchange(request: HttpRequest, route: Route, limits: Timeouts): Promise<HttpResponse> {
  const outgoing = route.start(describeRequest(request, route));
  const guard = guardTime(outgoing, request, limits);
  try {
    const response = await sendAndWait(outgoing, request.body);
    trace(() => describeExchange(request, response));
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await read(response, request),
    };
  } catch (error) {
    // If the guard closed the connection, its reason is the cause; the error of the connection is a consequence.
    throw guard.reason() ?? describeFailure(error, request.url);
  } finally {
    guard.end();
    // The response came before the whole request was sent: the rest of the request is useless.
    if (!outgoing.writableFinished) outgoing.destroy();
  }
}

/** Without the query and headers, which may contain signatures or secrets. */
function describeExchange({ method, url }: HttpRequest, { statusCode }: IncomingMessage): string {
  return `${method} ${url.protocol}//${url.host}${url.pathname} answered ${statusCode ?? 'nothing'}`;
}

function describeRequest(request: HttpRequest, route: Route): RequestOptions {
  const { headers, ...options } = route.options(request.url);
  const length = request.body instanceof Uint8Array ? { 'content-length': request.body.length } : {};
  const own = { host: request.url.host, 'user-agent': 'hephy-builder', ...length, ...request.headers };
  return { ...options, method: request.method, headers: { ...headers, ...own } };
}

function sendAndWait(outgoing: ClientRequest, body: HttpRequest['body']): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    // `on`, not `once`: a closed connection may emit more errors, which must not end the process.
    outgoing.on('error', reject);
    if (typeof body !== 'function') return void outgoing.end(body);
    const stream = body();
    stream.on('error', (error) => outgoing.destroy(error));
    outgoing.on('close', () => stream.destroy());
    stream.pipe(outgoing);
  });
}

async function read(response: IncomingMessage, request: HttpRequest): Promise<Buffer> {
  const success =
    response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 300;
  if (!success || request.consume === undefined) return gather(response, request);
  await request.consume(response);
  return Buffer.alloc(0);
}

async function gather(response: IncomingMessage, request: HttpRequest): Promise<Buffer> {
  const limit = request.maxBytes ?? MAX_BYTES;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes: Buffer = chunk;
    size += bytes.length;
    if (size > limit) throw new HttpFailure('too-large', `${request.url.host} sent more than ${limit} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

interface Guard {
  reason(): Error | undefined;
  end(): void;
}

/** Closes the connection of an exchange that is interrupted, or that exceeds a timeout: connect, idle or total. */
function guardTime(outgoing: ClientRequest, request: HttpRequest, limits: Timeouts): Guard {
  let reason: Error | undefined;
  function cut(why: Error): void {
    reason ??= why;
    outgoing.destroy(why);
  }
  const { host } = request.url;
  const late = (what: string): void => cut(new HttpFailure('timeout', `${host} ${what}`));
  const interrupt = (): void => cut(new HephyError('CANCELLED', `interrupted while talking to ${host}`));
  const connecting = setTimeout(() => late('did not accept the connection in time'), limits.connectMs);
  const totalMs = Math.min(request.totalMs ?? limits.totalMs, LONGEST_MS);
  const total = setTimeout(() => late('did not complete the response in time'), totalMs);
  outgoing.setTimeout(limits.idleMs, () => late('stopped responding'));
  onConnected(outgoing, () => clearTimeout(connecting));
  request.signal?.addEventListener('abort', interrupt, { once: true });
  if (request.signal?.aborted) interrupt();
  return {
    reason: () => reason,
    end: () => {
      clearTimeout(connecting);
      clearTimeout(total);
      request.signal?.removeEventListener('abort', interrupt);
    },
  };
}

function onConnected(outgoing: ClientRequest, done: () => void): void {
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket) return done();
    socket.once(outgoing.protocol === 'https:' ? 'secureConnect' : 'connect', done);
  });
}

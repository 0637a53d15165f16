import { Agent, createServer, request as startRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What goes wrong with an answer. `short` says the wrong length truthfully, `cut` breaks off, `corrupt` keeps the length. */
export type Trouble =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'reset' | 'cut' | 'short' | 'corrupt' | 'slow' | 'silent' };

export interface Fault {
  readonly method: string;
  readonly path: RegExp;
  readonly trouble: Trouble;
  /** Matching requests that pass before it begins; none unless told. */
  readonly after?: number;
  /** How many it hits; one unless told. */
  readonly times?: number;
}

export interface FaultProxy {
  readonly host: string;
  /** `GET /v2/shop/manifests/x`, everything that arrived since the start or the last `clear`. */
  readonly requests: string[];
  add(fault: Fault): void;
  /** Every token that was seen so far is taken for expired from now on. */
  expireTokens(): void;
  /** From now on tags that exist are refused, in the words of this registry. */
  refuseTags(like: 'ecr' | 'harbor'): void;
  /** No more faults, and no record of what was. */
  clear(): void;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface State {
  readonly upstream: string;
  readonly agent: Agent;
  readonly requests: string[];
  faults: { fault: Fault; seen: number }[];
  seenTokens: Set<string>;
  expired: Set<string>;
  immutable: 'ecr' | 'harbor' | undefined;
}

/** Stands before a real registry and spoils what it is told to: a registry on a bad day, on loopback. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const state: State = {
    upstream,
    agent: new Agent({ keepAlive: true }),
    requests: [],
    faults: [],
    seenTokens: new Set(),
    expired: new Set(),
    immutable: undefined,
  };
  const server = createServer((request, response) => {
    serve(state, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: state.requests,
    add: (fault) => void state.faults.push({ fault, seen: 0 }),
    expireTokens: () => void (state.expired = new Set(state.seenTokens)),
    refuseTags: (like) => void (state.immutable = like),
    clear: () => {
      state.faults = [];
      state.immutable = undefined;
      state.requests.length = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        state.agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = String(request.method);
  const url = String(request.url);
  state.requests.push(`${method} ${url}`);
  const trouble = takeTrouble(state, method, url);
  const body = await gather(request);
  if (trouble?.kind === 'reset') return void request.socket.destroy();
  if (trouble?.kind === 'silent') return;
  if (trouble?.kind === 'status') return finish(response, statusAnswer(trouble));
  const refusal = await refuseTag(state, method, url);
  const answer =
    refusal ?? (await forward(state, { method, url, body, headers: freshHeaders(state, request) }));
  await spoil(response, answer, trouble?.kind);
}

function takeTrouble(state: State, method: string, url: string): Trouble | undefined {
  for (const entry of state.faults) {
    if (entry.fault.method !== method || !entry.fault.path.test(url)) continue;
    entry.seen += 1;
    const after = entry.fault.after ?? 0;
    if (entry.seen > after && entry.seen <= after + (entry.fault.times ?? 1)) return entry.fault.trouble;
  }
  return undefined;
}

/** An expired token is as good as none: the real registry then says what it says to who has none. */
function freshHeaders(state: State, request: IncomingMessage): IncomingHttpHeaders {
  const { authorization, ...others } = request.headers;
  if (authorization === undefined) return others;
  state.seenTokens.add(authorization);
  return state.expired.has(authorization) ? others : request.headers;
}

async function refuseTag(state: State, method: string, url: string): Promise<Answer | undefined> {
  if (state.immutable === undefined || method !== 'PUT' || !/\/manifests\/[^:]+$/.test(url)) return undefined;
  const standing = await forward(state, {
    method: 'HEAD',
    url,
    body: Buffer.alloc(0),
    headers: { accept: '*/*' },
  });
  if (standing.status !== 200) return undefined;
  const words =
    state.immutable === 'ecr'
      ? {
          code: 'TAG_INVALID',
          message: "The image tag 'x' already exists and cannot be overwritten because the tag is immutable.",
        }
      : { code: 'PRECONDITION', message: "Failed to process request due to 'x' configured as immutable." };
  const status = state.immutable === 'ecr' ? 400 : 412;
  return { status, headers: {}, body: Buffer.from(JSON.stringify({ errors: [words] })) };
}

interface Forwarded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function forward(state: State, { method, url, headers, body }: Forwarded): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const [hostname, port] = state.upstream.split(':');
    const outgoing = startRequest({ hostname, port, method, path: url, headers, agent: state.agent });
    outgoing.once('error', reject);
    outgoing.once('response', (answer) => {
      gather(answer).then(
        (content) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content }),
        reject,
      );
    });
    outgoing.end(body);
  });
}

async function gather(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function statusAnswer(trouble: Trouble & { kind: 'status' }): Answer {
  const headers = trouble.headers ?? {};
  return { status: trouble.status, headers, body: Buffer.from(trouble.body ?? '') };
}

function finish(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers);
  response.end(body);
}

async function spoil(
  response: ServerResponse,
  answer: Answer,
  kind: Trouble['kind'] | undefined,
): Promise<void> {
  const half = answer.body.subarray(0, Math.floor(answer.body.length / 2));
  if (kind === 'short') {
    return finish(response, {
      ...answer,
      headers: { ...answer.headers, 'content-length': String(half.length) },
      body: half,
    });
  }
  if (kind === 'corrupt') return finish(response, { ...answer, body: flipByte(answer.body) });
  if (kind === 'cut') return cut(response, answer, half);
  if (kind === 'slow') return drip(response, answer);
  finish(response, answer);
}

function flipByte(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  const at = Math.floor(copy.length / 2);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function cut(response: ServerResponse, answer: Answer, half: Buffer): void {
  response.writeHead(answer.status, answer.headers);
  response.write(half, () => response.destroy());
}

/** Never silent for long, and never done. */
async function drip(response: ServerResponse, answer: Answer): Promise<void> {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': '1000000' });
  while (!response.destroyed) {
    response.write('x');
    await pause(20);
  }
}

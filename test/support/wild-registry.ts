import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Credential } from '../../src/registry/docker-config.ts';
import { openRegistries, type Repository } from '../../src/registry/repository.ts';
import type { SessionOptions } from '../../src/registry/session.ts';
import type { Env } from '../../src/system/env.ts';
import { createHttp } from '../../src/system/http/http.ts';
import type { TestCertificate } from './certificate.ts';
import { listen } from './loopback.ts';

/** Registries as they are met in the wild, for what the real ones on this machine cannot be made to do. */
export interface Wild {
  /** Milliseconds; a pause of the client moves it. */
  clock: number;
  serve(answer: RequestListener, certificate?: TestCertificate): Promise<string>;
  open(host: string, options?: WildOptions): Repository;
  stop(): Promise<void>;
}

export interface WildOptions extends Partial<SessionOptions> {
  readonly login?: Credential;
  readonly env?: Env;
}

export const LOGIN: Credential = { username: 'hephy', password: 'secret' };
export const BASIC = `Basic ${Buffer.from('hephy:secret').toString('base64')}`;

export function enterWild(): Wild {
  const stops: (() => unknown)[] = [];
  const wild: Wild = {
    clock: 0,
    serve: async (answer, certificate) => {
      const loopback = await listen(answer, certificate);
      stops.push(() => loopback.stop());
      return loopback.host;
    },
    open: (host, { login, env, ...options } = {}) => {
      const http = createHttp(env ?? {});
      stops.push(() => http.close());
      const registries = openRegistries({
        http,
        credentials: { hosts: async () => [], find: async () => login },
        pace: { now: () => wild.clock, sleep: async (ms) => void (wild.clock += ms), random: () => 0.5 },
        ...options,
      });
      return registries.repository({ host, path: 'shop' }, 'push');
    },
    stop: async () => void (await Promise.all(stops.map((stop) => stop()))),
  };
  return wild;
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function challenge(response: ServerResponse, header: string): void {
  response.writeHead(401, { 'www-authenticate': header }).end();
}

export function isPing(request: IncomingMessage): boolean {
  return request.url === '/v2/';
}

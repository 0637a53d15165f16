import type { Agent, ClientRequest, RequestOptions } from 'node:http';
import type { Env } from '../env.ts';
import { HttpFailure } from './http-failure.ts';
import { findProxy } from './proxy.ts';

/** How to reach an address: directly, through a tunnel, or with a request to a proxy. */
export interface Route {
  start(options: RequestOptions): ClientRequest;
  options(url: URL): RequestOptions;
}

export interface Routes {
  find(url: URL): Promise<Route>;
  close(): void;
}

interface Lane {
  readonly route: Route;
  readonly agent: Agent;
}

/**
 * One keep-alive agent for each scheme and proxy. Node's network code is loaded on first use: most runs of the command
 * line need none of it, and loading TLS alone takes ten milliseconds.
 */
export function createRoutes(env: Env): Routes {
  const lanes = new Map<string, Promise<Lane>>();
  const open = new Set<Agent>();
  async function openLane(secure: boolean, proxy: string | undefined): Promise<Lane> {
    const lane = await (secure ? secureLane(env, proxy) : plainLane(proxy));
    open.add(lane.agent);
    return lane;
  }
  return {
    find: async (url) => {
      const proxy = findProxy(url, env);
      const key = `${url.protocol} ${proxy ?? ''}`;
      const lane = lanes.get(key) ?? openLane(url.protocol === 'https:', proxy);
      lanes.set(key, lane);
      return (await lane).route;
    },
    close: () => open.forEach((agent) => agent.destroy()),
  };
}

async function plainLane(proxy: string | undefined): Promise<Lane> {
  const { Agent, request } = await import('node:http');
  if (proxy !== undefined) return askingLane(parseProxy(proxy));
  const agent = new Agent({ keepAlive: true });
  return { agent, route: { start: (options) => request(options), options: (url) => direct(url, agent) } };
}

async function secureLane(env: Env, proxy: string | undefined): Promise<Lane> {
  const { Agent, request } = await import('node:https');
  const ca = await trustedCertificates(env);
  const agent =
    proxy === undefined ? new Agent({ keepAlive: true, ...ca }) : await tunnelAgent(parseProxy(proxy), ca);
  // The tunnel's agent takes the certificates from the request, not from its own options.
  const options = (url: URL): RequestOptions => ({ ...direct(url, agent), ...ca });
  return { agent, route: { start: (given) => request(given), options } };
}

async function tunnelAgent(proxy: URL, ca: { ca?: string[] }): Promise<Agent> {
  const { HttpsProxyAgent } = await import(/* webpackMode: "eager" */ 'https-proxy-agent');
  return new HttpsProxyAgent(proxy, { keepAlive: true, ...ca });
}

/** Plain HTTP needs no tunnel: the proxy gets the whole URL. Many proxies refuse tunnels to ports other than 443. */
async function askingLane(proxy: URL): Promise<Lane> {
  const { Agent, request } = await (proxy.protocol === 'https:' ? import('node:https') : import('node:http'));
  const agent = new Agent({ keepAlive: true });
  const options = (url: URL): RequestOptions => ({
    ...direct(proxy, agent),
    path: url.href,
    headers: proxyAuthorization(proxy),
  });
  return { agent, route: { start: (given) => request(given), options } };
}

function direct(url: URL, agent: Agent): RequestOptions {
  return {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: `${url.pathname}${url.search}`,
    agent,
  };
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

/** Errors do not quote the value, because the address of a proxy often contains a password. */
function parseProxy(text: string): URL {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full) || !isDecodable(full)) {
    throw new HttpFailure('proxy', 'the proxy variable is not a valid address');
  }
  const url = new URL(full);
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new HttpFailure(
    'proxy',
    `${url.protocol.slice(0, -1)} proxies are not supported, only http and https`,
  );
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * For packages with an HTTP client of their own: the whole process trusts SSL_CERT_FILE. Before Node 22.19 only
 * NODE_EXTRA_CA_CERTS does that.
 */
export async function trustEverywhere(env: Env): Promise<void> {
  const { ca } = await trustedCertificates(env);
  const tls = await import('node:tls');
  if (ca === undefined || !('setDefaultCACertificates' in tls)) return;
  if (typeof tls.setDefaultCACertificates === 'function') tls.setDefaultCACertificates(ca);
}

/** Node applies NODE_EXTRA_CA_CERTS itself, but not with `ca`: then it must be added here. */
async function trustedCertificates(env: Env): Promise<{ ca?: string[] }> {
  if (env['SSL_CERT_FILE'] === undefined || env['SSL_CERT_FILE'] === '') return {};
  const { rootCertificates } = await import('node:tls');
  const own = [env['SSL_CERT_FILE'], env['NODE_EXTRA_CA_CERTS']];
  const texts = await Promise.all(own.map((file) => readCertificates(file)));
  return { ca: [...rootCertificates, ...texts.filter((text) => text !== '')] };
}

async function readCertificates(file: string | undefined): Promise<string> {
  if (file === undefined || file === '') return '';
  const { readFile } = await import('node:fs/promises');
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new HttpFailure('certificate', `the certificates in ${file} cannot be read`, cause);
  }
}

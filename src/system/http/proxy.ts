import { BlockList, isIP } from 'node:net';
import type { Env } from '../env.ts';

/**
 * The proxy for an address, by the variables of curl and Go: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, lowercase
 * first. Loopback never uses a proxy. Returns the value of the variable, which may not be a valid URL.
 */
export function findProxy(url: URL, env: Env): string | undefined {
  const proxy = read(env, url.protocol === 'https:' ? 'https_proxy' : 'http_proxy') ?? read(env, 'all_proxy');
  if (proxy === undefined || isLoopback(url.hostname)) return undefined;
  const exceptions = (read(env, 'no_proxy') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  return exceptions.some((entry) => matches(entry, url)) ? undefined : proxy;
}

/** The addresses that never leave this machine, as `URL.hostname` spells them. */
export function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

function read(env: Env, name: string): string | undefined {
  return [env[name], env[name.toUpperCase()]].find((value) => value !== undefined && value !== '');
}

function matches(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inSubnet(entry, url.hostname);
  const { name, port } = splitPort(entry.toLowerCase());
  if (port !== undefined && port !== effectivePort(url)) return false;
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const domain = name.replace(/^\*?\./, '');
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

function splitPort(entry: string): { name: string; port?: string } {
  if (isIP(entry) === 6) return { name: entry };
  const match = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(entry);
  return match?.[2] === undefined ? { name: match?.[1] ?? entry } : { name: match[1] ?? '', port: match[2] };
}

function effectivePort(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443' : '80';
}

function inSubnet(entry: string, hostname: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(network);
  if (family === 0 || family !== isIP(host) || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const subnet = new BlockList();
  subnet.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return subnet.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

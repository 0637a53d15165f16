import { createHash, createHmac } from 'node:crypto';
import type { AwsKeys } from './choose-login.ts';

export interface SignedPart {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Signer {
  readonly keys: AwsKeys;
  readonly region: string;
  readonly service: string;
  readonly now: Date;
}

/** Adds the headers that authenticate a request to AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function signRequest(request: SignedPart, signer: Signer): Record<string, string> {
  const { keys, region, service, now } = signer;
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const headers = {
    ...request.headers,
    'x-amz-date': time,
    ...(keys.token === undefined ? {} : { 'x-amz-security-token': keys.token }),
  };
  const canonical = listHeaders({ host: request.url.host, ...headers });
  const names = canonical.map(([name]) => name).join(';');
  const text = [
    request.method,
    request.url.pathname,
    canonicalQuery(request.url),
    ...canonical.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(request.body),
  ].join('\n');
  const signed = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(text)].join('\n');
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${keys.secret}`);
  const signature = hmac(key, signed).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${keys.id}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

function listHeaders(headers: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function canonicalQuery(url: URL): string {
  const pairs = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.sort().join('&');
}

/** RFC 3986: Amazon also encodes the characters that `encodeURIComponent` leaves. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

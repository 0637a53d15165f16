import { createSign, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TOKEN_ISSUER = 'hephy-test';
export const TOKEN_SERVICE = 'hephy-test-registry';

export interface TokenServer {
  /** What the registry names as its realm. */
  readonly realm: string;
  /** The public key as the registry reads it. */
  readonly jwks: string;
  /** The scopes of every token that was asked for, in order. */
  readonly asked: string[];
  stop(): Promise<void>;
}

export interface TokenServerOptions {
  readonly user: string;
  readonly password: string;
  /** Anonymous clients may pull. */
  readonly anonymousPull?: boolean;
  readonly expiresInSeconds?: number;
}

interface Signer {
  readonly key: KeyObject;
  readonly id: string;
}

/** Signs real RS256 tokens as https://distribution.github.io/distribution/spec/auth/jwt describes them. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signer = { key: privateKey, id: randomUUID() };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://token.test');
    asked.push(url.searchParams.getAll('scope').join(' '));
    answer(response, grant(request, { url, options, signer }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: signer.id, alg: 'RS256', use: 'sig' };
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    jwks: JSON.stringify({ keys: [jwk] }),
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Question {
  readonly url: URL;
  readonly options: TokenServerOptions;
  readonly signer: Signer;
}

function grant(request: IncomingMessage, { url, options, signer }: Question): object | undefined {
  const basic = Buffer.from(`${options.user}:${options.password}`).toString('base64');
  const authorization = request.headers.authorization;
  const known = authorization === `Basic ${basic}`;
  if (authorization !== undefined && !known) return undefined;
  const access = url.searchParams.getAll('scope').flatMap((scope) => readScope(scope, { known, options }));
  const lifetime = options.expiresInSeconds ?? 300;
  return { token: sign(signer, { access, lifetime }), expires_in: lifetime };
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

function readScope(scope: string, who: { known: boolean; options: TokenServerOptions }): Access[] {
  return scope.split(' ').map((part) => {
    const [type = '', name = '', wanted = ''] = part.split(':');
    const all = wanted.split(',');
    const anonymous = who.options.anonymousPull === true ? all.filter((action) => action === 'pull') : [];
    return { type, name, actions: who.known ? all : anonymous };
  });
}

function sign(signer: Signer, claims: { access: readonly Access[]; lifetime: number }): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: 'JWT', alg: 'RS256', kid: signer.id };
  const payload = {
    iss: TOKEN_ISSUER,
    sub: 'test',
    aud: [TOKEN_SERVICE],
    exp: now + claims.lifetime,
    nbf: now - 10,
    iat: now,
    jti: randomUUID(),
    access: claims.access,
  };
  const body = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${body}.${createSign('RSA-SHA256').update(body).sign(signer.key, 'base64url')}`;
}

function answer(response: ServerResponse, body: object | undefined): void {
  response.writeHead(body ? 200 : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? { errors: [{ code: 'UNAUTHORIZED', message: 'no' }] }));
}

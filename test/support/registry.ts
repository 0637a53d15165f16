import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestCertificate } from './certificate.ts';
import { startServer, type RunningServer } from './server-process.ts';
import { pinned } from './tool-cache.ts';
import { startTokenServer, TOKEN_ISSUER, TOKEN_SERVICE, type TokenServer } from './token-server.ts';

export const TEST_USER = 'hephy';
export const TEST_PASSWORD = 'open-sesame';
/** bcrypt of the password at the lowest cost: the registry takes nothing else. */
const HTPASSWD = `${TEST_USER}:$2a$04$x9VIGXZzpmsG8Y8/2i.AI.47OOhpL9sVlipZIsjIuxFqhDUTpRXku\n`;

export interface TestRegistry extends RunningServer {
  /** Present with token authentication. */
  readonly tokens: TokenServer | undefined;
}

export interface TestRegistryOptions {
  readonly auth?: 'none' | 'basic' | 'token';
  /** With token authentication: who has no credentials may pull. */
  readonly anonymousPull?: boolean;
  readonly tokenSeconds?: number;
  /** With TLS. */
  readonly certificate?: TestCertificate;
}

/** CNCF Distribution on a free loopback port, its storage in a directory that `stop` removes. */
export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'hephy-registry-'));
  const tokens = options.auth === 'token' ? await startTokens(options) : undefined;
  await writeConfig(directory, options, tokens);
  try {
    const server = await startServer({
      file: binary(),
      args: ['serve', join(directory, 'config.yml')],
      listening: /listening on 127\.0\.0\.1:(\d+)/,
      directory,
      install: 'script/test installs it; HEPHY_TEST_REGISTRY names another',
    });
    return { host: server.host, tokens, stop: () => stopAll(server, tokens) };
  } catch (error) {
    await tokens?.stop();
    throw error;
  }
}

async function stopAll(server: RunningServer, tokens: TokenServer | undefined): Promise<void> {
  await Promise.all([server.stop(), tokens?.stop()]);
}

function binary(): string {
  return process.env['HEPHY_TEST_REGISTRY'] ?? pinned('registry');
}

function startTokens(options: TestRegistryOptions): Promise<TokenServer> {
  return startTokenServer({
    user: TEST_USER,
    password: TEST_PASSWORD,
    ...(options.anonymousPull === undefined ? {} : { anonymousPull: options.anonymousPull }),
    ...(options.tokenSeconds === undefined ? {} : { expiresInSeconds: options.tokenSeconds }),
  });
}

async function writeConfig(
  directory: string,
  options: TestRegistryOptions,
  tokens: TokenServer | undefined,
): Promise<void> {
  await writeFile(join(directory, 'htpasswd'), HTPASSWD);
  await writeFile(join(directory, 'jwks.json'), tokens?.jwks ?? '');
  const config = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'data') }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0', secret: 'loopback', ...(await writeTls(directory, options)) },
    ...authSection(directory, options, tokens),
  };
  // JSON is YAML too.
  await writeFile(join(directory, 'config.yml'), JSON.stringify(config));
}

async function writeTls(directory: string, { certificate }: TestRegistryOptions): Promise<object> {
  if (certificate === undefined) return {};
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  await Promise.all([writeFile(cert, certificate.cert), writeFile(key, certificate.key)]);
  return { tls: { certificate: cert, key } };
}

function authSection(
  directory: string,
  options: TestRegistryOptions,
  tokens: TokenServer | undefined,
): object {
  if (tokens) {
    const { realm } = tokens;
    const jwks = join(directory, 'jwks.json');
    return { auth: { token: { realm, service: TOKEN_SERVICE, issuer: TOKEN_ISSUER, jwks } } };
  }
  if (options.auth === 'basic') {
    return { auth: { htpasswd: { realm: 'test', path: join(directory, 'htpasswd') } } };
  }
  return {};
}

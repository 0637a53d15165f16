import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeCertificate } from '../../test/support/certificate.ts';
import {
  BASIC,
  challenge,
  enterWild,
  isPing,
  LOGIN,
  sendJson,
  type Wild,
} from '../../test/support/wild-registry.ts';
import { sha256 } from './digest.ts';
import type { Repository } from './repository.ts';

let wild: Wild;
beforeEach(() => void (wild = enterWild()));
afterEach(() => wild.stop());

const TAGS = { tags: ['v1'] };

describe('redirects', () => {
  const blob = Buffer.from('a layer');
  const id = { digest: sha256(blob), size: blob.length };

  async function startStorage(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<{ host: string; logins: unknown[] }> {
    const logins: unknown[] = [];
    const storage = await wild.serve((request, response) => {
      logins.push(request.headers.authorization);
      answer(request, response);
    });
    const host = await wild.serve((request, response) => {
      if (request.headers.authorization !== BASIC) return challenge(response, 'Basic realm="x"');
      response.writeHead(307, { location: `http://me:pass@${storage}/signed?x=y` }).end();
    });
    return { host, logins };
  }

  test('the login stays at home', async () => {
    const { host, logins } = await startStorage((_, response) => void response.end(blob));
    expect((await wild.open(host, { login: LOGIN }).readBlob(id)).equals(blob)).toBe(true);
    expect(logins).toEqual([undefined]);
  });

  test('a signed address that ran out is asked for anew', async () => {
    const { host, logins } = await startStorage((_, response) => {
      if (logins.length < 3) response.writeHead(403).end();
      else response.end(blob);
    });
    expect((await wild.open(host, { login: LOGIN }).readBlob(id)).equals(blob)).toBe(true);
    expect(logins).toHaveLength(3);
  });

  test.each([
    ['in a circle', '/v2/shop/blobs/x', 'REGISTRY_UNAVAILABLE'],
    ['to plain HTTP elsewhere', 'http://storage.test/x', 'REGISTRY_INSECURE'],
    ['to a file', 'file:///etc/passwd', 'REGISTRY_UNAVAILABLE'],
    ['to nowhere', 'http://', 'REGISTRY_UNAVAILABLE'],
    ['without an address', undefined, 'REGISTRY_UNAVAILABLE'],
  ] as const)('%s', async (_, location, code) => {
    const host = await wild.serve((request, response) => {
      if (isPing(request)) return sendJson(response, {});
      response.writeHead(302, location === undefined ? {} : { location }).end();
    });
    await expect(wild.open(host).readBlob(id)).rejects.toThrowWithCode(code);
  });

  test('an upload that goes on elsewhere goes without the login', async () => {
    const logins: unknown[] = [];
    const storage = await wild.serve((request, response) => {
      logins.push(request.headers.authorization, request.url);
      request.resume().on('end', () => response.writeHead(201).end());
    });
    const host = await wild.serve((request, response) => {
      if (request.headers.authorization !== BASIC) return challenge(response, 'Basic realm="x"');
      response.writeHead(202, { location: `http://${storage}/up?state=a%3D` }).end();
    });
    await wild.open(host, { login: LOGIN }).putBlob(id, blob);
    expect(logins).toEqual([undefined, `/up?state=a%3D&digest=${encodeURIComponent(id.digest)}`]);
  });

  test('a registry that names no place for an upload refuses it', async () => {
    const host = await wild.serve((_, response) => void response.writeHead(202).end());
    await expect(wild.open(host).putBlob(id, blob)).rejects.toThrowWithCode('REGISTRY_REJECTED');
  });
});

describe('plain HTTP', () => {
  test('a registry with TLS on loopback is found out', async () => {
    const certificate = makeCertificate();
    const host = await wild.serve((_, response) => sendJson(response, TAGS), certificate);
    const directory = await mkdtemp(join(tmpdir(), 'hephy-ca-'));
    const file = join(directory, 'ca.pem');
    await writeFile(file, certificate.cert);
    try {
      expect(await wild.open(host, { env: { SSL_CERT_FILE: file } }).listTags()).toEqual(['v1']);
    } finally {
      await rm(directory, { recursive: true });
    }
    await expect(wild.open(host).listTags()).rejects.toThrow('certificate');
  });

  /** Names that a proxy answers for, so that no other host is asked. */
  async function openBehindProxy(answer: RequestListener, insecure: readonly string[]): Promise<Repository> {
    const proxy = await wild.serve(answer);
    return wild.open('registry.test:5000', { insecure, env: { ALL_PROXY: proxy } });
  }

  test('elsewhere it is used only where it was allowed by name', async () => {
    const seen: (string | undefined)[] = [];
    const answer: RequestListener = (request, response) => {
      seen.push(request.url);
      sendJson(response, TAGS);
    };
    const allowed = await openBehindProxy(answer, ['registry.test:5000']);
    expect(await allowed.listTags()).toEqual(['v1']);
    expect(seen[0]).toBe('http://registry.test:5000/v2/');
    const byHost = await openBehindProxy(answer, ['registry.test']);
    expect(await byHost.listTags()).toEqual(['v1']);
    seen.length = 0;
    const other = await openBehindProxy(answer, ['registry.test:5001']);
    await expect(other.listTags()).rejects.toThrowWithCode('REGISTRY_UNAVAILABLE');
    expect(seen).toEqual([]);
  });
});

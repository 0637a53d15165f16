import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { makeCertificate } from '../../../test/support/certificate.ts';
import { listen, type Loopback } from '../../../test/support/loopback.ts';
import type { Env } from '../env.ts';
import { HttpFailure } from './http-failure.ts';
import { createHttp, type Http, type HttpRequest, type Timeouts } from './http.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function serve(answer: RequestListener, secure?: Parameters<typeof listen>[1]): Promise<Loopback> {
  const loopback = await listen(answer, secure);
  cleanups.push(() => loopback.stop());
  return loopback;
}

function open(env: Env = {}, timeouts: Partial<Timeouts> = {}): Http {
  const http = createHttp(env, timeouts);
  cleanups.push(() => http.close());
  return http;
}

function get(url: string): HttpRequest {
  return { method: 'GET', url: new URL(url) };
}

async function reasonOf(failing: Promise<unknown>): Promise<string> {
  const error = await failing.catch((thrown: unknown) => thrown);
  return error instanceof HttpFailure ? error.reason : `no failure: ${String(error)}`;
}

describe('one exchange', () => {
  test('sends what it is given and gives what comes', async () => {
    const { host } = await serve((request, response) => {
      response.writeHead(201, { 'x-method': request.method });
      response.write(`${request.url} ${request.headers['x-own']} `);
      request.pipe(response);
    });
    const http = open();
    const url = new URL(`http://${host}/a/b?c=d`);
    const put = await http.send({
      method: 'PUT',
      url,
      headers: { 'x-own': 'yes' },
      body: Buffer.from('body'),
    });
    expect([put.status, put.headers['x-method'], put.body.toString()]).toEqual([
      201,
      'PUT',
      '/a/b?c=d yes body',
    ]);
    const headers = { 'content-length': '6' };
    const streamed = await http.send({
      method: 'PUT',
      url,
      headers,
      body: () => Readable.from(['str', 'eam']),
    });
    expect(streamed.body.toString()).toContain('stream');
  });

  test('connections are used again', async () => {
    let connections = 0;
    const { host, server } = await serve((_, response) => void response.end('x'));
    server.on('connection', () => (connections += 1));
    const http = open();
    for (let index = 0; index < 5; index += 1) await http.send(get(`http://${host}/`));
    expect(connections).toBe(1);
  });

  test('a body is taken as it comes, unless it is that of an error', async () => {
    const { host } = await serve((request, response) => {
      response.writeHead(request.url === '/good' ? 200 : 500).end('content');
    });
    const taken: string[] = [];
    async function consume(body: Readable): Promise<void> {
      for await (const chunk of body) taken.push(String(chunk));
    }
    expect((await open().send({ ...get(`http://${host}/good`), consume })).body.length).toBe(0);
    expect((await open().send({ ...get(`http://${host}/bad`), consume })).body.toString()).toBe('content');
    expect(taken.join('')).toBe('content');
  });

  test('an answer before the question is complete is an answer', async () => {
    const { host } = await serve(
      (_, response) => void response.writeHead(401, { connection: 'close' }).end('no'),
    );
    const endless = (): Readable => Readable.from(forever());
    const headers = { 'content-length': '1000000000' };
    const url = new URL(`http://${host}/`);
    expect((await open().send({ method: 'PUT', url, headers, body: endless })).status).toBe(401);
  });

  test('a file that cannot be read is not the fault of the server', async () => {
    const { host } = await serve((_, response) => void response.end());
    const url = new URL(`http://${host}/`);
    const body = (): Readable => createReadStream('/nonexistent/layer');
    const sending = open().send({ method: 'PUT', url, headers: { 'content-length': '5' }, body });
    await expect(sending).rejects.toThrow('ENOENT');
  });
});

async function* forever(): AsyncGenerator<Buffer> {
  for (;;) yield Buffer.alloc(65_536);
}

describe('bad servers', () => {
  test.each<[string, string, RequestListener]>([
    ['resets before it answers', 'reset', (request) => void request.socket.destroy()],
    [
      'cuts its body',
      'reset',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('x', () => response.destroy());
      },
    ],
    ['sends too much', 'too-large', (_, response) => void response.end(Buffer.alloc(5_000))],
    ['never answers', 'timeout', () => undefined],
    ['never ends', 'timeout', (_, response) => void drip(response)],
    ['speaks something else', 'not-http', (request) => void request.socket.end('220 smtp.test ESMTP\r\n')],
  ])('one that %s: %s', async (_, reason, answer) => {
    const { host } = await serve(answer);
    const http = open({}, { idleMs: 150, totalMs: 300 });
    expect(await reasonOf(http.send({ ...get(`http://${host}/`), maxBytes: 1_000 }))).toBe(reason);
    if (reason === 'reset') {
      const consume = async (body: Readable): Promise<void> => void (await body.toArray());
      expect(await reasonOf(http.send({ ...get(`http://${host}/`), consume }))).toBe(reason);
    }
  });

  test('headers that come a byte at a time end too', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
      socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    expect(await reasonOf(open({}, { totalMs: 200 }).send(get(`http://127.0.0.1:${port}/`)))).toBe('timeout');
  });

  test('no server at all', async () => {
    const { host, stop } = await listen(() => undefined);
    await stop();
    expect(await reasonOf(open().send(get(`http://${host}/`)))).toBe('refused');
  });

  test('an interruption, before and while it waits', async () => {
    const { host } = await serve(() => undefined);
    const http = open();
    const request = get(`http://${host}/`);
    await expect(http.send({ ...request, signal: AbortSignal.abort() })).rejects.toThrowWithCode('CANCELLED');
    await expect(http.send({ ...request, signal: AbortSignal.timeout(30) })).rejects.toThrowWithCode(
      'CANCELLED',
    );
  });
});

function drip(response: {
  write(text: string): boolean;
  on(event: 'close', listener: () => void): unknown;
}): void {
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(timer));
}

describe('TLS', () => {
  test('an own authority is trusted by SSL_CERT_FILE, and by nothing less', async () => {
    const certificate = makeCertificate();
    const { host } = await serve((_, response) => void response.end('safe'), certificate);
    const directory = await mkdtemp(join(tmpdir(), 'hephy-ca-'));
    cleanups.push(() => rm(directory, { recursive: true }));
    const file = join(directory, 'ca.pem');
    await writeFile(file, certificate.cert);
    expect((await open({ SSL_CERT_FILE: file }).send(get(`https://${host}/`))).body.toString()).toBe('safe');
    expect(await reasonOf(open().send(get(`https://${host}/`)))).toBe('certificate');
    expect(await reasonOf(open({ SSL_CERT_FILE: `${file}.no` }).send(get(`https://${host}/`)))).toBe(
      'certificate',
    );
  });

  test('plain HTTP where TLS is expected, and the other way round', async () => {
    const plain = await serve((_, response) => void response.end());
    const secure = await serve((_, response) => void response.end(), makeCertificate());
    expect(await reasonOf(open().send(get(`https://${plain.host}/`)))).toBe('not-tls');
    expect(await reasonOf(open().send(get(`http://${secure.host}/`)))).toBe('reset');
  });
});

describe('proxies', () => {
  test('plain HTTP is asked for by its whole address, with the login of the proxy', async () => {
    const seen: (string | undefined)[] = [];
    const { host } = await serve((request, response) => {
      seen.push(request.url, request.headers.host, request.headers['proxy-authorization']);
      response.end('from the proxy');
    });
    const http = open({ http_proxy: `http://me:p%40ss@${host}` });
    const answer = await http.send(get('http://registry.test:5000/v2/'));
    expect(answer.body.toString()).toBe('from the proxy');
    const login = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(seen).toEqual(['http://registry.test:5000/v2/', 'registry.test:5000', login]);
  });

  test('TLS goes through a tunnel, and its certificate is still checked', async () => {
    const certificate = makeCertificate();
    const target = await serve((_, response) => void response.end('through'), certificate);
    const tunnelled: (string | undefined)[] = [];
    const { host, server } = await serve((_, response) => void response.end());
    server.on('connect', (request, client: Socket) => {
      tunnelled.push(request.url);
      const onward = connect(Number(target.host.split(':')[1]), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(client).pipe(onward);
      });
      for (const socket of [onward, client]) socket.on('error', () => undefined);
    });
    const directory = await mkdtemp(join(tmpdir(), 'hephy-ca-'));
    cleanups.push(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'ca.pem'), certificate.cert);
    const http = open({ HTTPS_PROXY: host, SSL_CERT_FILE: join(directory, 'ca.pem') });
    expect((await http.send(get('https://registry.test:8443/v2/'))).body.toString()).toBe('through');
    expect(tunnelled).toEqual(['registry.test:8443']);
    expect(await reasonOf(open({ HTTPS_PROXY: host }).send(get('https://registry.test:8443/')))).toBe(
      'certificate',
    );
  });

  test.each(['socks5://proxy.test:1080', 'http://', 'http://a b', 'http://me:%ff@proxy.test:1'])(
    '%s cannot be used, and its text is not printed',
    async (proxy) => {
      const failing = open({ HTTP_PROXY: proxy }).send(get('http://registry.test/'));
      expect(await reasonOf(failing)).toBe('proxy');
      await expect(failing).rejects.not.toThrow('proxy.test');
    },
  );
});

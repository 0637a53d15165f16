import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
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
import { OCI_MANIFEST } from './schema.ts';

let wild: Wild;
beforeEach(() => void (wild = enterWild()));
afterEach(() => wild.stop());

const TAGS = { tags: ['v1'] };

describe('tokens', () => {
  interface TokenRegistry {
    readonly host: string;
    readonly asked: string[];
    readonly used: (string | undefined)[];
  }

  /** Gives `t1`, `t2` …, each for so many seconds as told. */
  async function startTokenRegistry(answer: object): Promise<TokenRegistry> {
    const asked: string[] = [];
    const used: (string | undefined)[] = [];
    const realm = await wild.serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const said = `${request.method} ${request.headers.authorization ?? ''} ${Buffer.concat(chunks).toString()}`;
        asked.push(said.trim());
        sendJson(response, { token: `t${asked.length}`, ...answer });
      });
    });
    const host = await wild.serve((request, response) => {
      const { authorization } = request.headers;
      if (isPing(request)) return challenge(response, `Bearer realm="http://${realm}/t?a=b",service="s"`);
      used.push(authorization);
      sendJson(response, TAGS);
    });
    return { host, asked, used };
  }

  test('one is used until shortly before its end', async () => {
    const { host, asked, used } = await startTokenRegistry({ expires_in: 100 });
    const repository = wild.open(host, { login: LOGIN });
    for (const at of [0, 89_000, 91_000, 92_000]) {
      wild.clock = at;
      await repository.listTags();
    }
    expect(used).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2', 'Bearer t2']);
    expect(asked).toEqual([`GET ${BASIC}`, `GET ${BASIC}`]);
  });

  test.each([
    ['no time', {}, 49_000, 51_000],
    ['nonsense', { expires_in: 'soon' }, 49_000, 51_000],
    ['a very short time', { expires_in: 2 }, 900, 1_100],
  ])('with %s it is used for a while all the same', async (...[, answer, still, over]) => {
    const { host, used } = await startTokenRegistry(answer);
    const repository = wild.open(host);
    for (const at of [0, still, over]) {
      wild.clock = at;
      await repository.listTags();
    }
    expect(used).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  });

  test('a refresh token is exchanged, and access_token is a token too', async () => {
    const { host, asked, used } = await startTokenRegistry({ token: undefined, access_token: 'oauth' });
    const login = { username: '', password: '', identityToken: 'refresh' };
    await wild.open(host, { login }).listTags();
    expect(used).toEqual(['Bearer oauth']);
    const form = new URLSearchParams(asked[0]?.replace(/^POST\s+/, ''));
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh',
      client_id: 'hephy-builder',
      service: 's',
      scope: 'repository:shop:pull,push',
    });
  });

  test.each([
    ['is empty', { token: '' }],
    ['would break the header', { token: 'a\r\nx: y' }],
    ['is not there', { token: undefined }],
  ])('one that %s is REGISTRY_AUTH', async (_, answer) => {
    const { host } = await startTokenRegistry(answer);
    await expect(wild.open(host).listTags()).rejects.toThrowWithCode('REGISTRY_AUTH');
  });

  test('a token server that refuses is REGISTRY_AUTH at once; one that is down is asked again', async () => {
    let status = 401;
    let asked = 0;
    const realm = await wild.serve((_, response) => {
      asked += 1;
      response.writeHead(status).end();
    });
    const host = await wild.serve((_, response) => challenge(response, `Bearer realm="http://${realm}/"`));
    const repository = wild.open(host, { login: LOGIN });
    await expect(repository.listTags()).rejects.toThrowWithCode('REGISTRY_AUTH');
    expect(asked).toBe(1);
    status = 503;
    await expect(repository.listTags()).rejects.toThrowWithCode('REGISTRY_UNAVAILABLE');
    expect(asked).toBe(7);
  });

  test.each([
    ['REGISTRY_INSECURE', 'Bearer realm="http://tokens.test/"'],
    ['REGISTRY_AUTH', 'Bearer realm="file:///etc/passwd"'],
    ['REGISTRY_AUTH', 'Bearer'],
    ['REGISTRY_AUTH', 'Negotiate'],
  ] as const)('%s: %s', async (code, header) => {
    const host = await wild.serve((_, response) => challenge(response, header));
    await expect(wild.open(host, { login: LOGIN }).listTags()).rejects.toThrowWithCode(code);
  });
});

describe('logins', () => {
  test('a registry that asks only when something is pushed', async () => {
    const used: string[] = [];
    const host = await wild.serve((request, response) => {
      if (isPing(request)) return sendJson(response, {});
      if (request.method === 'PUT' && request.headers.authorization === undefined) {
        return challenge(response, 'Basic realm="x"');
      }
      used.push(`${request.method} ${request.headers.authorization ?? ''}`.trim());
      request.resume().on('end', () => response.writeHead(201).end());
    });
    await wild.open(host, { login: LOGIN }).putManifest('v1', {
      mediaType: OCI_MANIFEST,
      bytes: Buffer.from('{}'),
    });
    expect(used).toEqual([`PUT ${BASIC}`]);
  });

  test('a login that is not taken is sent once', async () => {
    let asked = 0;
    const host = await wild.serve((request, response) => {
      if (!isPing(request)) asked += 1;
      challenge(response, 'Basic realm="x"');
    });
    await expect(wild.open(host, { login: LOGIN }).listTags()).rejects.toThrowWithCode('REGISTRY_AUTH');
    expect(asked).toBe(1);
  });
});

describe('answers that are none', () => {
  test.each([
    ['HTML', '<html>', 'text/html'],
    ['an index that is an image too', '{"manifests": [], "layers": [], "config": {}}', 'application/json'],
    [
      'schema 1',
      '{"schemaVersion": 1, "mediaType": "x"}',
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
    ],
    [
      'a digest that is none',
      '{"config": {"mediaType": "x", "digest": "../../x", "size": 1}, "layers": []}',
      OCI_MANIFEST,
    ],
    [
      'a negative size',
      `{"config": {"mediaType": "x", "digest": "${sha256(Buffer.from('x'))}", "size": -1}, "layers": []}`,
      OCI_MANIFEST,
    ],
  ])('a manifest that is %s', async (_, body, type) => {
    const host = await wild.serve(
      (_request, response) => void response.writeHead(200, { 'content-type': type }).end(body),
    );
    await expect(wild.open(host).getManifest('v1')).rejects.toThrowWithCode('REGISTRY_UNAVAILABLE');
  });

  test('a list of tags without an end, and one that is no list', async () => {
    const endless = await wild.serve((request, response) => {
      response.setHeader('link', `<${request.url}>; rel="next"`);
      sendJson(response, TAGS);
    });
    await expect(wild.open(endless).listTags()).rejects.toThrowWithCode('REGISTRY_UNAVAILABLE');
    const html = await wild.serve((_, response) => void response.end('<html>'));
    await expect(wild.open(html).listTags()).rejects.toThrowWithCode('REGISTRY_UNAVAILABLE');
  });

  test('a config that claims to be huge is not fetched', async () => {
    const seen: (string | undefined)[] = [];
    const host = await wild.serve((request, response) => {
      seen.push(request.url);
      sendJson(response, {});
    });
    const reading = wild.open(host).readBlob({ digest: sha256(Buffer.from('x')), size: 10 ** 12 });
    await expect(reading).rejects.toThrowWithCode('REGISTRY_UNAVAILABLE');
    expect(seen).toEqual([]);
  });
});

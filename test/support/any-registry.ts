import { listen, type Loopback } from './loopback.ts';

const LOGIN = Buffer.from('anyone:anything').toString('base64');

export interface AnyRegistry extends Loopback {
  /** For who speaks to this registry: it is reached through a proxy, without TLS. */
  envFor(host: string): Readonly<Record<string, string>>;
}

/** A proxy behind which every registry answers, has nothing, and would take anything: for names that nobody has, such as an account's at a cloud. */
export async function startAnyRegistry(): Promise<AnyRegistry> {
  const server = await listen(({ url = '', method }, response) => {
    const found = method === 'POST' ? 202 : 404;
    response.writeHead(url.endsWith('/v2/') ? 200 : found, { 'content-type': 'application/json' }).end('{}');
  });
  return {
    ...server,
    envFor: (host) => ({
      HTTP_PROXY: `http://${server.host}`,
      HEPHY_INSECURE_REGISTRIES: host,
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [host]: { auth: LOGIN } } }),
    }),
  };
}

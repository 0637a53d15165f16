import { listen, type Loopback } from './loopback.ts';

export interface AnyRegistry extends Loopback {
  /** For who speaks to this registry: it is reached through a proxy, without TLS. */
  envFor(host: string): Readonly<Record<string, string>>;
}

/** A proxy behind which every registry answers and has nothing: for names that nobody has, such as an account's at a cloud. */
export async function startAnyRegistry(): Promise<AnyRegistry> {
  const server = await listen(({ url = '' }, response) => {
    response.writeHead(url.endsWith('/v2/') ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
  });
  return {
    ...server,
    envFor: (host) => ({ HTTP_PROXY: `http://${server.host}`, HEPHY_INSECURE_REGISTRIES: host }),
  };
}

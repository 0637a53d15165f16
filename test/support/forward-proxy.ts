import { connect, type Socket } from 'node:net';
import { listen } from './loopback.ts';

export interface ForwardProxy {
  readonly url: string;
  readonly host: string;
  /** Who was asked for, each once, sorted: `registry.test:443`. */
  asked(): readonly string[];
  stop(): Promise<void>;
}

/** The one way out of a closed network: it knows the names that nothing else resolves, and opens tunnels to them alone. */
export async function startForwardProxy(places: Readonly<Record<string, string>>): Promise<ForwardProxy> {
  const asked = new Set<string>();
  const proxy = await listen((request, response) => {
    asked.add(`plain ${request.url}`);
    response.writeHead(403).end();
  });
  proxy.server.on('connect', (request, client: Socket) => {
    const name = request.url ?? '';
    asked.add(name);
    const place = places[name];
    if (place === undefined) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    openTunnel(client, place);
  });
  return {
    url: `http://${proxy.host}`,
    host: proxy.host,
    asked: () => [...asked].sort(),
    stop: proxy.stop,
  };
}

function openTunnel(client: Socket, place: string): void {
  const onward = connect(Number(place.split(':')[1]), '127.0.0.1', () => {
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    onward.pipe(client).pipe(onward);
  });
  for (const [one, other] of [
    [onward, client],
    [client, onward],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

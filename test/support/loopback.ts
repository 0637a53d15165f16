import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestCertificate } from './certificate.ts';

export interface Loopback {
  readonly host: string;
  readonly server: Server;
  stop(): Promise<void>;
}

/** A server that a test writes itself, plain or with TLS, on a free port. */
export async function listen(answer: RequestListener, certificate?: TestCertificate): Promise<Loopback> {
  const server = certificate ? createSecureServer({ ...certificate }, answer) : createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Parts } from '../../parts.ts';

/** The page under a path of its own on this machine. */
export interface Listener {
  /** `http://127.0.0.1:PORT/approvals` */
  url: string;
  /** When the last request came, in milliseconds since the epoch. */
  lastRequest(): number;
  close(): Promise<void>;
}

const BASE_PATH = '/approvals';
const MAX_CONNECTIONS = 64;

/** Serves the approval page on 127.0.0.1; port 0 is any free one. hono is loaded here and not before. */
export async function listenOnLoopback(parts: Parts, port = 0): Promise<Listener> {
  const [{ getRequestListener }, { createApprovalsApp }] = await Promise.all([
    import('@hono/node-server'),
    import('./app.ts'),
  ]);
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5000 });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo; // a TCP server has one
  const origin = `http://127.0.0.1:${bound}`;
  const answer = getRequestListener(createApprovalsApp(parts, { basePath: BASE_PATH, publicUrl: origin }).fetch, {
    overrideGlobalObjects: false,
  });
  let last = Date.now();
  server.on('request', (request, response) => {
    last = Date.now();
    void answer(request, response);
  });
  return {
    url: origin + BASE_PATH,
    lastRequest: () => last,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

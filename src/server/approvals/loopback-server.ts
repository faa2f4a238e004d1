import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App } from '../../app.ts';
import { clientSignal, readBody, sendResponse, toRequest } from '../http/fetch-adapter.ts';
import type { ApprovalsOptions, createApprovalsApp } from './app.ts';

/** The approval page on this machine, under its own path. */
export interface LoopbackServer {
  /** `http://127.0.0.1:PORT/approvals` */
  url: string;
  /** When the last request came, in milliseconds since the epoch. */
  lastRequest(): number;
  close(): Promise<void>;
}

const BASE_PATH = '/approvals';
const MAX_CONNECTIONS = 64;
/** Far more than any form of the page; the page itself accepts much less. */
const MAX_BODY = 65_536;

/** Serves the approval page on 127.0.0.1; port 0 picks a free one. hono is loaded by this call, not earlier. */
export async function startLoopbackServer(
  app: App,
  port = 0,
  options: Pick<ApprovalsOptions, 'now' | 'sessions'> = {},
): Promise<LoopbackServer> {
  const page = await import('./app.ts');
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5000 });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo; // a TCP server has one
  const origin = `http://127.0.0.1:${bound}`;
  const router = page.createApprovalsApp(app, { ...options, basePath: BASE_PATH, publicUrl: origin });
  let last = Date.now();
  server.on('request', (request, response) => {
    last = Date.now();
    void respond(router, origin, request, response);
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

async function respond(
  router: ReturnType<typeof createApprovalsApp>,
  origin: string,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const signal = clientSignal(response);
  if (message.url === '/' && (message.method === 'GET' || message.method === 'HEAD')) {
    response.writeHead(302, { location: BASE_PATH, 'cache-control': 'no-store' }).end();
    return;
  }
  try {
    const body = await readBody(message, MAX_BODY);
    const request = body && toRequest(message, new URL(message.url ?? '/', origin).href, body, signal);
    const result = request
      ? await router.fetch(request, { address: message.socket.remoteAddress ?? '' })
      : new Response('Too large.', { status: 413 });
    await sendResponse(result, response, request ? {} : { connection: 'close' }, signal);
  } catch {
    response.destroy(); // the client disconnected, or what it sent is not HTTP
  }
}

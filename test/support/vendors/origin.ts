import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { providers } from '../../../src/providers/index.ts';
import type { Connection } from '../../../src/update/types.ts';

/** An HTTP server of the test's own, closed after the test. */
export interface Origin {
  url: string;
  /** Method and path of each request, in order. */
  seen: string[];
  /** Refuses new connections and keeps open ones. */
  stopListening(): void;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

export async function startOrigin(handler: Handler): Promise<Origin> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      seen.push(`${request.method} ${request.url}`);
      handler(request, response, seen.length);
    });
  });
  server.keepAliveTimeout = 60_000; // the client is to close idle connections first
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo; // of a listening TCP server
  return { url: `http://127.0.0.1:${port}`, seen, stopListening: () => void server.close() };
}

/** A URL with a closed port. */
export async function closedPortUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const SETTINGS: Record<string, Record<string, string>> = {
  awork: { apiKey: 'k' },
  dayzero: { token: 't', businessId: 'b' },
  mediasilo: { key: 'k', secret: 's' },
};

/** A connection of a provider to an origin. */
export function connectionTo(baseUrl: string, id = 'dayzero'): Connection {
  const provider = providers.find((one) => one.id === id);
  if (!provider) throw new Error(`no provider ${id}`);
  return { name: 'main', provider, settings: { ...SETTINGS[id], baseUrl } };
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

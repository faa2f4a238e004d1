import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import type { Connection } from '../../src/update/types.ts';

/** A server of the test's own, gone after the test. */
export interface Origin {
  url: string;
  /** `GET /path` of everything that arrived, in order. */
  seen: string[];
  /** Refuses new connections; open ones stay. */
  stopListening(): void;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

export async function startOrigin(handler: Handler): Promise<Origin> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      seen.push(`${request.method} ${request.url}`);
      handler(request, response, seen.length);
    });
  });
  server.keepAliveTimeout = 60_000; // so that it is the client who lets go of an idle connection
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo; // a TCP server that listens
  return { url: `http://127.0.0.1:${port}`, seen, stopListening: () => void server.close() };
}

/** A URL at which nobody listens. */
export async function deadUrl(): Promise<string> {
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

/** A connection to an origin in a provider's manner. */
export function connectionTo(baseUrl: string, id = 'dayzero'): Connection {
  const provider = providers.find((one) => one.id === id);
  if (!provider) throw new Error(`no provider ${id}`);
  return { name: 'main', provider, settings: { ...SETTINGS[id], baseUrl } };
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

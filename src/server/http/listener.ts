import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../log.ts';
import { clientSignal, readBody, send, toRequest } from '../web.ts';
import { refusal, tooMany } from './answers.ts';
import { type Guards, securityHeaders, toRequestId } from './guards.ts';
import type { RateLimit } from './rate-limit.ts';
import { findRoute, type Route } from './routes.ts';

export interface ListenerOptions {
  host: string;
  port: number;
  routes: readonly Route[];
  guards: Guards;
  /** By address, for routes that have no limit of their own. */
  rateLimit: RateLimit;
  publicUrl: string | undefined;
  bodyBytes: number;
  log: Log;
  /** Told of every exchange when it is over; `route` is a prefix, or `none`. */
  count(route: string, status: number): void;
  timeouts?: Timeouts;
}

/** How long a client may take to send its headers, and its whole request. Milliseconds. */
export interface Timeouts {
  headersMs: number;
  requestMs: number;
}

export interface Listener {
  address: AddressInfo;
  /** Takes no new connections and lets idle ones go. */
  refuse(): void;
  /** Waits, within limits, until every answer has left, then closes what is still open. */
  close(withinMs: number): Promise<void>;
}

/** What is left of a request whose answer was given early is thrown away for this long, so that the answer arrives. */
const LINGER_MS = 1000;

/** An HTTP server over routes. Everything that comes in passes the guards here, before any route sees it. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { headersMs, requestMs } = options.timeouts ?? { headersMs: 10_000, requestMs: 30_000 };
  const running = new Set<Promise<void>>();
  const always = securityHeaders(options.publicUrl);
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(1000, headersMs / 2),
      keepAliveTimeout: 20_000,
      maxHeaderSize: 16_384,
    },
    (message, response) => {
      const exchange = answer(message, response, options, always).finally(() => running.delete(exchange));
      running.add(exchange);
    },
  );
  server.maxConnections = 4096;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    address: server.address() as AddressInfo, // it listens on TCP, so this is no string and no null
    refuse: () => void server.close(),
    async close(withinMs) {
      server.close();
      server.closeIdleConnections();
      const expiry = new Promise((resolve) => setTimeout(resolve, withinMs).unref());
      await Promise.race([Promise.all(running), expiry]);
      server.closeAllConnections();
    },
  };
}

/** One exchange, start to end. Never throws. */
async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  options: ListenerOptions,
  always: Readonly<Record<string, string>>,
): Promise<void> {
  const { log, publicUrl, count } = options;
  const started = performance.now();
  const signal = clientSignal(response);
  const requestId = toRequestId(message.headers['x-request-id']);
  const url = toUrl(message, publicUrl);
  const route = url && findRoute(options.routes, url.pathname);
  let result: Response;
  try {
    result = await respond(message, requestId, url, route, signal, options);
  } catch (error) {
    if (!signal.aborted) log.error({ request: requestId, problem: String(error) }, 'a request failed');
    result = refusal(500, 'internal');
  }
  if (!message.complete) discard(message);
  await send(result, response, { ...always, 'x-request-id': requestId }, signal).catch(() => response.destroy());
  count(route?.prefix ?? 'none', result.status);
  const ms = Math.round(performance.now() - started);
  log.debug({ request: requestId, route: route?.prefix ?? 'none', status: result.status, ms }, 'request');
}

async function respond(
  message: IncomingMessage,
  requestId: string,
  url: URL | undefined,
  route: Route | undefined,
  signal: AbortSignal,
  { guards, rateLimit, bodyBytes, publicUrl }: ListenerOptions,
): Promise<Response> {
  if (!route?.anyHost && !guards.isHostAllowed(message.headers.host))
    return refusal(
      403,
      'this host is not served here; the operator names hosts in http.publicUrl or http.allowedHosts',
    );
  if (!guards.isOriginAllowed(message.headers.origin)) return refusal(403, 'this origin may not call');
  if (!url) return refusal(400, 'not a path');
  if (!route) return refusal(404, 'not found');
  const address = message.socket.remoteAddress ?? '';
  const wait = route.anyHost || route.ownRateLimit ? 0 : rateLimit(address);
  if (wait > 0) return tooMany(wait);
  if ((message.headers['content-encoding'] ?? 'identity') !== 'identity') return refusal(415, 'send it unencoded');
  const body = await readBody(message, bodyBytes);
  if (!body) return refusal(413, `the body is larger than ${bodyBytes} bytes`);
  const request = toRequest(message, url.href, route.takesBytes ? undefined : body, signal);
  return await route.fetch(request, {
    pathname: url.pathname,
    bytes: body,
    requestId,
    address,
    origin: publicUrl ?? url.origin,
  });
}

/** The target put behind the Host, by text: `//elsewhere/path` is a path here, and not another host. */
function toUrl({ url = '', headers }: IncomingMessage, publicUrl: string | undefined): URL | undefined {
  const text = `${publicUrl ?? `http://${headers.host ?? 'localhost'}`}${url}`;
  if (!url.startsWith('/')) return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function discard(message: IncomingMessage): void {
  message.resume();
  const end = setTimeout(() => message.destroy(), LINGER_MS);
  message.once('close', () => clearTimeout(end));
  message.on('error', () => {});
}

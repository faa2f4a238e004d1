import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorFacts } from '../../lib/error-facts.ts';
import type { Log } from '../../lib/log.ts';
import type { RateLimit } from '../../lib/rate-limit.ts';
import { clientSignal, send, toRequest } from './fetch-adapter.ts';
import { type Body, bodyOf } from './middleware/body.ts';
import type { BodyBudget } from './middleware/body-budget.ts';
import { type Guards, securityHeaders, toRequestId } from './middleware/host-origin.ts';
import { refusal, tooMany } from './responses.ts';
import { findRoute, type Route } from './router.ts';

export interface ListenerOptions {
  host: string;
  port: number;
  routes: readonly Route[];
  guards: Guards;
  /** By address, for routes that have no limit of their own. */
  rateLimit: RateLimit;
  publicUrl: string | undefined;
  bodyBytes: number;
  /** For the bodies of all exchanges together. */
  budget: BodyBudget;
  log: Log;
  /** Told of every exchange when it is over; `route` is a prefix, or `none`. */
  count(route: string, status: number): void;
  timeouts?: Timeouts;
}

/** How long a client may take to send its headers, and its whole request; and rest in its body. Milliseconds. */
export interface Timeouts {
  headersMs: number;
  requestMs: number;
  bodyIdleMs?: number;
}

export interface Listener {
  address: AddressInfo;
  /** Takes no new connections and lets idle ones go. */
  refuse(): void;
  /** Waits, within limits, until every answer has left, then closes what is still open. */
  close(withinMs: number): Promise<void>;
}

const DEFAULT_TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000 };

/** What is left of a request whose answer was given early is thrown away for this long, so that the answer arrives. */
const LINGER_MS = 1000;

/** An HTTP server over routes. Everything that comes in passes the guards here, before any route sees it. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { headersMs, requestMs, bodyIdleMs: idleMs = 5000 } = options.timeouts ?? DEFAULT_TIMEOUTS;
  const running = new Set<Promise<void>>();
  const always = securityHeaders(options.publicUrl);
  const server = createServer({
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(1000, headersMs / 2),
    keepAliveTimeout: 20_000,
    maxHeaderSize: 16_384,
  });
  const serve = (expectsContinue: boolean) => (message: IncomingMessage, response: ServerResponse) => {
    const route = routeOf(message, options);
    const limits = { budget: options.budget, maxBytes: route.found?.maxBodyBytes ?? options.bodyBytes, idleMs };
    const body = bodyOf(message, response, limits, expectsContinue);
    const exchange = answer(message, response, route, body, options, always).finally(() => {
      body.release();
      running.delete(exchange);
    });
    running.add(exchange);
  };
  server.on('request', serve(false));
  // Without a listener Node would ask for the body before anybody has looked at the headers.
  server.on('checkContinue', serve(true));
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

/** Where a request goes. */
interface Target {
  url: URL | undefined;
  found: Route | undefined;
}

function routeOf(message: IncomingMessage, { publicUrl, routes }: ListenerOptions): Target {
  const url = toUrl(message, publicUrl);
  return { url, found: url && findRoute(routes, url.pathname) };
}

/** One exchange, start to end. Never throws. */
async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  target: Target,
  body: Body,
  options: ListenerOptions,
  always: Readonly<Record<string, string>>,
): Promise<void> {
  const { log, count } = options;
  const started = performance.now();
  const signal = clientSignal(response);
  const requestId = toRequestId(message.headers['x-request-id']);
  const route = target.found?.prefix ?? 'none';
  let result: Response;
  try {
    result = await respond(message, requestId, target, body, signal, options);
  } catch (error) {
    if (!signal.aborted) log.error({ request: requestId, ...errorFacts(error) }, 'a request failed');
    result = refusal(500, 'internal');
  }
  if (!message.complete) discard(message);
  await send(result, response, { ...always, 'x-request-id': requestId }, signal).catch(() => response.destroy());
  count(route, result.status);
  const ms = Math.round(performance.now() - started);
  log.debug({ request: requestId, route, status: result.status, ms }, 'request');
}

/** Decides by the headers; the body is read last. */
async function respond(
  message: IncomingMessage,
  requestId: string,
  { url, found: route }: Target,
  body: Body,
  signal: AbortSignal,
  { guards, rateLimit, publicUrl }: ListenerOptions,
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
  const isReadHere = !route.readsBody && route.maxBodyBytes !== 0;
  const bytes = isReadHere ? await body.read({ name: address, isKnown: false }) : undefined;
  if (bytes instanceof Response) return bytes;
  return await route.fetch(toRequest(message, url.href, bytes, signal), {
    pathname: url.pathname,
    readBody: body.read,
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

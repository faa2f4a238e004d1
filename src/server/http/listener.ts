import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorFacts } from '../../lib/error-facts.ts';
import type { Log } from '../../lib/log.ts';
import type { RateLimit } from '../../lib/rate-limit.ts';
import { clientSignal, sendJson, sendResponse, toRequest } from './fetch-adapter.ts';
import { createRequestBody, type RequestBody } from './middleware/body.ts';
import type { BodyBudget } from './middleware/body-budget.ts';
import type { HostOriginCheck } from './middleware/host-origin.ts';
import { errorResponse, securityHeaders, tooManyRequests } from './responses.ts';
import { createRouter, type HttpRoute, type JsonResponse } from './router.ts';

export interface ListenerOptions {
  host: string;
  port: number;
  routes: readonly HttpRoute[];
  hostOriginCheck: HostOriginCheck;
  /** By address, for routes without a limit of their own. */
  rateLimit: RateLimit;
  publicUrl: string | undefined;
  bodyBytes: number;
  /** Shared by the bodies of all requests. */
  budget: BodyBudget;
  log: Log;
  /** Called when a request is complete. `route` is a prefix, or `none`. */
  count(route: string, status: number): void;
  timeouts?: Timeouts;
}

/** How long a client may take for its headers, for its whole request, and between two parts of its body. Milliseconds. */
export interface Timeouts {
  headersMs: number;
  requestMs: number;
  bodyIdleMs?: number;
}

export interface HttpListener {
  address: AddressInfo;
  /** Accepts no new connections and closes idle ones. */
  stopAccepting(): void;
  /** Drains responses for `withinMs` at most, then closes every connection. */
  close(withinMs: number): Promise<void>;
}

const DEFAULT_TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000 };

/** An idle connection is closed after this time. A proxy has to close its own earlier, or loses requests. */
export const KEEP_ALIVE_MS = 20_000;

/** After an early response the rest of the request is read and dropped for this long, so that the response arrives. */
const LINGER_MS = 1000;

/** An HTTP server over routes. Every request passes the checks here before a route sees it. */
export async function listen(options: ListenerOptions): Promise<HttpListener> {
  const { headersMs, requestMs, bodyIdleMs: idleMs = 5000 } = options.timeouts ?? DEFAULT_TIMEOUTS;
  const running = new Set<Promise<void>>();
  const addedHeaders = securityHeaders(options.publicUrl);
  const findRoute = createRouter(options.routes);
  const server = createServer({
    // Otherwise Node keeps the first of several, where a proxy may have read another.
    joinDuplicateHeaders: true,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(1000, headersMs / 2),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: 16_384,
  });
  const serve = (message: IncomingMessage, response: ServerResponse, { expectsContinue = false } = {}) => {
    const url = toUrl(message, options.publicUrl);
    const target = { url, route: url && findRoute(url.pathname) };
    const limits = { budget: options.budget, maxBytes: target.route?.maxBodyBytes ?? options.bodyBytes, idleMs };
    const body = createRequestBody(message, response, { ...limits, expectsContinue });
    const handling = handle(message, response, target, body, options, addedHeaders).finally(() => {
      body.release();
      running.delete(handling);
    });
    running.add(handling);
  };
  server.on('request', (message, response) => serve(message, response));
  // Without this handler Node would ask for the body before the headers were checked.
  server.on('checkContinue', (message, response) => serve(message, response, { expectsContinue: true }));
  server.maxConnections = 4096;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    address: server.address() as AddressInfo, // listens on TCP, so neither a string nor null
    stopAccepting: () => void server.close(),
    async close(withinMs) {
      server.close();
      server.closeIdleConnections();
      const expiry = new Promise((resolve) => setTimeout(resolve, withinMs).unref());
      await Promise.race([Promise.all(running), expiry]);
      server.closeAllConnections();
    },
  };
}

/** The URL of a request, and its route. */
interface Target {
  url: URL | undefined;
  route: HttpRoute | undefined;
}

/** Handles one request from headers to response. Never throws. */
async function handle(
  message: IncomingMessage,
  response: ServerResponse,
  target: Target,
  body: RequestBody,
  options: ListenerOptions,
  addedHeaders: Readonly<Record<string, string>>,
): Promise<void> {
  const { log, count } = options;
  const started = performance.now();
  const signal = clientSignal(response);
  const requestId = toRequestId(message.headers['x-request-id']);
  const route = target.route?.prefix ?? 'none';
  let result: Response | JsonResponse;
  try {
    result = await dispatch(message, requestId, target, body, signal, options);
  } catch (error) {
    if (!signal.aborted) log.error({ request: requestId, ...errorFacts(error) }, 'a request failed');
    result = errorResponse(500, 'internal');
  }
  if (!message.complete) discard(message);
  const headers = { ...addedHeaders, 'x-request-id': requestId };
  if (result instanceof Response) {
    await sendResponse(result, response, headers, signal).catch(() => response.destroy());
  } else sendJson(result, response, headers);
  count(route, result.status);
  const ms = Math.round(performance.now() - started);
  log.debug({ request: requestId, route, status: result.status, ms }, 'request');
}

/** Checks the headers, then calls the route. The body is read last. */
async function dispatch(
  message: IncomingMessage,
  requestId: string,
  { url, route }: Target,
  body: RequestBody,
  signal: AbortSignal,
  { hostOriginCheck, rateLimit, publicUrl }: ListenerOptions,
): Promise<Response | JsonResponse> {
  if (!route?.anyHost && !hostOriginCheck.isHostAllowed(message.headers.host))
    return errorResponse(
      403,
      'this host is not served here; the operator names hosts in http.publicUrl or http.allowedHosts',
    );
  if (!hostOriginCheck.isOriginAllowed(message.headers.origin)) return errorResponse(403, 'this origin is not allowed');
  if (!url) return errorResponse(400, 'not a path');
  if (!route) return errorResponse(404, 'not found');
  const address = message.socket.remoteAddress ?? '';
  const wait = route.anyHost || route.ownRateLimit ? 0 : rateLimit(address);
  if (wait > 0) return tooManyRequests(wait);
  if ((message.headers['content-encoding'] ?? 'identity') !== 'identity')
    return errorResponse(415, 'send the body without content-encoding');
  const isReadHere = !route.readsBody && route.maxBodyBytes !== 0;
  const bytes = isReadHere ? await body.read({ name: address, isKnown: false }) : undefined;
  if (bytes instanceof Response) return bytes;
  const context = {
    method: message.method ?? 'GET',
    headers: message.headers,
    toRequest: () => toRequest(message, url.href, bytes, signal),
    signal,
    pathname: url.pathname,
    readBody: body.read,
    requestId,
    address,
    origin: publicUrl ?? url.origin,
  };
  return 'serve' in route ? await route.serve(context) : await route.fetch(context.toRequest(), context);
}

/** The request id of the caller, if it is safe to log, else a new one. */
function toRequestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w.-]{8,64}$/.test(header) ? header : crypto.randomUUID();
}

/** Joins Host and request target as text: `//elsewhere/path` is a path here, not another host. */
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

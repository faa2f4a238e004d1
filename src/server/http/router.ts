import type { IncomingHttpHeaders } from 'node:http';
import type { BodySender } from './middleware/body-budget.ts';

/**
 * Everything at and below one path of the HTTP server. This is the extension point: `/mcp`, `/metrics` and the rest are
 * routes like any other. A request that reaches a route has passed the Host and Origin checks and the rate limit by
 * address, and its body was read within the limits for unauthenticated senders, unless the route reads it itself. Routes
 * authenticate their callers themselves: bearer tokens are for agents, and a page for people has its own sign-in.
 *
 * A hono app can be a route: `{ prefix: '/approvals', fetch: app.fetch }`. The context is then `c.env`.
 */
export type HttpRoute = RouteRules & (WebRoute | DirectRoute);

/** Handles a web Request. */
interface WebRoute {
  fetch(request: Request, context: RouteContext): Response | Promise<Response>;
}

/** Handles a request from its context. Web requests and responses cost more than all else that a short call needs. */
interface DirectRoute {
  serve(context: RouteContext): Promise<Response | JsonResponse>;
}

/** JSON that is sent in one piece, without a web Response around it. */
export interface JsonResponse {
  status: number;
  json: string;
}

/**
 * Routes handle every method and path below the prefix. Errors they throw become a bare 500. Security headers (no framing,
 * no sniffing, no caching, a content security policy that allows nothing) are added unless the response has a header of
 * that name.
 */
interface RouteRules {
  /** `/approvals` means itself and `/approvals/…`. No trailing slash. */
  prefix: string;
  /** The route limits its callers by principal; the limit by address does not apply. */
  ownRateLimit?: true;
  /** The route reads the body with `readBody` of the context, after it has checked the headers. The request has none. */
  readsBody?: true;
  /** Bytes of a body at most; 0 leaves every body unread. Default: the server's limit. */
  maxBodyBytes?: number;
  /** For probes, which call by address: no Host check, no rate limit. The response must contain nothing of value. */
  anyHost?: true;
}

export interface RouteContext {
  method: string;
  /** As node:http reads them: names in lower case, several of one name joined with commas. */
  headers: IncomingHttpHeaders;
  /** The path of the request, as the URL standard reads it. */
  pathname: string;
  /** The request, without its body if the route reads that. */
  toRequest(): Request;
  /** Aborted when the client disconnects. The signal of the request too. */
  signal: AbortSignal;
  /** The whole body, or the error response: it is too large or too slow, or too many arrive at the same time. */
  readBody(sender: BodySender): Promise<Uint8Array | Response>;
  /** In `x-request-id` of the response, and in our log lines about the request. */
  requestId: string;
  /** The peer's IP address; behind a reverse proxy, that of the proxy. */
  address: string;
  /** `https://host` as clients reach the server: the configured public URL, else from the (checked) Host header. */
  origin: string;
}

/** Finds the route of a path: the longest matching prefix. */
export function createRouter(routes: readonly HttpRoute[]): (pathname: string) => HttpRoute | undefined {
  const longestFirst = routes.toSorted((a, b) => b.prefix.length - a.prefix.length);
  return (pathname) =>
    longestFirst.find(
      ({ prefix }) => pathname.startsWith(prefix) && ['/', undefined].includes(pathname[prefix.length]),
    );
}

import type { BodySender } from './middleware/body-budget.ts';

/**
 * Everything at and below one path of the HTTP server. This is the extension point: `/mcp`, `/metrics` and the rest are
 * routes like any other. A request that reaches a route has passed the Host and Origin checks and the rate limit by
 * address, and its body was read within the limits for unauthenticated senders, unless the route reads it itself. Routes
 * authenticate their callers themselves: bearer tokens are for agents, and a page for people has its own sign-in.
 *
 * A hono app can be a route: `{ prefix: '/approvals', fetch: app.fetch }`. The context is then `c.env`.
 */
export interface HttpRoute {
  /** `/approvals` means itself and `/approvals/…`. No trailing slash. */
  prefix: string;
  /**
   * Handles every method and path below the prefix. Errors it throws become a bare 500. Security headers (no framing,
   * no sniffing, no caching, a content security policy that allows nothing) are added unless the response has a header
   * of that name. The signal of the request is aborted when the client disconnects.
   */
  fetch(request: Request, context: RouteContext): Response | Promise<Response>;
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
  /** The path of the request, as the URL standard reads it. */
  pathname: string;
  /** The whole body, or the error response: it is too large or too slow, or too many arrive at the same time. */
  readBody(sender: BodySender): Promise<Uint8Array | Response>;
  /** In `x-request-id` of the response, and in our log lines about the request. */
  requestId: string;
  /** The peer's IP address; behind a reverse proxy, that of the proxy. */
  address: string;
  /** `https://host` as clients reach the server: the configured public URL, else from the (checked) Host header. */
  origin: string;
}

/** The route of a path: the longest matching prefix. */
export function findRoute(routes: readonly HttpRoute[], pathname: string): HttpRoute | undefined {
  const matching = routes.filter(({ prefix }) => pathname === prefix || pathname.startsWith(`${prefix}/`));
  return matching.sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

import type { BodyHolder } from './middleware/body-budget.ts';

/**
 * A part of the HTTP server: everything at and below one path. This is the extension point; `/mcp`, `/metrics` and the
 * rest are routes like any other. What a route is handed has passed the Host and Origin checks, its caller's address is
 * within the rate limit, and its body was read within the bounds for strangers, unless the route reads it by itself. Who
 * the caller is a route finds out by itself: bearer tokens are for agents, and a page for people signs them in its own
 * way.
 *
 * A hono app fits as it is: `{ prefix: '/approvals', fetch: app.fetch }`; there the context is `c.env`.
 */
export interface Route {
  /** `/approvals` stands for itself and for `/approvals/…`. No trailing slash. */
  prefix: string;
  /**
   * Answers every method and path below the prefix. What it throws becomes a bare 500. Security headers (no framing,
   * no sniffing, no caching, a content security policy that allows nothing) are added where the answer has none of
   * that name. The signal of the request ends when the client goes away.
   */
  fetch(request: Request, context: RouteContext): Response | Promise<Response>;
  /** Limits its callers by who they are, once it knows; the limit by address is left out. */
  ownRateLimit?: true;
  /** Reads the body by `readBody` of the context, once the headers have shown that it is worth it; the request has none. */
  readsBody?: true;
  /** Bytes of a body at most; 0 leaves every body unread. Without it the server's limit holds. */
  maxBodyBytes?: number;
  /** For probes, which name hosts by address: no Host check, no rate limit. It must say nothing worth having. */
  anyHost?: true;
}

export interface RouteContext {
  /** The path of the request, as the URL standard reads it. */
  pathname: string;
  /** The whole body, or the refusal: it is too large or too slow, or too many others are being received. */
  readBody(holder: BodyHolder): Promise<Uint8Array | Response>;
  /** In the answer's `x-request-id` and in our log lines about it. */
  requestId: string;
  /** The peer's IP address; behind a reverse proxy that proxy's. */
  address: string;
  /** `https://host` as clients reach us: the configured public URL, else what the (checked) Host header says. */
  origin: string;
}

/** The route a path belongs to: the longest prefix that fits. */
export function findRoute(routes: readonly Route[], pathname: string): Route | undefined {
  const fitting = routes.filter(({ prefix }) => pathname === prefix || pathname.startsWith(`${prefix}/`));
  return fitting.sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

/**
 * A part of the HTTP server: everything at and below one path. This is the extension point; `/mcp`, `/metrics` and the
 * rest are routes like any other. What a route is handed has passed the Host and Origin checks, its body has been read
 * within the limit, and its caller's address is within the rate limit. Who the caller is a route finds out by itself:
 * bearer tokens are for agents, and a page for people signs them in its own way.
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
  /** Takes the body as bytes, from the context; the request has none. */
  takesBytes?: true;
  /** For probes, which name hosts by address: no Host check, no rate limit. It must say nothing worth having. */
  anyHost?: true;
}

export interface RouteContext {
  /** The path of the request, as the URL standard reads it. */
  pathname: string;
  /** The whole body, for a route that takes bytes. */
  bytes: Uint8Array;
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

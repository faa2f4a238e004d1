/** Responses that carry no tool result: errors in JSON with a short public reason, and plain text. */

export function errorResponse(status: number, error: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error }, { status, headers });
}

export function tooManyRequests(retryAfterSeconds: number): Response {
  return errorResponse(429, 'too many requests', { 'retry-after': String(retryAfterSeconds) });
}

/** The server is stopping, or cannot do this at the moment. */
export function unavailable(error: string, retryAfterSeconds = 5): Response {
  return errorResponse(503, error, { 'retry-after': String(retryAfterSeconds), connection: 'close' });
}

export function methodNotAllowed(allow: string): Response {
  return errorResponse(405, 'method not allowed', { allow });
}

/** Plain text, for probes and scrapers. */
export function plainText(status: number, text: string, type = 'text/plain; charset=utf-8'): Response {
  return new Response(text, { status, headers: { 'content-type': type } });
}

/** Added to a response that has no header of that name. */
export function securityHeaders(publicUrl: string | undefined): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    // Not `no-referrer`: with it browsers send `Origin: null` with a form's POST to its own site.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(publicUrl?.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  };
}

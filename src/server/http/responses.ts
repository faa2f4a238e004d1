/** Answers that are no tool results: refusals at the door, in JSON with a short public reason. */

export function refusal(status: number, error: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error }, { status, headers });
}

export function tooMany(retryAfterSeconds: number): Response {
  return refusal(429, 'too many requests', { 'retry-after': String(retryAfterSeconds) });
}

/** The server is stopping, or cannot do this just now. */
export function unavailable(error: string, retryAfterSeconds = 5): Response {
  return refusal(503, error, { 'retry-after': String(retryAfterSeconds), connection: 'close' });
}

export function methodNotAllowed(allow: string): Response {
  return refusal(405, 'method not allowed', { allow });
}

/** Plain text, as probes and scrapers want it. */
export function plain(status: number, text: string, type = 'text/plain; charset=utf-8'): Response {
  return new Response(text, { status, headers: { 'content-type': type } });
}

import { randomBytes } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isLoopback } from '../../lib/loopback.ts';
import type { Env } from './context.ts';

/** Headers of every answer. The page has one inline stylesheet and nothing else: no script, no image, no frame. */
export function headersFor(nonce: string): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      `style-src 'nonce-${nonce}'`,
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    // Not `no-referrer`: with it browsers send `Origin: null` along with a form's POST to its own site. No link of the
    // page leads anywhere else, so nobody learns an address from it either way.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-robots-tag': 'noindex',
  };
}

export function newNonce(): string {
  return randomBytes(16).toString('base64');
}

/**
 * Whether a request may come in: under a name of ours (a foreign page whose name was rebound to our address has its
 * own), and, where it wants something done, from a form of ours. Browsers send `Origin` with every POST, and
 * `Sec-Fetch-Site` wherever the address can be trusted.
 */
export function mayEnter(request: Request, here: URL): boolean {
  const host = request.headers.get('host') ?? '';
  const named = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  if (named === '' || (named !== here.hostname && !(isLoopback(named) && isLoopback(here.hostname)))) return false;
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const from = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin') return false;
  return from === here.origin || (isLoopback(here.hostname) && from === `${here.protocol}//${host}`);
}

const MAX_BODY = 16 * 1024;

/** Lets bodies through that are forms without files and not larger than a form of ours can get. */
export function formsOnly(refuse: (c: Context<Env>, status: 413 | 415) => Promise<Response>): MiddlewareHandler<Env> {
  const limited = bodyLimit({ maxSize: MAX_BODY, onError: (c) => refuse(c, 413) });
  return async (c, next) => {
    if (c.req.method !== 'POST') return await next();
    const [type, ...parameters] = (c.req.header('content-type') ?? '').toLowerCase().split(';', 9);
    const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='));
    const isUtf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset.trim());
    if (type?.trim() !== 'application/x-www-form-urlencoded' || !isUtf8) return await refuse(c, 415);
    return await limited(c, next);
  };
}

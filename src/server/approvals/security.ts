import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { NONCE, secureHeaders } from 'hono/secure-headers';
import { isLoopback } from '../../lib/loopback.ts';
import type { Env } from './context.ts';

/** The page has one inline stylesheet and an icon of its own, and nothing else: no script, no other image, no frame. */
export const securityHeaders: MiddlewareHandler<Env>[] = [
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: [NONCE],
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    // Not `no-referrer`: browsers would send `Origin: null` with a form's POST to its own site. No link of the page
    // leads to another site, so no address leaks either way.
    referrerPolicy: 'same-origin',
    xFrameOptions: 'DENY',
    // The HTTP server adds HSTS if it has a public https URL; the others have no effect in current browsers.
    strictTransportSecurity: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  }),
  async (c, next) => {
    await next();
    c.res.headers.set('cache-control', 'no-store');
    c.res.headers.set('x-robots-tag', 'noindex');
  },
];

/** Refuses requests under another host name (DNS rebinding), and forms that another site sent (cross-site requests). */
export const hostAndOrigin: MiddlewareHandler<Env> = async (c, next) => {
  const { raw } = c.req;
  const origin = c.get('origin');
  if (isOwnHost(raw, origin) && isSameOrigin(raw, origin)) return await next();
  return c.text('This page is not served under that name, or the form was not sent from it.', 403);
};

function isOwnHost(request: Request, origin: URL): boolean {
  const name = hostnameOf(request.headers.get('host') ?? '');
  return name !== '' && (name === origin.hostname || (isLoopback(name) && isLoopback(origin.hostname)));
}

/** Browsers send `Origin` with every POST, and `Sec-Fetch-Site` wherever the connection can be trusted. */
function isSameOrigin(request: Request, origin: URL): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin') return false;
  const from = request.headers.get('origin');
  const host = request.headers.get('host') ?? '';
  return from === origin.origin || (isLoopback(origin.hostname) && from === `${origin.protocol}//${host}`);
}

function hostnameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

const MAX_BODY = 16 * 1024;

/** Accepts only bodies that are forms without files, no larger than a form of the page can be. */
export function formBodies(refuse: (c: Context<Env>, status: 413 | 415) => Promise<Response>): MiddlewareHandler<Env> {
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

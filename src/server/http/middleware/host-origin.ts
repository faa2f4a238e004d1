import { isLoopback } from '../../../lib/loopback.ts';

/** What may reach a route at all. Against DNS rebinding and against web pages that call what runs on loopback. */
export interface Guards {
  isHostAllowed(host: string | undefined): boolean;
  isOriginAllowed(origin: string | undefined): boolean;
}

export interface AllowedPlaces {
  publicUrl: string | undefined;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
  /** The address the operator had us bind. */
  bound: string;
}

/**
 * Loopback names, the bound address, and what the configuration names. Hosts are compared without the port: a proxy or
 * a port mapping may change it. Origins are compared whole, but for loopback's, whose ports change with every start.
 */
export function createGuards({ publicUrl, allowedHosts, allowedOrigins, bound }: AllowedPlaces): Guards {
  const hosts = new Set([...allowedHosts, bound.includes(':') ? `[${bound}]` : bound.toLowerCase()]);
  const origins = new Set(allowedOrigins);
  if (publicUrl !== undefined) {
    hosts.add(new URL(publicUrl).hostname);
    origins.add(publicUrl);
  }
  // A server bound to every address answers to any of them, but only under a name somebody gave it.
  for (const wildcard of ['0.0.0.0', '[::]']) hosts.delete(wildcard);
  return {
    isHostAllowed(host) {
      const name = host === undefined || /[^\w.:[\]-]/.test(host) ? undefined : toUrl(`http://${host}`)?.hostname;
      return name !== undefined && name !== '' && (isLoopback(name) || hosts.has(name));
    },
    isOriginAllowed(origin) {
      if (origin === undefined) return true; // only browsers send one
      const url = toUrl(origin);
      if (!url) return false; // `null` too: nobody knows whose page that is
      return origins.has(url.origin) || (/^https?:$/.test(url.protocol) && isLoopback(url.hostname));
    },
  };
}

/** A request id of the caller's, when it is one we would put into a log line, else a new one. */
export function toRequestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w.-]{8,64}$/.test(header) ? header : crypto.randomUUID();
}

/** Added where an answer has no header of that name. */
export function securityHeaders(publicUrl: string | undefined): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    // Not `no-referrer`: with it browsers send `Origin: null` along with a form's POST to its own site.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(publicUrl?.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
  };
}

function toUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

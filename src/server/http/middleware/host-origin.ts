import { isLoopback } from '../../../lib/loopback.ts';

/** Protects routes from DNS rebinding, and from web pages that call servers on loopback. */
export interface HostOriginCheck {
  isHostAllowed(host: string | undefined): boolean;
  isOriginAllowed(origin: string | undefined): boolean;
}

export interface AllowedHostsAndOrigins {
  publicUrl: string | undefined;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
  /** The address that the server was told to bind. */
  bound: string;
}

/**
 * Allows loopback names, the bound address, and what the configuration names. Hosts are compared without the port, which a
 * proxy or a port mapping may change. Origins are compared whole, except those of loopback: their ports change.
 */
export function createHostOriginCheck({
  publicUrl,
  allowedHosts,
  allowedOrigins,
  bound,
}: AllowedHostsAndOrigins): HostOriginCheck {
  const hosts = new Set([...allowedHosts, bound.includes(':') ? `[${bound}]` : bound.toLowerCase()]);
  const origins = new Set(allowedOrigins);
  if (publicUrl !== undefined) {
    hosts.add(new URL(publicUrl).hostname);
    origins.add(publicUrl);
  }
  // A wildcard address is not a name: a server bound to it needs a configured host.
  for (const wildcard of ['0.0.0.0', '[::]']) hosts.delete(wildcard);
  return {
    isHostAllowed(host) {
      const name = host === undefined || /[^\w.:[\]-]/.test(host) ? undefined : toUrl(`http://${host}`)?.hostname;
      return name !== undefined && name !== '' && (isLoopback(name) || hosts.has(name));
    },
    isOriginAllowed(origin) {
      if (origin === undefined) return true; // only browsers send one
      const url = toUrl(origin);
      if (!url) return false; // `null` too: the page could be anyone's
      return origins.has(url.origin) || (/^https?:$/.test(url.protocol) && isLoopback(url.hostname));
    },
  };
}

function toUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

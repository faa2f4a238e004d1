import { ProxySettingError } from '../lib/connection-problem.ts';

/** What undici is told of the proxies that the environment names; it reads NO_PROXY itself. */
export interface Proxies {
  httpProxy?: string;
  httpsProxy?: string;
}

const SCHEMES = ['http:', 'https:', 'socks5:', 'socks:'];

/**
 * The proxies by `http_proxy`, `https_proxy` and their names in capitals, the small ones first, as undici reads them. One
 * without a scheme is an http proxy, as for curl and nearly everything else. Throws a ProxySettingError.
 */
export function proxiesFrom(env: Readonly<Record<string, string | undefined>>): Proxies {
  const [http, https] = [proxyIn(env, 'HTTP_PROXY'), proxyIn(env, 'HTTPS_PROXY')];
  return { ...(http !== undefined && { httpProxy: http }), ...(https !== undefined && { httpsProxy: https }) };
}

function proxyIn(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const variable = env[name.toLowerCase()] === undefined ? name : name.toLowerCase();
  const value = env[variable]?.trim();
  if (value === undefined || value === '') return value;
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !SCHEMES.includes(url.protocol) || url.hostname === '') throw new ProxySettingError(variable);
  return text;
}

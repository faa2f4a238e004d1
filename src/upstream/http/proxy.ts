import { ProxySettingError } from '../../lib/connection-problem.ts';

/** Proxy options for undici, which reads NO_PROXY itself. */
export interface Proxies {
  httpProxy?: string;
  httpsProxy?: string;
}

const SCHEMES = ['http:', 'https:', 'socks5:', 'socks:'];

/**
 * The proxies in `http_proxy` and `https_proxy`, or else in the same names in capitals: the order undici uses. A value
 * without a scheme is an http proxy, as for curl. Throws a ProxySettingError.
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

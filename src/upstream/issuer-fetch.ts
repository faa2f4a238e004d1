import { isProtected } from '../lib/loopback.ts';
import { TransportError } from './errors.ts';
import { exchange, type HttpRequest } from './http/transport.ts';

const TIMEOUT_MS = 10_000;
/** Documents, key sets and tokens are a few kilobytes each. */
const MAX_BYTES = 262_144;
const WITHOUT_BODY = [204, 205, 304];

/** What an OpenID Connect library asks for. */
interface IssuerRequest {
  method: string;
  headers?: Readonly<Record<string, string>> | Headers;
  body?: unknown;
}

/**
 * The part of `fetch` that an OpenID Connect library needs: https, or plain http on loopback; bounded in time and size;
 * redirects are not followed. Throws a TransportError.
 */
export async function issuerFetch(address: string, { method, headers, body }: IssuerRequest): Promise<Response> {
  const url = new URL(address);
  const { origin, pathname, search } = url;
  if (!isProtected(url) || !isMethod(method)) throw new TransportError('unreachable', { sent: false });
  const response = await exchange({
    method,
    origin,
    path: `${pathname}${search}`,
    headers: Object.fromEntries(new Headers(headers)),
    ...(body !== undefined && body !== null && { body: String(body) }),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  const hasBody = !WITHOUT_BODY.includes(response.status);
  return new Response(hasBody ? (response.text ?? '') : null, { status: response.status, headers: response.headers });
}

function isMethod(method: string): method is HttpRequest['method'] {
  return method === 'GET' || method === 'POST';
}

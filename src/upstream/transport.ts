import type { Dispatcher } from 'undici';
import { startDeadline } from '../deadline.ts';
import { readBounded } from './body.ts';
import { TransportError } from './transport-error.ts';

export interface Exchange {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
  timeoutMs: number;
  maxBytes: number;
}

export interface Reply {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
}

/** One HTTP exchange. Redirects are not followed; connections are reused; the answer is bounded after decompression. */
export async function exchange(request: Exchange): Promise<Reply> {
  undici ??= import('undici');
  const library = await undici;
  const { signal, release } = startDeadline(request.timeoutMs, request.signal);
  try {
    const response = await library.request(request.url, {
      method: request.method as Dispatcher.HttpMethod,
      headers: { 'accept-encoding': 'gzip, deflate, br', ...request.headers },
      body: request.body ?? null,
      signal,
      dispatcher: dispatcherFor(library, request.url),
    });
    const headers = flatten(response.headers);
    const text = await readBounded(response.body, headers['content-encoding'], request.maxBytes);
    return { status: response.statusCode, headers, text };
  } catch (error) {
    if (error instanceof TransportError) throw error;
    if (signal.aborted) throw new TransportError('timeout', true, { cause: error });
    const unopened = isUnopened(error);
    throw new TransportError(unopened ? 'unreachable' : 'broken', !unopened, { cause: error });
  } finally {
    release();
  }
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

type Undici = typeof import('undici');

/** A tenth of a second to load, so with the first request and not at the start. */
let undici: Promise<Undici> | undefined;
let direct: Dispatcher | undefined;
let proxied: Dispatcher | undefined;

/** Loopback never goes through a proxy; everything else through the one the environment names, if any. */
function dispatcherFor({ Agent, EnvHttpProxyAgent }: Undici, url: string): Dispatcher {
  const options = { keepAliveTimeout: 4000, connections: 32, connect: { timeout: 5000 } };
  if (isLoopback(new URL(url).hostname)) {
    direct ??= new Agent(options);
    return direct;
  }
  proxied ??= new EnvHttpProxyAgent(options);
  return proxied;
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

const UNOPENED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_PRX_TLS',
]);

/** The connection was never opened, a failed TLS handshake included: not a byte of the request has left. */
function isUnopened(error: unknown): boolean {
  const code = codeOf(error);
  return UNOPENED.has(code) || /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code);
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

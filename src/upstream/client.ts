import { type Deadline, msLeft, paused } from '../lib/async/deadline.ts';
import { parseJson, stringifyJson } from '../lib/json/json.ts';
import { traceHeaders } from '../lib/trace.ts';
import type { Connection } from '../update/types.ts';
import { endpointOf } from './endpoint.ts';
import {
  type Fate,
  logFailure,
  TransportError,
  toConnectionError,
  toEncodingError,
  UpstreamFailure,
} from './errors.ts';
import { exchange, type HttpResponse } from './http/transport.ts';
import { retryAfterSeconds, softErrorStatus, toRefusal } from './refusal.ts';
import type { UpstreamLimits, UpstreamRequest, UpstreamResponse } from './types.ts';

/** A read with one of these statuses is sent again. */
const PASSING = new Set([429, 502, 503, 504]);

/** How one request ended. With `retry` it may be sent again, after the time the vendor asks for, if any. */
export type Attempt =
  | { ok: true; response: UpstreamResponse }
  | { ok: false; failure: UpstreamFailure; retry?: { afterMs?: number } };

/**
 * Sends a GET and returns a 2xx response; anything else is thrown as an UpstreamFailure. Retries 429, 502, 503, 504 and
 * broken connections, as often and as long as the limits allow.
 */
export async function get(
  connection: Connection,
  request: Omit<UpstreamRequest, 'method'>,
  limits: UpstreamLimits,
): Promise<UpstreamResponse> {
  for (let nth = 1; ; nth++) {
    const attempt = await sendOnce(connection, { method: 'GET', ...request }, limits);
    if (attempt.ok) return attempt.response;
    if (!(await waitToRetry(attempt, nth, limits, request.within))) throw attempt.failure;
  }
}

/** Waits as long as the vendor asks, or with growing jitter; false if there is to be no retry, or no time for one. */
export async function waitToRetry(
  { retry }: Attempt & { ok: false },
  nth: number,
  limits: UpstreamLimits,
  within: Deadline,
): Promise<boolean> {
  if (!retry || nth >= limits.attempts) return false;
  return await paused(retry.afterMs ?? backoffMs(nth), within);
}

/**
 * Sends one request. A read may be sent again after a passing failure. A write may be sent again only if it certainly was
 * not processed: the vendor said to slow down, or the connection never opened.
 */
export async function sendOnce(
  connection: Connection,
  request: UpstreamRequest,
  limits: UpstreamLimits,
): Promise<Attempt> {
  const isRead = request.method === 'GET';
  let raw: HttpResponse;
  try {
    raw = await send(connection, request, limits);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const failure = new UpstreamFailure(toConnectionError(connection, error, limits), isRead ? 'no' : fateOf(error));
    logFailure(connection, request, failure.error, limits);
    const passing = error.problem === 'unreachable' || error.problem === 'broken';
    return { ok: false, failure, ...(passing && (isRead || !error.sent) && { retry: {} }) };
  }
  const response = toUpstreamResponse(raw);
  const accepted = raw.status >= 200 && raw.status < 300;
  const softError = accepted ? softErrorStatus(response.body) : undefined;
  if (accepted && softError === undefined) {
    // A record that was read is written back; the response to a write is not, and its effect is read back anyway.
    if (!isRead || !response.undecodable) return { ok: true, response };
    return { ok: false, failure: new UpstreamFailure(toEncodingError(connection, response), 'no') };
  }

  const { provider } = connection;
  const status = softError ?? raw.status;
  const slowedDown = status === 429 || (provider.slowDown?.statuses?.includes(status) ?? false);
  const fate = isRead || (!accepted && isRefusal(status)) ? 'no' : 'maybe';
  const failure = new UpstreamFailure(toRefusal(provider, { ...response, status }, { slowedDown }), fate);
  logFailure(connection, request, failure.error, limits, status);
  const retryable = (slowedDown && fate === 'no') || (isRead && PASSING.has(status));
  const wait = retryAfterSeconds(provider, raw.headers, { slowedDown });
  const retry = wait === undefined ? {} : { afterMs: wait * 1000 + Math.random() * 100 };
  return { ok: false, failure, ...(retryable && { retry }) };
}

/** A 4xx means that nothing was done, except for 408: a proxy sends it when it has waited in vain. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408;
}

function fateOf({ sent, problem }: TransportError): Fate {
  if (!sent) return 'no';
  return problem === 'timeout' ? 'running' : 'maybe'; // the vendor does not stop when we stop waiting
}

function send(connection: Connection, request: UpstreamRequest, limits: UpstreamLimits): Promise<HttpResponse> {
  const { origin, prefix, headers } = endpointOf(connection);
  const { telemetry } = limits;
  const body = request.body === undefined ? undefined : stringifyJson(request.body);
  const started = performance.now();
  const pending = exchange({
    method: request.method,
    origin,
    path: prefix + request.path,
    headers: {
      ...headers,
      ...(body !== undefined && { 'content-type': request.contentType ?? 'application/json' }),
      ...traceHeaders(),
      ...request.headers,
    },
    ...(body !== undefined && { body }),
    ...(request.within.signal && { signal: request.within.signal }),
    timeoutMs: Math.min(limits.requestMs, msLeft(request.within)),
    maxBytes: limits.responseBytes,
  });
  if (!telemetry) return pending;
  const done = (status: number) =>
    telemetry.upstream(connection.provider.id, request.method, status, (performance.now() - started) / 1000);
  pending.then(
    ({ status }) => done(status),
    () => done(0),
  );
  return pending;
}

function toUpstreamResponse({ status, headers, text }: HttpResponse): UpstreamResponse {
  if (text === undefined) return { status, headers, body: undefined, malformed: true, undecodable: true };
  if (text.trim() === '') return { status, headers, body: undefined, malformed: false };
  try {
    return { status, headers, body: parseJson(text), malformed: false };
  } catch {
    return { status, headers, body: undefined, malformed: true };
  }
}

function backoffMs(nth: number): number {
  return 150 * 2 ** (nth - 1) * (0.5 + Math.random());
}

import { msLeft } from '../lib/async/deadline.ts';
import { parseJson, stringifyJson } from '../lib/json/json.ts';
import { traceHeaders } from '../lib/trace.ts';
import type { TokenClient } from '../providers/interpret/token-client.ts';
import type { Connection } from '../update/types.ts';
import { accessToken, dropToken } from './auth/access-token.ts';
import { refuseContentType } from './content-type.ts';
import { endpointOf } from './endpoint.ts';
import {
  type Fate,
  logFailure,
  nameOf,
  TransportError,
  toConnectionError,
  toEncodingError,
  UpstreamFailure,
} from './errors.ts';
import { exchange, type HttpResponse } from './http/transport.ts';
import { type Attempt, type Resend, startRetries, type WaitToRetry } from './pace/retries.ts';
import { paceOf, takeTurn } from './pace/turn.ts';
import { retryAfterSeconds, softErrorStatus, toRefusal } from './refusal.ts';
import type { UpstreamLimits, UpstreamRequest, UpstreamResponse } from './types.ts';

/** A read with one of these statuses is sent again. */
const PASSING = new Set([429, 502, 503, 504]);

/**
 * Sends a GET and returns a 2xx response; anything else is thrown as an UpstreamFailure. Waits for its turn. Retries 429,
 * 502, 503, 504 and broken connections as often and as long as the limits allow, and a refused access token once.
 */
export async function get(
  connection: Connection,
  request: Omit<UpstreamRequest, 'method'>,
  limits: UpstreamLimits,
): Promise<UpstreamResponse> {
  let waitToRetry: WaitToRetry | undefined;
  for (let failure: UpstreamFailure | undefined; ; ) {
    const turn = await takeTurn(connection, request.within, limits);
    if (!turn.ok) throw failure ?? new UpstreamFailure(turn.error, 'no');
    const attempt = await sendOnce(connection, { method: 'GET', ...request }, limits);
    if (attempt.ok) return attempt.response;
    ({ failure } = attempt);
    waitToRetry ??= startRetries(limits, request.within);
    if (!(await waitToRetry(attempt))) throw failure;
  }
}

/**
 * Sends one request, whose turn it is. A read may be sent again after a passing failure. A write may be sent again only if it certainly was
 * not processed: the vendor said to slow down, refused the access token or the content type, or the connection never
 * opened.
 */
export function sendOnce(connection: Connection, request: UpstreamRequest, limits: UpstreamLimits): Promise<Attempt> {
  const { tokenClient } = endpointOf(connection);
  if (!tokenClient) return sendSignedIn(connection, request, undefined, limits);
  return sendWithToken(connection, request, tokenClient, limits);
}

async function sendWithToken(
  connection: Connection,
  request: UpstreamRequest,
  tokenClient: TokenClient,
  limits: UpstreamLimits,
): Promise<Attempt> {
  const issued = await accessToken(connection, tokenClient, limits, request.within);
  if (issued.ok) return await sendSignedIn(connection, request, issued.token, limits);
  const failure = new UpstreamFailure(issued.error, 'no');
  const retry: Resend = issued.slowDown ? { slowedDown: true } : {};
  return { ok: false, failure, ...(issued.passes && { retry }) };
}

/** `token` is the fetched one, if the connection signs in with one. */
async function sendSignedIn(
  connection: Connection,
  request: UpstreamRequest,
  token: string | undefined,
  limits: UpstreamLimits,
): Promise<Attempt> {
  const isRead = request.method === 'GET';
  const sentAt = performance.now();
  let raw: HttpResponse;
  try {
    raw = await send(connection, request, token, limits);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const fate = isRead ? 'no' : fateOf(error);
    const failure = new UpstreamFailure(toConnectionError(nameOf(connection), error, limits), fate);
    logFailure(connection, request, failure.error, limits);
    const passing = error.problem === 'unreachable' || error.problem === 'broken';
    return { ok: false, failure, ...(passing && (isRead || !error.sent) && { retry: {} }) };
  }
  const response = toUpstreamResponse(raw);
  const accepted = raw.status >= 200 && raw.status < 300;
  const pace = paceOf(connection);
  const softError = accepted ? softErrorStatus(connection.provider, response.body) : undefined;
  if (accepted && softError === undefined) {
    pace.taken(performance.now(), sentAt);
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
  const wait = retryAfterSeconds(provider, raw.headers, { slowedDown });
  if (slowedDown) pace.slowDown(performance.now(), sentAt, wait && wait * 1000);
  else if (status < 500) pace.taken(performance.now(), sentAt);
  if (raw.status === 401 && token !== undefined) {
    dropToken(connection, token);
    return { ok: false, failure, retry: { corrected: 'token' } };
  }
  if (raw.status === 415 && refuseContentType(connection, request)) {
    return { ok: false, failure, retry: { corrected: 'content_type' } };
  }
  const retryable = (slowedDown && fate === 'no') || (isRead && PASSING.has(status));
  const retry = slowedDown ? { slowedDown } : wait === undefined ? {} : { afterMs: wait * 1000 + Math.random() * 100 };
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

/** One exchange with the service of a connection, counted. Throws a TransportError. */
function send(
  connection: Connection,
  request: UpstreamRequest,
  token: string | undefined,
  limits: UpstreamLimits,
): Promise<HttpResponse> {
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
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
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

import type { AppError } from '../errors.ts';
import { type Deadline, msLeft, paused } from '../lib/async/deadline.ts';
import { parseJson, stringifyJson } from '../lib/json/json.ts';
import type { Json } from '../lib/json/json-value.ts';
import type { Log } from '../lib/log.ts';
import type { Telemetry } from '../lib/telemetry.ts';
import { traceHeaders } from '../lib/trace.ts';
import type { Connection } from '../update/types.ts';
import { endpointOf } from './endpoint.ts';
import { errorFrom, retryAfterSeconds } from './errors.ts';
import { failedExchange, logFailure, undecodable } from './failures.ts';
import { refusedStatus } from './soft-error.ts';
import { exchange, type Reply } from './transport.ts';
import { TransportError } from './transport-error.ts';

export interface UpstreamLimits {
  requestMs: number;
  responseBytes: number;
  attempts: number;
  telemetry?: Telemetry;
  /** Told why a provider could not be reached. */
  log?: Log;
}

export interface UpstreamRequest {
  method: 'GET' | 'PUT';
  /** Path and query behind the connection's base URL. */
  path: string;
  body?: Json;
  headers?: Record<string, string>;
  within: Deadline;
}

export interface UpstreamAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Undefined for an empty body and for one that is not JSON. */
  body: Json | undefined;
  /** Whether there was a body that is not JSON. */
  malformed: boolean;
  /** Whether it is not even text: its bytes are not in the encoding they should be in. */
  undecodable?: boolean;
}

/**
 * Whether the vendor may have carried out a request that failed. `maybe`: it broke off, or a server said that something
 * went wrong or sent us elsewhere (a 4xx is a refusal). `running`: we stopped waiting; the vendor may be at it still.
 */
export type Fate = 'no' | 'maybe' | 'running';

/** A failed request, and what the vendor may have done all the same. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly error: AppError;
  readonly fate: Fate;

  constructor(error: AppError, fate: Fate) {
    super(error.message, { cause: error });
    this.error = error;
    this.fate = fate;
  }
}

const SLOW = new Set([429, 502, 503, 504]);

/** How one request ended; `retry` is there where it may be made again, with the time the vendor asks for, if it does. */
export type Tried =
  | { ok: true; answer: UpstreamAnswer }
  | { ok: false; failure: UpstreamFailure; retry?: { afterMs?: number } };

/**
 * Reads: sends a GET and answers with a 2xx reply; everything else is an UpstreamFailure. Tried again on 429, 502, 503,
 * 504 and broken connections, as often and as long as the limits allow.
 */
export async function get(
  connection: Connection,
  request: Omit<UpstreamRequest, 'method'>,
  limits: UpstreamLimits,
): Promise<UpstreamAnswer> {
  for (let attempt = 1; ; attempt++) {
    const tried = await tryOnce(connection, { method: 'GET', ...request }, limits);
    if (tried.ok) return tried.answer;
    if (!(await mayRetry(tried, attempt, limits, request.within))) throw tried.failure;
  }
}

/** Waits as long as the vendor says, or with growing jitter; false when it is not to be, or not in time, tried again. */
export async function mayRetry(
  { retry }: Tried & { ok: false },
  attempt: number,
  limits: UpstreamLimits,
  within: Deadline,
): Promise<boolean> {
  if (!retry || attempt >= limits.attempts) return false;
  return await paused(retry.afterMs ?? backoff(attempt), within);
}

/**
 * One request. A read may be made again after a passing failure, a write only where it certainly was not processed: told
 * to slow down, or the connection never opened.
 */
export async function tryOnce(
  connection: Connection,
  request: UpstreamRequest,
  limits: UpstreamLimits,
): Promise<Tried> {
  const isRead = request.method === 'GET';
  let reply: Reply;
  try {
    reply = await send(connection, request, limits);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const failure = new UpstreamFailure(failedExchange(connection, error, limits), isRead ? 'no' : fateOf(error));
    logFailure(connection, request, failure.error, limits.log);
    const passing = error.problem === 'unreachable' || error.problem === 'broken';
    return { ok: false, failure, ...(passing && (isRead || !error.sent) && { retry: {} }) };
  }
  const answer = toAnswer(reply);
  const accepted = reply.status >= 200 && reply.status < 300;
  const refused = accepted ? refusedStatus(answer.body) : undefined;
  if (accepted && refused === undefined) {
    // What a write answers is only looked at, and what it did is read back; a record that was read goes back whole.
    if (!isRead || !answer.undecodable) return { ok: true, answer };
    return { ok: false, failure: new UpstreamFailure(undecodable(connection, answer), 'no') };
  }

  const { provider } = connection;
  const status = refused ?? reply.status;
  const slowedDown = status === 429 || (provider.slowDown?.statuses?.includes(status) ?? false);
  const fate = isRead || (!accepted && isRefusal(status)) ? 'no' : 'maybe';
  const failure = new UpstreamFailure(errorFrom(provider, { ...answer, status }, slowedDown), fate);
  logFailure(connection, request, failure.error, limits.log, status);
  const retryable = (slowedDown && fate === 'no') || (isRead && SLOW.has(status));
  const wait = retryAfterSeconds(provider, reply.headers, slowedDown);
  const retry = wait === undefined ? {} : { afterMs: wait * 1000 + Math.random() * 100 };
  return { ok: false, failure, ...(retryable && { retry }) };
}

/** A 4xx says that nothing was done; only 408 is also what a proxy says when it has waited in vain. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408;
}

/** Whoever stopped waiting does not stop the vendor. */
function fateOf({ sent, problem }: TransportError): Fate {
  if (!sent) return 'no';
  return problem === 'timeout' ? 'running' : 'maybe';
}

function send(connection: Connection, request: UpstreamRequest, limits: UpstreamLimits): Promise<Reply> {
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
      ...(body !== undefined && { 'content-type': 'application/json' }),
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

function toAnswer({ status, headers, text }: Reply): UpstreamAnswer {
  if (text === undefined) return { status, headers, body: undefined, malformed: true, undecodable: true };
  if (text.trim() === '') return { status, headers, body: undefined, malformed: false };
  try {
    return { status, headers, body: parseJson(text), malformed: false };
  } catch {
    return { status, headers, body: undefined, malformed: true };
  }
}

function backoff(attempt: number): number {
  return 150 * 2 ** (attempt - 1) * (0.5 + Math.random());
}

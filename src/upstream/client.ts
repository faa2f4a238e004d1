import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import { parseJson, stringifyJson } from '../json.ts';
import type { Observer } from '../observe.ts';
import type { Json } from '../providers/provider.ts';
import { traceHeaders } from '../trace.ts';
import type { Connection } from '../update/types.ts';
import { errorFrom, retryAfterSeconds } from './errors.ts';
import { exchange, type Reply } from './transport.ts';
import { TransportError } from './transport-error.ts';

export interface UpstreamLimits {
  requestMs: number;
  responseBytes: number;
  attempts: number;
  observe?: Observer;
}

export interface UpstreamRequest {
  method: 'GET' | 'PUT';
  /** Path and query behind the connection's base URL. */
  path: string;
  body?: Json;
  headers?: Record<string, string>;
  signal: AbortSignal;
}

export interface UpstreamAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Undefined for an empty body and for one that is not JSON. */
  body: Json | undefined;
  /** Whether there was a body that is not JSON. */
  malformed: boolean;
}

/** A failed request, and whether the vendor may have processed it all the same. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly error: AppError;
  readonly mayBeProcessed: boolean;

  constructor(error: AppError, mayBeProcessed: boolean) {
    super(error.message, { cause: error });
    this.error = error;
    this.mayBeProcessed = mayBeProcessed;
  }
}

const SLOW = new Set([429, 502, 503, 504]);

/**
 * Sends a request and answers with a 2xx reply; everything else is an UpstreamFailure. Reads are retried on 429, 502,
 * 503, 504 and broken connections, writes only where they certainly were not processed: told to slow down, or the
 * connection never opened. Waits are jittered, honour what the vendor says, and never outlast the signal.
 */
export async function call(
  connection: Connection,
  request: UpstreamRequest,
  limits: UpstreamLimits,
): Promise<UpstreamAnswer> {
  for (let attempt = 1; ; attempt++) {
    const tried = await tryOnce(connection, request, limits);
    if (tried.ok) return tried.answer;
    const { failure, retryable, waitMs = backoff(attempt) } = tried;
    if (!retryable || attempt >= limits.attempts || !(await waited(waitMs, request.signal))) throw failure;
  }
}

type Tried =
  | { ok: true; answer: UpstreamAnswer }
  | { ok: false; failure: UpstreamFailure; retryable: boolean; waitMs?: number };

async function tryOnce(connection: Connection, request: UpstreamRequest, limits: UpstreamLimits): Promise<Tried> {
  const isRead = request.method === 'GET';
  let reply: Reply;
  try {
    reply = await send(connection, request, limits);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const mayBeProcessed = !isRead && error.sent;
    const failure = new UpstreamFailure(transportError(connection, error), mayBeProcessed);
    const broken = error.problem === 'unreachable' || error.problem === 'broken';
    return { ok: false, failure, retryable: broken && (isRead || !error.sent) && !request.signal.aborted };
  }
  const answer = toAnswer(reply);
  if (reply.status >= 200 && reply.status < 300) return { ok: true, answer };

  const { provider } = connection;
  const slowedDown = reply.status === 429 || (provider.slowDown?.statuses?.includes(reply.status) ?? false);
  const error = errorFrom(provider, answer, slowedDown);
  // A 4xx is a refusal; a 5xx may come from a gateway that gave up on a write the vendor went on with.
  const failure = new UpstreamFailure(error, !isRead && reply.status >= 500);
  const wait = retryAfterSeconds(provider, reply.headers, slowedDown);
  return {
    ok: false,
    failure,
    retryable: slowedDown || (isRead && SLOW.has(reply.status)),
    ...(wait !== undefined && { waitMs: wait * 1000 + Math.random() * 100 }),
  };
}

async function send(connection: Connection, request: UpstreamRequest, limits: UpstreamLimits): Promise<Reply> {
  const { provider, settings } = connection;
  const { observe } = limits;
  const body = request.body === undefined ? undefined : stringifyJson(request.body);
  const started = performance.now();
  const pending = exchange({
    method: request.method,
    url: provider.baseUrl(settings).replace(/\/+$/, '') + request.path,
    headers: {
      accept: 'application/json',
      'user-agent': 'update-user-mcp',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...traceHeaders(),
      ...provider.auth(settings),
      ...request.headers,
    },
    ...(body !== undefined && { body }),
    signal: request.signal,
    timeoutMs: limits.requestMs,
    maxBytes: limits.responseBytes,
  });
  if (!observe) return await pending;
  const done = (status: number) =>
    observe.upstream(provider.id, request.method, status, (performance.now() - started) / 1000);
  pending.then(
    ({ status }) => done(status),
    () => done(0),
  );
  return await pending;
}

function toAnswer({ status, headers, text }: Reply): UpstreamAnswer {
  if (text.trim() === '') return { status, headers, body: undefined, malformed: false };
  try {
    return { status, headers, body: parseJson(text), malformed: false };
  } catch {
    return { status, headers, body: undefined, malformed: true };
  }
}

function transportError({ provider, name }: Connection, { problem, cause }: TransportError): AppError {
  const words = {
    unreachable: `${provider.title} (connection "${name}") could not be reached.`,
    timeout: `${provider.title} (connection "${name}") did not answer in time.`,
    broken: `The connection to ${provider.title} (connection "${name}") broke before the answer was complete.`,
    oversized: `The answer of ${provider.title} (connection "${name}") is larger than the configured limit.`,
  };
  return new AppError('upstream_unavailable', words[problem], { cause });
}

function backoff(attempt: number): number {
  return 150 * 2 ** (attempt - 1) * (0.5 + Math.random());
}

/** Waits, unless the signal ends first. A wait that cannot end in time is not begun at all. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms > 25_000) return false;
  return await sleep(ms, true, { signal }).catch(() => false);
}

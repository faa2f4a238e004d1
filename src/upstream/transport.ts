import type { Dispatcher } from 'undici';
import { isLoopback } from '../lib/loopback.ts';
import { proxiesFrom } from './proxy.ts';
import { type BodyCollector, collectBody } from './response-body.ts';
import { TransportError } from './transport-error.ts';

export interface Exchange {
  method: 'GET' | 'PUT';
  /** `https://host:port`. */
  origin: string;
  /** Path and query, encoded. */
  path: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  timeoutMs: number;
  maxBytes: number;
}

export interface Reply {
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** Undefined where the bytes are not in the encoding they should be in. */
  text: string | undefined;
}

/**
 * One HTTP exchange. Redirects are not followed; connections are reused; the answer is bounded after decompression.
 * Straight on undici's dispatcher: its `request` makes a stream and an abort controller for every answer, which for
 * answers of a few hundred bytes is a quarter of what an update costs.
 */
export function exchange(request: Exchange): Promise<Reply> {
  if (!undici) return load().then(() => exchange(request));
  const { origin, path, method, headers, body = null } = request;
  let dispatcher: Dispatcher;
  try {
    dispatcher = dispatcherFor(undici, origin);
  } catch (cause) {
    return Promise.reject(new TransportError('unreachable', false, { cause }));
  }
  return new Promise((resolve, reject) => {
    dispatcher.dispatch({ origin, path, method, headers, body }, new PendingReply(request, resolve, reject));
  });
}

type Controller = Dispatcher.DispatchController;

/** A reply on its way. Settles once, with whatever ends it first: the answer, an error, the clock or the caller. */
class PendingReply implements Dispatcher.DispatchHandler {
  private readonly request: Exchange;
  private readonly resolve: (reply: Reply) => void;
  private readonly reject: (error: TransportError) => void;
  private readonly timer: NodeJS.Timeout;
  /** There once the connection is open: from then on bytes may have left. */
  private controller?: Controller;
  private body?: BodyCollector;
  private settled = false;

  constructor(request: Exchange, resolve: (reply: Reply) => void, reject: (error: TransportError) => void) {
    this.request = request;
    this.resolve = resolve;
    this.reject = reject;
    this.timer = setTimeout(this.timeOut, request.timeoutMs).unref();
    request.signal?.addEventListener('abort', this.timeOut, { once: true });
    if (request.signal?.aborted) this.timeOut();
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    // It may have been given up while it waited for a connection; then not a byte of it is sent.
    if (this.settled) controller.abort(new TransportError('timeout', false));
  }

  onResponseStart(controller: Controller, status: number, found: Record<string, string | string[] | undefined>): void {
    if (status < 200) return; // RFC 9110 section 15.2: the final answer is still to come
    const headers = flatten(found);
    try {
      const format = { encoding: headers['content-encoding']?.toLowerCase(), type: headers['content-type'] };
      this.body = collectBody(format, this.request.maxBytes, {
        onText: (text) => this.settle(() => this.resolve({ status, headers, text })),
        onError: (error) => this.fail(error),
        onDrain: () => controller.resume(),
      });
    } catch (error) {
      this.fail(error);
    }
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.body?.write(chunk) === false) controller.pause();
  }

  onResponseEnd(): void {
    this.body?.end();
  }

  onResponseError(_: Controller, error: Error): void {
    this.fail(error);
  }

  private readonly timeOut = () => this.fail(new TransportError('timeout', this.controller !== undefined));

  private fail(error: unknown): void {
    this.settle(() => {
      const failure = error instanceof TransportError ? error : fromLibrary(error, this.controller !== undefined);
      this.reject(failure);
      this.controller?.abort(failure);
      this.body?.destroy();
    });
  }

  private settle(settle: () => void): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    this.request.signal?.removeEventListener('abort', this.timeOut);
    settle();
  }
}

type Undici = typeof import('undici');

/** A tenth of a second to load, so with the first request and not at the start. */
let undici: Undici | undefined;

async function load(): Promise<void> {
  undici = await import('undici');
}

/** Loopback never goes through a proxy; everything else through the one the environment names, if any. */
function dispatcherFor({ Agent, EnvHttpProxyAgent }: Undici, origin: string): Dispatcher {
  const known = dispatchers.get(origin);
  if (known) return known;
  const options = { keepAliveTimeout: 4000, connections: 32, connect: { timeout: 5000 } };
  const dispatcher = isLoopback(new URL(origin).hostname)
    ? new Agent(options)
    : new EnvHttpProxyAgent({ ...options, ...proxiesFrom(process.env) });
  dispatchers.set(origin, dispatcher);
  return dispatcher;
}

/** As many as there are origins among the connections. */
const dispatchers = new Map<string, Dispatcher>();

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/**
 * Of a request that was never started not a byte has left: the connection did not open, by whatever fault, a failed TLS
 * handshake included. Of any other nobody knows.
 */
function fromLibrary(cause: unknown, started: boolean): TransportError {
  return new TransportError(started ? 'broken' : 'unreachable', started, { cause });
}

import type { Dispatcher } from 'undici';
import { isLoopback } from '../../lib/loopback.ts';
import type { WriteMethod } from '../../providers/calls.ts';
import { TransportError } from '../errors.ts';
import { proxiesFrom } from './proxy.ts';
import { type BodyCollector, collectBody, type DroppedBody, dropBody } from './response-body.ts';

export interface HttpRequest {
  method: 'GET' | WriteMethod;
  /** `https://host:port`. */
  origin: string;
  /** Path and query, encoded. */
  path: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  timeoutMs: number;
  maxBytes: number;
  /** Resolves with the status; the body is dropped, and the connection too where the body is long or slow. */
  dropsBody?: boolean;
}

export interface HttpResponse {
  status: number;
  /** Keyed by lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** Undefined if the bytes are not text in the declared encoding. */
  text: string | undefined;
}

/**
 * One HTTP exchange. Does not follow redirects; reuses connections; bounds the decompressed response. Throws a
 * TransportError.
 *
 * Uses undici's dispatcher directly: `undici.request` makes a stream and an abort controller for each response, which
 * for a few hundred bytes is a quarter of the cost of an update.
 */
export function exchange(request: HttpRequest): Promise<HttpResponse> {
  if (!undici) return load().then(() => exchange(request));
  if (!isSendable(request)) {
    const cause = new TypeError('a path or header has a character that cannot be sent');
    return Promise.reject(new TransportError('unreachable', { sent: false, cause }));
  }
  const { origin, path, method, headers, body = null } = request;
  let dispatcher: Dispatcher;
  try {
    dispatcher = dispatcherFor(undici, origin);
  } catch (cause) {
    return Promise.reject(new TransportError('unreachable', { sent: false, cause }));
  }
  return new Promise((resolve, reject) => {
    dispatcher.dispatch({ origin, path, method, headers, body }, new PendingExchange(request, resolve, reject));
  });
}

/**
 * undici refuses a header or path with other characters (RFC 9110 section 5.5), but keeps one of its connections busy
 * with it for ever: after 32 of them it would send nothing to that service any more.
 */
function isSendable({ path, headers }: HttpRequest): boolean {
  return !/[^\x21-\xff]/.test(path) && Object.values(headers).every(isHeaderValue);
}

export function isHeaderValue(value: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(value);
}

type Controller = Dispatcher.DispatchController;

/** Settles once, with whatever ends the exchange first: the response, an error, the timeout or the caller. */
class PendingExchange implements Dispatcher.DispatchHandler {
  private readonly request: HttpRequest;
  private readonly resolve: (response: HttpResponse) => void;
  private readonly reject: (error: TransportError) => void;
  private readonly timer: NodeJS.Timeout;
  /** Set once the connection is open: from then on bytes may have been sent. */
  private controller?: Controller;
  private body?: BodyCollector;
  private dropped?: DroppedBody;
  private settled = false;

  constructor(
    request: HttpRequest,
    resolve: (response: HttpResponse) => void,
    reject: (error: TransportError) => void,
  ) {
    this.request = request;
    this.resolve = resolve;
    this.reject = reject;
    this.timer = setTimeout(this.timeOut, request.timeoutMs).unref();
    request.signal?.addEventListener('abort', this.timeOut, { once: true });
    if (request.signal?.aborted) this.timeOut();
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    // Timed out or aborted while waiting for a connection: send nothing.
    if (this.settled) controller.abort(new TransportError('timeout', { sent: false }));
  }

  onResponseStart(controller: Controller, status: number, found: Record<string, string | string[] | undefined>): void {
    if (status < 200) return; // RFC 9110 section 15.2: the final response is still to come
    const headers = flatten(found);
    if (this.request.dropsBody) {
      this.dropped = dropBody(this.request.maxBytes, () =>
        controller.abort(new TransportError('oversized', { sent: true })),
      );
      this.settle(() => this.resolve({ status, headers, text: undefined }));
      return;
    }
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
    this.dropped?.take(chunk.length);
    if (this.body?.write(chunk) === false) controller.pause();
  }

  onResponseEnd(): void {
    this.dropped?.end();
    this.body?.end();
  }

  onResponseError(_: Controller, error: Error): void {
    this.dropped?.end();
    this.fail(error);
  }

  private readonly timeOut = () => this.fail(new TransportError('timeout', { sent: this.controller !== undefined }));

  private fail(error: unknown): void {
    this.settle(() => {
      const failure =
        error instanceof TransportError ? error : fromLibrary(error, { started: this.controller !== undefined });
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

type Undici = typeof import('./undici.ts');

/** Takes a tenth of a second to load, so it is loaded with the first request and not at startup. */
let undici: Undici | undefined;

async function load(): Promise<void> {
  undici = await import('./undici.ts');
}

/** Loopback addresses never use a proxy; all others use the one the environment names, if any. */
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

/** One for each origin of the connections. */
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
 * A request that never started has sent nothing: its connection did not open, or its TLS handshake failed. Any other
 * may have reached the vendor.
 */
function fromLibrary(cause: unknown, { started }: { started: boolean }): TransportError {
  return new TransportError(started ? 'broken' : 'unreachable', { sent: started, cause });
}

import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The W3C trace context of a call, for the requests it causes. Ambient, because otherwise every step of the pipeline
 * would have to pass it on without using it. https://www.w3.org/TR/trace-context/#traceparent-header
 */
const current = new AsyncLocalStorage<string>();

/**
 * Runs a task whose outgoing requests continue this trace. A malformed traceparent is dropped, as the standard requires.
 * Without one nothing is stored, because async storage makes Node track every promise.
 */
export function withTrace<T>(traceparent: unknown, task: () => T): T {
  return isTraceparent(traceparent) ? current.run(traceparent, task) : task();
}

/** Headers for an outgoing request. Passed on unchanged: we record no span of our own. */
export function traceHeaders(): Record<string, string> {
  const traceparent = current.getStore();
  return traceparent === undefined ? {} : { traceparent };
}

/** Hexadecimal of fixed length, so that it cannot carry anything else to a vendor. `tracestate` is never sent. */
function isTraceparent(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  const [, version, trace, parent] = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(text) ?? [];
  return version !== undefined && version !== 'ff' && /[1-9a-f]/.test(trace ?? '') && /[1-9a-f]/.test(parent ?? '');
}

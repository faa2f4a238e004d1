import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The W3C trace context a call came with, for the requests it causes. Ambient, since every step of the road would
 * otherwise have to carry what none of them reads. https://www.w3.org/TR/trace-context/#traceparent-header
 */
const current = new AsyncLocalStorage<string>();

/**
 * Runs a task whose outgoing requests continue this trace; a malformed traceparent is dropped, as the standard asks. Where
 * there is none nothing is stored: once something is, every promise of the process is tracked.
 */
export function withTrace<T>(traceparent: unknown, task: () => T): T {
  return isTraceparent(traceparent) ? current.run(traceparent, task) : task();
}

/** Headers an outgoing request takes along. Passed on unchanged: we record no span of our own. */
export function traceHeaders(): Record<string, string> {
  const traceparent = current.getStore();
  return traceparent === undefined ? {} : { traceparent };
}

/** Hexadecimal of fixed length, so that nothing else can travel to a vendor in it; `tracestate` never does. */
function isTraceparent(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  const [, version, trace, parent] = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(text) ?? [];
  return version !== undefined && version !== 'ff' && /[1-9a-f]/.test(trace ?? '') && /[1-9a-f]/.test(parent ?? '');
}

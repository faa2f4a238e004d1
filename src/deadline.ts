export interface Deadline {
  signal: AbortSignal;
  /** Forgets the clock and the parents, once nobody waits any longer. */
  release(): void;
}

/**
 * A signal that ends after `ms`, or with one of its parents. Not `AbortSignal.any([parent, AbortSignal.timeout(ms)])`:
 * Node drops a source that nothing else refers to, and what waits for it then waits forever
 * (https://github.com/nodejs/node/issues/57736, https://github.com/nodejs/node/issues/65995).
 */
export function startDeadline(ms: number, ...parents: AbortSignal[]): Deadline {
  const controller = new AbortController();
  const release = () => {
    clearTimeout(timer);
    for (const parent of parents) parent.removeEventListener('abort', end);
  };
  const end = () => {
    release();
    controller.abort();
  };
  const timer = setTimeout(end, ms);
  timer.unref();
  for (const parent of parents) parent.addEventListener('abort', end, { once: true });
  if (parents.some((parent) => parent.aborted)) end();
  return { signal: controller.signal, release };
}

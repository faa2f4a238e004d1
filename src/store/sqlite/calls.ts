import { toStoreError } from './errors.ts';

/** The calls of a store, each from its start to its end; none begins once the store is stopped. */
export function createCalls(file: string) {
  const unfinished = new Set<Promise<unknown>>();
  let stopping: Promise<void> | undefined;
  return {
    run<T>(work: () => Promise<T>): Promise<T> {
      if (stopping) return Promise.reject(new Error('The store was stopped.'));
      const pending = work()
        .catch((error: unknown) => {
          throw toStoreError(error, file);
        })
        .finally(() => unfinished.delete(pending));
      unfinished.add(pending);
      return pending;
    },
    /** Resolves when all calls have ended and the store is closed. */
    stop(close: () => Promise<void>): Promise<void> {
      stopping ??= Promise.allSettled(unfinished).then(close);
      return stopping;
    },
  };
}

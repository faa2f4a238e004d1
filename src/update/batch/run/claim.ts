import type { Ports } from '../../ports.ts';

/** A process of another host counts as gone if it does not extend its claim for two minutes. */
const EXTENDED_EVERY_MS = 30_000;

/** Does the work of a batch while this process keeps its claim on it. */
export async function whileClaimed<T>(id: string, { store, log }: Ports, work: () => Promise<T>): Promise<T> {
  const extend = () => {
    store.batches.claim(id).catch((error: unknown) => {
      log.warn({ batch: id, problem: String(error) }, 'the claim on a batch could not be extended');
    });
  };
  const timer = setInterval(extend, EXTENDED_EVERY_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

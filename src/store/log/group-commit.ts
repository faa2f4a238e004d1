import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises';

/** Group commit: the writes that wait in one tick of the event loop share a transaction. */
export interface GroupCommit<Transaction> {
  /**
   * Runs `work` in a transaction that holds the write lock. Resolves after the commit. If it throws, its changes are
   * rolled back, without affecting other work in the transaction. It may run several times; one run is committed.
   */
  run<T>(work: (transaction: Transaction) => T | Promise<T>): Promise<T>;
  /** Resolves when no write is waiting. */
  idle(): Promise<void>;
}

export type Work<Transaction> = (transaction: Transaction) => unknown;

/** How a dialect writes a batch. */
export interface BatchWriter<Transaction> {
  /**
   * Runs the whole batch in one transaction and commits. Returns the values in order; throws if everything was rolled
   * back.
   */
  write(batch: readonly Work<Transaction>[]): Promise<readonly unknown[]>;
  /** The largest batch: bounded so that other processes can take the lock between batches. */
  maxBatch: number;
  /** How many other writes may be about to start, and so whether waiting for them pays off. Default 2. */
  inFlight?(): number;
  /** Whether an error concerns no single write, so that the whole batch fails; some of it may have been committed. */
  isOfAll?(error: unknown): boolean;
}

export function createGroupCommit<Transaction>(writer: BatchWriter<Transaction>): GroupCommit<Transaction> {
  const queue: Pending<Transaction>[] = [];
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    do {
      await gather(writer.inFlight?.() ?? 2);
      for (const report of await commit(queue.splice(0, writer.maxBatch))) report();
    } while (queue.length > 0);
    draining = undefined;
  }

  /** Commits a batch. Returns functions that report to each caller; call them once the whole batch is done. */
  async function commit(batch: readonly Pending<Transaction>[]): Promise<Report[]> {
    try {
      const values = await writer.write(batch.map(({ work }) => work));
      return batch.map(
        ({ resolve }, i) =>
          () =>
            resolve(values[i]),
      );
    } catch (error) {
      if (batch.length <= 1 || writer.isOfAll?.(error))
        return batch.map(
          ({ reject }) =>
            () =>
              reject(error),
        );
      // One write failed and everything was rolled back: run each on its own.
      const reports: Report[] = [];
      for (const pending of batch) reports.push(...(await commit([pending])));
      return reports;
    }
  }

  return {
    run: <T>(work: (transaction: Transaction) => T | Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        // The writer returns the values in batch order: this is the one `work` returned.
        queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
        draining ??= drain();
      }),
    async idle() {
      await draining;
    },
  };
}

interface Pending<Transaction> {
  work: Work<Transaction>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Report = () => void;

/** A single write has nothing to wait for. With many in flight, a short wait is cheap and saves whole transactions. */
async function gather(inFlight: number): Promise<void> {
  if (inFlight > few) await sleep(gatherMs);
  else if (inFlight > 1) await nextTick();
}

const few = 4;
const gatherMs = 1;

import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises';

/** Group commit: the writes that wait in one tick of the event loop share a transaction. */
export interface GroupCommit<Transaction> {
  /**
   * Runs `work` in a transaction that holds the write lock. Resolves after the commit. When it throws, nothing it did is
   * kept, and the others of its transaction do not notice. It may be run several times; one run is committed.
   */
  run<T>(work: (transaction: Transaction) => T | Promise<T>): Promise<T>;
  /** Resolves when no write waits any more. */
  idle(): Promise<void>;
}

export type Work<Transaction> = (transaction: Transaction) => unknown;

/** How a dialect writes a batch. */
export interface BatchWriter<Transaction> {
  /** Runs all of it in one transaction and commits. Gives the value of each, in order; throws when nothing was kept. */
  write(batch: readonly Work<Transaction>[]): Promise<readonly unknown[]>;
  /** The largest batch: others must get the lock in between, however much one process has to do. */
  maxBatch: number;
  /** How many others may be about to write, and so whether it is worth waiting for them. Default 2. */
  inFlight?(): number;
  /** Whether an error is of no single write, so that all of the batch fail; some of it may have been kept. */
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

  /** Gives functions that report to each caller, to be called once all of the batch is done. */
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
      // One of them failed, and nothing was kept: each on its own.
      const reports: Report[] = [];
      for (const pending of batch) reports.push(...(await commit([pending])));
      return reports;
    }
  }

  return {
    run: <T>(work: (transaction: Transaction) => T | Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        // The writer gives the values in the order of the batch: this one is what `work` gave.
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

/** A single write has none to wait for. Where many are in flight, a moment costs little and saves whole transactions. */
async function gather(inFlight: number): Promise<void> {
  if (inFlight > few) await sleep(gatherMs);
  else if (inFlight > 1) await nextTick();
}

const few = 4;
const gatherMs = 1;

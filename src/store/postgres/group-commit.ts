import { setImmediate as nextTick } from 'node:timers/promises';
import type { SignedHead } from '../log/head.ts';
import type { Connector, Link, Row, Value } from './connection.ts';
import { commitUnknown, isPassing } from './errors.ts';
import type { TableNames } from './names.ts';
import { withRetries } from './retry.ts';
import { toHead } from './rows.ts';
import { beginSql } from './schema.ts';

/** What a job may use of the transaction it runs in, which holds the write lock of the whole store. */
export interface Transaction {
  query(text: string, values?: readonly Value[]): Promise<Row[]>;
  /** The newest row, moved on by whoever appends one. Undefined when the database lost its note of it. */
  head: SignedHead | undefined;
}

/**
 * Group commit, exactly once: the changes that wait in one tick of the event loop share a transaction. All writing of this
 * process goes through here, one transaction after the other.
 */
export interface Writer {
  /**
   * Runs `work` in a transaction. Resolves after the commit, so what it did is durable; when it throws, nothing it did is
   * kept. It may be run several times; of these, only one is ever committed, also when the answer to a commit was lost.
   */
  run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Resolves when nothing is waiting any more, and the connection is closed. */
  stop(): Promise<void>;
}

export function createWriter(connector: Connector, names: TableNames, mayRetry: (ms: number) => boolean): Writer {
  const id = crypto.randomUUID();
  const queue: Job[] = [];
  let batch = 0;
  let link: Link | undefined;
  let usedAt = 0;
  let draining: Promise<void> | undefined;

  function connected(): Link {
    // What was idle for long may have been cut off by something on the way that told nobody.
    if (link && (link.isLost() || Date.now() - usedAt > idleMs)) drop();
    usedAt = Date.now();
    link ??= connector.single();
    return link;
  }

  function drop(): void {
    void link?.end();
    link = undefined;
  }

  async function drain(): Promise<void> {
    do {
      await nextTick();
      for (const settle of await commit(queue.splice(0, maxJobs))) settle();
    } while (queue.length > 0);
    draining = undefined;
  }

  async function commit(jobs: readonly Job[]): Promise<Settle[]> {
    try {
      return await runTogether(jobs);
    } catch (error) {
      const [first, ...others] = jobs;
      if (!first) return [];
      // For these it is nobody's fault, and some of them may have been kept after all.
      if (isPassing(error)) return jobs.map((job) => () => job.reject(error));
      if (others.length === 0) return [() => first.reject(error)];
      // Nothing was kept, for what one of them wanted: each on its own.
      const settled: Settle[] = [];
      for (const job of jobs) settled.push(...(await commit([job])));
      return settled;
    }
  }

  async function runTogether(jobs: readonly Job[]): Promise<Settle[]> {
    batch += 1;
    /** What the jobs have to be told if the commit, whose answer was lost, went through. */
    let uncertain: Settle[] | undefined;

    async function attempt(): Promise<Settle[]> {
      const { query, script } = connected();
      const [found] = await script(beginSql(names, id));
      // This holds the lock that the lost transaction held: that one is over, one way or the other.
      if (uncertain && Number(found?.['batch']) === batch) {
        drop();
        return uncertain;
      }
      uncertain = undefined;
      const transaction: Transaction = { query, head: toHead(found) };
      const settled: Settle[] = [];
      for (const job of jobs) settled.push(await job.attempt(transaction));
      await query(
        `INSERT INTO ${names.batches} (id, batch, at) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, at = excluded.at`,
        [id, batch, Date.now()],
      );
      uncertain = settled;
      await script('COMMIT');
      return settled;
    }

    try {
      return await withRetries(
        (ms) => (uncertain ? ms < uncertainMs : mayRetry(ms)),
        () =>
          attempt().catch((error: unknown) => {
            // The server rolls back what a closed connection leaves behind.
            drop();
            throw error;
          }),
      );
    } catch (error) {
      throw uncertain ? commitUnknown(error) : error;
    }
  }

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        const attempt = async (transaction: Transaction): Promise<Settle> => {
          const value = await work(transaction);
          return () => resolve(value);
        };
        queue.push({ attempt, reject });
        draining ??= drain();
      }),
    async stop() {
      await draining;
      await link?.end();
    },
  };
}

interface Job {
  /** Does the work; what it returns tells the caller so, once that is safe. */
  attempt(transaction: Transaction): Promise<Settle>;
  reject(error: unknown): void;
}

type Settle = () => void;

/** Others must get the lock in between, however much one process has to do. */
const maxJobs = 100;
const idleMs = 60_000;
/** How long to ask whether a commit went through, in ms; the caller cannot go on without knowing. */
const uncertainMs = 60_000;

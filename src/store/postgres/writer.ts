import { createGroupCommit, type GroupCommit, type Work } from '../log/group-commit.ts';
import type { SignedHead } from '../log/head.ts';
import { type Dialect, type Procedure, type Row, runAwaiting, type Value } from '../sql/dialect.ts';
import { toHead } from '../sql/rows.ts';
import { type Connector, type Link, withRetries } from './connection.ts';
import type { TableNames } from './dialect.ts';
import { commitUnknown, isPassing } from './errors.ts';

import { beginSql } from './schema.ts';

/** The tools of a write inside its transaction, which holds the write lock of the whole store. */
export interface Transaction {
  query(text: string, values?: readonly Value[]): Promise<Row[]>;
  run<T>(procedure: Procedure<T>): Promise<T>;
  /** The newest entry, advanced by each append. Undefined if the database lost the head. */
  head: SignedHead | undefined;
}

/** All writes of this process, one transaction at a time; each is committed exactly once. */
export interface Writer extends Pick<GroupCommit<Transaction>, 'run'> {
  /** Resolves when nothing is waiting and the connection is closed. */
  stop(): Promise<void>;
}

export function createWriter(
  connector: Connector,
  tables: TableNames,
  dialect: Dialect,
  mayRetry: (ms: number) => boolean,
): Writer {
  const id = crypto.randomUUID();
  let batchNumber = 0;
  let link: Link | undefined;
  let usedAt = 0;

  function connected(): Link {
    // A connection that was idle for long may have been cut off on the way without either end being informed.
    if (link && (link.isLost() || Date.now() - usedAt > idleMs)) drop();
    usedAt = Date.now();
    link ??= connector.single();
    return link;
  }

  function drop(): void {
    void link?.end();
    link = undefined;
  }

  async function write(batch: readonly Work<Transaction>[]): Promise<readonly unknown[]> {
    batchNumber += 1;
    /** The values of the batch, to return if the commit with the lost response succeeded. */
    let uncertain: unknown[] | undefined;

    async function attempt(): Promise<unknown[]> {
      const { query, script } = connected();
      const [found] = await script(beginSql(tables, dialect, id));
      // This holds the lock that the lost transaction held: that one has ended, either way.
      if (uncertain && Number(found?.['batch']) === batchNumber) {
        drop();
        return uncertain;
      }
      uncertain = undefined;
      const run = <T>(procedure: Procedure<T>): Promise<T> => runAwaiting(procedure, query);
      const transaction: Transaction = { query, run, head: toHead(found, dialect) };
      const values: unknown[] = [];
      for (const work of batch) values.push(await work(transaction));
      await query(
        `INSERT INTO ${tables.batches} (id, batch, at) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, at = excluded.at`,
        [id, batchNumber, Date.now()],
      );
      uncertain = values;
      await script('COMMIT');
      return values;
    }

    try {
      return await withRetries(
        (ms) => (uncertain ? ms < uncertainMs : mayRetry(ms)),
        () =>
          attempt().catch((error: unknown) => {
            // The server rolls back what a closed connection leaves unfinished.
            drop();
            throw error;
          }),
      );
    } catch (error) {
      throw uncertain ? commitUnknown(error) : error;
    }
  }

  // A failed connection is not the fault of a single write, and some writes may have been committed.
  const commits = createGroupCommit<Transaction>({ write, maxBatch: 100, isOfAll: isPassing });

  return {
    run: commits.run,
    async stop() {
      await commits.idle();
      await link?.end();
    },
  };
}

const idleMs = 60_000;
/** How long to ask whether a commit went through, in ms; the caller cannot continue without knowing. */
const uncertainMs = 60_000;

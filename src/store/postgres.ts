import type { StoredEntry } from './body-text.ts';
import { findObstacle, nextEntry, type StoreOptions, spentKeptMs, storable, storablePerson } from './entry.ts';
import { isAlive, type Owner } from './owner.ts';
import { createPostgresApprovals, sweepApprovals, useApproval } from './postgres-approvals.ts';
import { type Connector, createConnector } from './postgres-connect.ts';
import { toStoreError } from './postgres-errors.ts';
import { noteGuesses, sweepGuesses } from './postgres-guesses.ts';
import { listChanges } from './postgres-list.ts';
import { createReader } from './postgres-reader.ts';
import { withRetries } from './postgres-retry.ts';
import { fromRow, toBytes, toValues } from './postgres-rows.ts';
import { type Names, setUp, toNames } from './postgres-schema.ts';
import { type LogStatements, logStatements } from './postgres-statements.ts';
import { createWriter, type Transaction } from './postgres-writer.ts';
import type { Entry, EntryKind, NewEntry, OpenRequest, OpenResult, Store } from './store.ts';

export interface PostgresStoreOptions extends StoreOptions {
  /** The schema that holds the tables. Default `update_user`. */
  schema?: string;
  /** How long to go on trying while the database cannot be reached, in ms. Default 10,000. */
  retryMs?: number;
}

/**
 * The store of several machines: a schema of a PostgreSQL database, made when it does not exist. Survives restarts of the
 * database. Throws a sentence for the operator, without the URL's password, when the database cannot be used.
 */
export async function openPostgresStore(url: string, owner: Owner, options: PostgresStoreOptions = {}): Promise<Store> {
  const { schema = 'update_user', retryMs = 10_000 } = options;
  const names = toNames(schema);
  const connector = await createConnector(url);
  const mayRetry = (ms: number): boolean => ms < retryMs;
  try {
    await withRetries(mayRetry, async () => {
      const link = connector.single();
      await setUp(link, names).finally(() => link.end());
    });
  } catch (error) {
    throw toStoreError(error, connector.place);
  }
  return createStore(connector, names, owner, { ...options, retryMs });
}

function createStore(
  connector: Connector,
  names: Names,
  owner: Owner,
  options: StoreOptions & { retryMs: number },
): Store {
  const now = options.now ?? Date.now;
  const sql = logStatements(names);
  let stopping: Promise<void> | undefined;
  const mayRetry = (ms: number): boolean => ms < options.retryMs && !stopping;
  const writer = createWriter(connector, names, mayRetry);
  const reader = createReader(connector, mayRetry);

  const lives = (entry: Entry): boolean =>
    isAlive(entry.owner, entry.at, {
      now: now(),
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    });

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (stopping) throw new Error('The store was stopped.');
    return work().catch((error: unknown) => {
      throw toStoreError(error, connector.place);
    });
  }
  const read: typeof reader.query = (text, values) => guarded(() => reader.query(text, values));
  const write: typeof writer.run = (work) => guarded(() => writer.run(work));

  function makeEntry(transaction: Transaction, kind: EntryKind, entry: NewEntry): StoredEntry {
    if (!transaction.head) {
      throw new Error(`The store ${connector.place} was altered: the note of its newest row is gone.`);
    }
    const row = nextEntry(transaction.head, kind, entry, owner, now());
    transaction.head = { seq: row.seq, hash: row.hash };
    return row;
  }

  async function* rows(afterSeq = 0): AsyncGenerator<Entry> {
    for (let last = afterSeq; ; ) {
      const page = (await read(sql.rows, [last])).map(fromRow);
      yield* page;
      const end = page.at(-1);
      if (!end) return;
      last = end.seq;
    }
  }

  return {
    notBefore: 0,
    approvals: createPostgresApprovals(names, { read, write, now }),
    async lastSeq(person) {
      const { userId, provider, connection } = storablePerson(person);
      const [row] = await read(sql.lastSeq, [userId, provider, connection]);
      return Number(row?.['seq'] ?? 0);
    },
    open: (request) =>
      write(async (transaction) => {
        const obstacle = await readObstacle(transaction, sql, request, now(), lives);
        if (obstacle) return obstacle;
        const row = makeEntry(transaction, 'opened', request.entry);
        await spend(transaction, sql, names, request, now());
        const { image } = request;
        await transaction.query(sql.appendOpened, [
          ...toValues(row),
          image?.sealed ?? null,
          // The columns take whole milliseconds only.
          image ? Math.ceil(image.expiresAt) : null,
        ]);
        return { kind: 'opened', seq: row.seq };
      }),
    close: (changeId, outcome, body, image) =>
      write(async (transaction) => {
        const [found] = await transaction.query(sql.findOpen, [storable(changeId)]);
        if (!found) return false;
        const opened = fromRow(found);
        const row = makeEntry(transaction, 'closed', { ...opened, outcome, body });
        await transaction.query(sql.appendClosed, [...toValues(row), opened.seq, image ?? null]);
        return true;
      }),
    attempt: (entry, spend) =>
      write(async (transaction) => {
        const row = makeEntry(transaction, 'attempt', entry);
        await transaction.query(sql.appendAttempt, toValues(row));
        if (spend) await transaction.query(sql.spend, [storable(spend.id), Math.ceil(spend.expiresAt)]);
      }),
    list: (filter) => guarded(() => listChanges(reader.query, names, filter)),
    rows,
    async head() {
      const [row] = await read(sql.head);
      if (!row) throw new Error(`The store ${connector.place} was altered: the note of its newest row is gone.`);
      return { seq: Number(row['seq']), hash: String(row['hash']) };
    },
    orphans: async () => (await read(sql.allOpen)).map(fromRow).filter((entry) => !lives(entry)),
    async image(changeId) {
      const [row] = await read(sql.image, [storable(changeId), now()]);
      return row && toBytes(row['sealed']);
    },
    noteGuesses: (guesses) => write((transaction) => noteGuesses(transaction, names, guesses, now())),
    sweep: (time) =>
      write(async (transaction) => {
        await transaction.query(sql.sweepImages, [time]);
        await transaction.query(sql.sweepSpent, [time - spentKeptMs]);
        await sweepApprovals(transaction, names, time);
        await sweepGuesses(transaction, names, time);
        await transaction.query(sql.sweepWriters, [Date.now() - writerKeptMs]);
      }),
    stop() {
      stopping ??= writer.stop().then(() => reader.stop());
      return stopping;
    },
  };
}

/** A process asks for its own note only while an answer is missing: seconds after it was written. */
const writerKeptMs = 24 * 60 * 60_000;

async function readObstacle(
  { query }: Transaction,
  sql: LogStatements,
  { entry: wanted, since, spend: yes, approval }: OpenRequest,
  now: number,
  lives: (entry: Entry) => boolean,
): Promise<OpenResult | undefined> {
  const { userId, provider, connection } = storablePerson(wanted);
  const changeId = storable(wanted.changeId);
  const ids = [yes ? storable(yes.id) : null, approval === undefined ? null : storable(approval)];
  const [facts] = await query(sql.facts, [userId, provider, connection, changeId, ...ids, now]);
  const spent = facts?.['is_spent'] !== false || (approval !== undefined && facts['is_usable'] !== true);
  const entry = facts?.['seq'] == null ? undefined : fromRow(facts);
  const last = entry && { seq: entry.seq, kind: entry.kind, entry: () => entry };
  const obstacle = findObstacle({ spent, last, since }, lives);
  if (!obstacle && facts?.['was_opened'] !== false) throw new Error(`The change ${changeId} was opened before.`);
  return obstacle;
}

/** Uses up what may be used once. The lock and `readObstacle` have seen to it that it can; here the database has. */
async function spend(
  transaction: Transaction,
  sql: LogStatements,
  names: Names,
  { spend: yes, approval }: OpenRequest,
  now: number,
): Promise<void> {
  const isSpent =
    yes && (await transaction.query(sql.spend, [storable(yes.id), Math.ceil(yes.expiresAt)])).length !== 1;
  const isUsed = approval !== undefined && !(await useApproval(transaction, names, approval, now));
  if (isSpent || isUsed) throw new Error('A yes was used by somebody who did not hold the lock of the store.');
}

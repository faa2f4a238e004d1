import { createApprovalSigner } from '../approval-mac.ts';
import { outwaitEarlier } from '../in-use.ts';
import { findObstacle, nextEntry } from '../log/append.ts';
import type { Entry, EntryKind, NewEntry } from '../log/entry.ts';
import { continueHead, type SignedHead, toBreaksText } from '../log/head.ts';
import { unkeyedMac } from '../mac.ts';
import { consumedKeptMs } from '../nonce.ts';
import { isAlive, type ProcessId } from '../process-id.ts';
import { storable, storableUser } from '../storable.ts';
import type { OpenRequest, OpenResult, Store, StoreOptions } from '../store.ts';
import { createPostgresApprovals, type PostgresApprovals } from './approvals.ts';
import { type Connector, createConnector, type Value } from './connection.ts';
import { toStoreError } from './errors.ts';
import { createWriter, type Transaction } from './group-commit.ts';
import { noteGuesses, sweepGuesses } from './guesses.ts';
import { toApplicationName } from './in-use.ts';
import { listChanges } from './list.ts';
import { type TableNames, toTableNames } from './names.ts';
import { createReader } from './reader.ts';
import { withRetries } from './retry.ts';
import { fromRow, toBytes, toHead, toValues } from './rows.ts';
import { format, setUp } from './schema.ts';
import { type LogStatements, logStatements } from './statements.ts';

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
export async function openPostgresStore(
  url: string,
  processId: ProcessId,
  options: PostgresStoreOptions = {},
): Promise<Store> {
  const { schema = 'update_user', retryMs = 10_000 } = options;
  const names = toTableNames(schema);
  const connector = await createConnector(url, toApplicationName(format, schema));
  const mayRetry = (ms: number): boolean => ms < retryMs;
  const { mac = unkeyedMac, now = Date.now } = options;
  const prepare = async (): Promise<void> => {
    const link = connector.single();
    const signed = await setUp(link, names, { place: connector.place, mac, now: now() }).finally(() => link.end());
    if (signed) options.onSigned?.();
  };
  try {
    await outwaitEarlier(() => withRetries(mayRetry, prepare));
  } catch (error) {
    throw toStoreError(error, connector.place);
  }
  return createStore(connector, names, processId, { ...options, retryMs });
}

function createStore(
  connector: Connector,
  names: TableNames,
  processId: ProcessId,
  options: StoreOptions & { retryMs: number },
): Store {
  const now = options.now ?? Date.now;
  const mac = options.mac ?? unkeyedMac;
  const signer = createApprovalSigner(mac, options.onAltered);
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

  function lostHead(): Error {
    return new Error(`The store ${connector.place} was altered: the note of its newest row is gone.`);
  }

  /** The row that comes next, and the values of a statement that appends it. */
  function makeEntry(transaction: Transaction, kind: EntryKind, entry: NewEntry): { seq: number; values: Value[] } {
    if (!transaction.head) throw lostHead();
    const row = nextEntry(transaction.head, kind, entry, { processId, now: now(), mac });
    transaction.head = continueHead(transaction.head, row, mac);
    return { seq: row.seq, values: [...toValues(row), transaction.head.mac, toBreaksText(transaction.head.breaks)] };
  }

  async function readHead(): Promise<SignedHead> {
    const head = toHead((await read(sql.head))[0]);
    if (!head) throw lostHead();
    return head;
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

  const desk = createPostgresApprovals(names, { read, write, now, signer });

  return {
    notBefore: 0,
    approvals: desk.approvals,
    async lastSeq(person) {
      const { userId, provider, connection } = storableUser(person);
      const [row] = await read(sql.lastSeq, [userId, provider, connection]);
      return Number(row?.['seq'] ?? 0);
    },
    open: (request) =>
      write(async (transaction) => {
        const obstacle = await readObstacle(transaction, sql, desk, request, lives);
        if (obstacle) return obstacle;
        const row = makeEntry(transaction, 'opened', request.entry);
        await spend(transaction, sql, desk, request);
        const { beforeImage: image } = request;
        await transaction.query(sql.appendOpened, [
          ...row.values,
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
        await transaction.query(sql.appendClosed, [...row.values, opened.seq, image ?? null]);
        return true;
      }),
    attempt: (entry, spend) =>
      write(async (transaction) => {
        const row = makeEntry(transaction, 'attempt', entry);
        await transaction.query(sql.appendAttempt, row.values);
        if (spend) await transaction.query(sql.spend, [storable(spend.id), Math.ceil(spend.expiresAt)]);
      }),
    list: (filter) => guarded(() => listChanges(reader.query, names, filter)),
    rows,
    async head() {
      const { seq, hash } = await readHead();
      return { seq, hash };
    },
    signedHead: readHead,
    inDoubt: async () => (await read(sql.allOpen)).map(fromRow).filter((entry) => !lives(entry)),
    async beforeImage(changeId) {
      const [row] = await read(sql.image, [storable(changeId), now()]);
      return row && toBytes(row['sealed']);
    },
    noteGuesses: (guesses) => write((transaction) => noteGuesses(transaction, names, guesses, now())),
    purgeExpired: (time) =>
      write(async (transaction) => {
        await transaction.query(sql.sweepImages, [time]);
        await transaction.query(sql.sweepSpent, [time - consumedKeptMs]);
        await desk.sweep(transaction, time);
        await sweepGuesses(transaction, names, time);
        await transaction.query(sql.sweepBatches, [Date.now() - batchKeptMs]);
      }),
    stop() {
      stopping ??= writer.stop().then(() => reader.stop());
      return stopping;
    },
  };
}

/** A process asks for its own note only while an answer is missing: seconds after it was written. */
const batchKeptMs = 24 * 60 * 60_000;

async function readObstacle(
  transaction: Transaction,
  sql: LogStatements,
  desk: PostgresApprovals,
  { entry: wanted, since, nonce: yes, approval }: OpenRequest,
  lives: (entry: Entry) => boolean,
): Promise<OpenResult | undefined> {
  const { userId, provider, connection } = storableUser(wanted);
  const changeId = storable(wanted.changeId);
  const yesId = yes ? storable(yes.id) : null;
  const [facts] = await transaction.query(sql.facts, [userId, provider, connection, changeId, yesId]);
  const isUsable = approval === undefined || (await desk.isUsable(transaction, approval));
  const isConsumed = facts?.['is_spent'] !== false || !isUsable;
  const entry = facts?.['seq'] == null ? undefined : fromRow(facts);
  const last = entry && { seq: entry.seq, kind: entry.kind, entry: () => entry };
  const obstacle = findObstacle({ isConsumed, last, since }, lives);
  if (!obstacle && facts?.['was_opened'] !== false) throw new Error(`The change ${changeId} was opened before.`);
  return obstacle;
}

/** Uses up what may be used once. The lock and `readObstacle` have seen to it that it can; here the database has. */
async function spend(
  transaction: Transaction,
  sql: LogStatements,
  desk: PostgresApprovals,
  { entry, nonce: yes, approval }: OpenRequest,
): Promise<void> {
  const isSpent =
    yes && (await transaction.query(sql.spend, [storable(yes.id), Math.ceil(yes.expiresAt)])).length !== 1;
  const isUsed = approval !== undefined && !(await desk.use(transaction, approval, entry.changeId));
  if (isSpent || isUsed) throw new Error('A yes was used by somebody who did not hold the lock of the store.');
}

import { createApprovalSigner } from '../approval/signer.ts';
import { createClaimRules } from '../batches.ts';
import { outwaitEarlier } from '../in-use.ts';
import { findObstacle, nextEntry } from '../log/append.ts';
import type { Entry, EntryKind, NewEntry } from '../log/entry.ts';
import { createHeadSigner, type SignedHead, toBreaksText } from '../log/head.ts';
import { indexOf } from '../log/index-keys.ts';
import { unkeyedMac } from '../mac.ts';
import { consumedKeptMs } from '../nonce.ts';
import { createLivenessCheck, type ProcessId } from '../process-id.ts';
import { readActivity } from '../sql/activity.ts';
import { createSqlApprovals, type SqlAccess } from '../sql/approvals.ts';
import { createSqlBatches } from '../sql/batches.ts';
import { query, type Row, runAwaiting, type Value } from '../sql/dialect.ts';
import { listChanges } from '../sql/list.ts';
import { createSqlNotices } from '../sql/notices.ts';
import { notePeople, readPeople } from '../sql/people.ts';
import { fromEntryRow, readPages, toEntryValues, toHead, toTrail } from '../sql/rows.ts';
import { storable, storableUser } from '../storable.ts';
import type { OpenRequest, OpenResult, Store, StoreOptions } from '../store.ts';
import { type Connector, createConnector, withRetries } from './connection.ts';
import { createPostgresDialect, type TableNames, toTableNames } from './dialect.ts';
import { toStoreError } from './errors.ts';
import { noteGuesses, purgeGuesses } from './guesses.ts';
import { toApplicationName } from './in-use.ts';
import { createReader } from './reader.ts';
import { setUp } from './schema.ts';
import { outwaitStartUp, type StartUpWait } from './start-up.ts';
import { logStatements } from './statements.ts';
import { format } from './tables.ts';
import { createWriter, type Transaction } from './writer.ts';

export interface PostgresStoreOptions extends StoreOptions {
  /** The schema that holds the tables. Default `update_user`. */
  schema?: string;
  /** How long to retry while the database cannot be reached, in ms. Default 10,000. */
  retryMs?: number;
  /** Waits longer for a database that cannot be reached when the store is opened. */
  startUp?: StartUpWait | undefined;
}

/**
 * The store for several machines: a schema of a PostgreSQL database, created if it does not exist. Survives restarts of
 * the database. Throws an error with a message for the operator, without the URL's password, if the database cannot be
 * used.
 */
export async function openPostgresStore(
  url: string,
  processId: ProcessId,
  options: PostgresStoreOptions = {},
): Promise<Store> {
  const { schema = 'update_user', retryMs = 10_000, startUp } = options;
  const tables = toTableNames(schema);
  const connector = await createConnector(url, toApplicationName(format, schema));
  const mayRetry = (ms: number): boolean => ms < retryMs;
  const { mac = unkeyedMac, now = Date.now } = options;
  const prepare = async (): Promise<void> => {
    const link = connector.single();
    const signed = await setUp(link, tables, { place: connector.place, mac, now: now() }).finally(() => link.end());
    if (signed) options.onSigned?.();
  };
  try {
    await outwaitEarlier(() =>
      startUp ? outwaitStartUp(prepare, connector.place, startUp) : withRetries(mayRetry, prepare),
    );
  } catch (error) {
    throw toStoreError(error, connector.place);
  }
  return createStore(connector, tables, processId, { ...options, retryMs });
}

function createStore(
  connector: Connector,
  tables: TableNames,
  processId: ProcessId,
  options: StoreOptions & { retryMs: number },
): Store {
  const { now = Date.now, mac = unkeyedMac } = options;
  const continueHead = createHeadSigner(mac);
  const dialect = createPostgresDialect(tables);
  const sql = logStatements(tables, dialect);
  const toEntry = (row: Row): Entry => fromEntryRow(row, dialect);
  let stopping: Promise<void> | undefined;
  const mayRetry = (ms: number): boolean => ms < options.retryMs && !stopping;
  const writer = createWriter(connector, tables, dialect, mayRetry);
  const reader = createReader(connector, mayRetry);
  const isAlive = createLivenessCheck(options);

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (stopping) throw new Error('The store was stopped.');
    return work().catch((error: unknown) => {
      throw toStoreError(error, connector.place);
    });
  }
  const read: typeof reader.query = (text, values) => guarded(() => reader.query(text, values));
  const write = <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => guarded(() => writer.run(work));

  const access: SqlAccess = {
    read,
    write: (work) =>
      write((transaction) =>
        transaction.run(
          work(function* (kind, entry) {
            const row = createEntry(transaction, kind, entry);
            yield* query(sql.appendAttempt, [...row.values, ...row.index]);
          }),
        ),
      ),
    now,
    signer: createApprovalSigner(mac, options.onAltered),
  };
  const approvals = createSqlApprovals(dialect, access);
  const batches = createSqlBatches(dialect, access, approvals, createClaimRules(processId, options));

  function lostHead(): Error {
    return new Error(`The store ${connector.place} was altered: its head is missing.`);
  }

  /** The next entry, and the values of the statement that appends it. */
  function createEntry(transaction: Transaction, kind: EntryKind, entry: NewEntry): CreatedEntry {
    if (!transaction.head) throw lostHead();
    const row = nextEntry(transaction.head, kind, entry, { processId, now: now(), mac });
    const head = continueHead(transaction.head, row);
    transaction.head = head;
    options.onAppend?.();
    const { keys, counted } = indexOf(row, entry.body);
    const index = [JSON.stringify(keys), String(counted !== undefined)];
    return { seq: row.seq, values: [...toEntryValues(row), head.mac, toBreaksText(head.breaks)], index };
  }

  async function readHead(): Promise<SignedHead> {
    const head = toHead((await read(sql.head))[0], dialect);
    if (!head) throw lostHead();
    return head;
  }

  async function open(transaction: Transaction, request: OpenRequest): Promise<OpenResult> {
    const obstacle = await readObstacle(transaction, request);
    if (obstacle) return obstacle;
    const { entry, beforeImage, people } = request;
    if (people && !(await transaction.run(notePeople(dialect, people, now())))) return { kind: 'recounted' };
    const row = createEntry(transaction, 'opened', entry);
    await consume(transaction, request);
    // The columns hold whole milliseconds only.
    const image = beforeImage ? [beforeImage.sealed, Math.ceil(beforeImage.expiresAt)] : [null, null];
    await transaction.query(sql.appendOpened, [...row.values, ...image]);
    return { kind: 'opened', seq: row.seq };
  }

  async function readObstacle(
    { query, run }: Transaction,
    { entry: opened, since, nonce, approval }: OpenRequest,
  ): Promise<OpenResult | undefined> {
    const { userId, provider, connection } = storableUser(opened);
    const changeId = storable(opened.changeId);
    const nonceId = nonce ? storable(nonce.id) : null;
    const [facts] = await query(sql.facts, [userId, provider, connection, changeId, nonceId]);
    const isUsable = approval === undefined || (await run(approvals.isUsable(approval)));
    const isConsumed = facts?.['is_consumed'] !== false || !isUsable;
    const entry = facts?.['seq'] == null ? undefined : toEntry(facts);
    const last = entry && { seq: entry.seq, kind: entry.kind, entry: () => entry };
    const obstacle = findObstacle({ isConsumed, last, since }, isAlive);
    if (!obstacle && facts?.['was_opened'] !== false) throw new Error(`The change ${changeId} was opened before.`);
    return obstacle;
  }

  /** The lock and `readObstacle` ensure that both are unused; the database confirms it here. */
  async function consume({ query, run }: Transaction, { entry, nonce, approval }: OpenRequest): Promise<void> {
    const isNew = !nonce || (await query(sql.consume, [storable(nonce.id), Math.ceil(nonce.expiresAt)])).length === 1;
    const isUsed = approval === undefined || (await run(approvals.use(approval, entry.changeId)));
    if (!isNew || !isUsed) throw new Error('A yes was consumed by a process that did not hold the lock of the store.');
  }

  return {
    notBefore: 0,
    approvals: approvals.approvals,
    batches: batches.batches,
    notices: createSqlNotices(dialect, access, processId),
    async lastSeq(user) {
      const { userId, provider, connection } = storableUser(user);
      const [row] = await read(sql.lastSeq, [userId, provider, connection]);
      return Number(row?.['seq'] ?? 0);
    },
    open: (request) => write((transaction) => open(transaction, request)),
    close: (changeId, outcome, body, beforeImage) =>
      write(async (transaction) => {
        const [found] = await transaction.query(sql.findOpen, [storable(changeId)]);
        if (!found) return false;
        const opened = toEntry(found);
        const row = createEntry(transaction, 'closed', { ...opened, outcome, body });
        await transaction.query(sql.appendClosed, [...row.values, ...row.index, opened.seq, beforeImage ?? null]);
        return true;
      }),
    attempt: (entry, nonce) =>
      write(async (transaction) => {
        const row = createEntry(transaction, 'attempt', entry);
        await transaction.query(sql.appendAttempt, [...row.values, ...row.index]);
        if (nonce) await transaction.query(sql.consume, [storable(nonce.id), Math.ceil(nonce.expiresAt)]);
      }),
    list: (filter) => guarded(() => runAwaiting(listChanges(dialect, filter), reader.query)),
    activity: (filter) => guarded(() => runAwaiting(readActivity(dialect, filter), reader.query)),
    entries: (afterSeq = 0) => readPages(async (last) => (await read(sql.rows, [last])).map(toEntry), afterSeq),
    async head() {
      const { seq, hash } = await readHead();
      return { seq, hash };
    },
    signedHead: readHead,
    openIntents: async () => (await read(sql.allOpen)).map(toEntry),
    inDoubt: async () => (await read(sql.allOpen)).map(toEntry).filter((entry) => !isAlive(entry)),
    async beforeImage(changeId) {
      const [row] = await read(sql.beforeImage, [storable(changeId), now()]);
      return row && dialect.toBytes(row['sealed']);
    },
    trail: async (id) => toTrail(await read(sql.trail, [storable(id), now()]), dialect),
    noteGuesses: (guesses) => write((transaction) => noteGuesses(transaction, tables, guesses, now())),
    readPeople: (windows) => guarded(() => runAwaiting(readPeople(dialect, windows, now()), reader.query)),
    notePeople: (notes) => write((transaction) => transaction.run(notePeople(dialect, notes, now()))),
    purgeExpired: (time) =>
      write(async (transaction) => {
        await transaction.query(sql.purgeBeforeImages, [time]);
        await transaction.query(sql.purgeConsumed, [time - consumedKeptMs]);
        await transaction.run(approvals.purge(time));
        await transaction.run(batches.purge(time));
        await purgeGuesses(transaction, tables, time);
        await transaction.query(sql.purgeCommits, [Date.now() - commitKeptMs]);
      }),
    stop() {
      stopping ??= writer.stop().then(() => reader.stop());
      return stopping;
    },
  };
}

interface CreatedEntry {
  seq: number;
  values: Value[];
  /** The further values of a statement that ends a change. */
  index: Value[];
}

/** A process reads its own note only while a response is missing, seconds after it was written. */
const commitKeptMs = 24 * 60 * 60_000;

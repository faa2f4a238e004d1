import { resolve } from 'node:path';
import type { StoredEntry } from './body-text.ts';
import type { Head } from './chain.ts';
import { findObstacle, type LastMove, nextEntry, type StoreOptions, storable, storablePerson } from './entry.ts';
import { isAlive, type Owner } from './owner.ts';
import { createSqliteApprovals } from './sqlite-approvals.ts';
import { type Batch, createBatch } from './sqlite-batch.ts';
import { whenFree } from './sqlite-busy.ts';
import { openDatabase, type SqliteDatabase } from './sqlite-driver.ts';
import { toStoreError } from './sqlite-errors.ts';
import { prepareFile } from './sqlite-file.ts';
import { listChanges } from './sqlite-list.ts';
import {
  changeBytes,
  column,
  entryBytes,
  entryColumns,
  fromRow,
  toBytes,
  toChange,
  toText,
  toValues,
} from './sqlite-rows.ts';
import { setUp } from './sqlite-schema.ts';
import type { Entry, EntryKind, NewEntry, OpenRequest, OpenResult, Person, Store } from './store.ts';

/**
 * The store of one machine: a SQLite file that any number of processes share. Made when it does not exist (0600). Throws
 * a sentence for the operator when the file cannot be used.
 */
export async function openSqliteStore(path: string, owner: Owner, options: StoreOptions = {}): Promise<Store> {
  const file = resolve(path);
  await prepareFile(file);
  const db = await openReady(file);
  return createStore(db, file, owner, options);
}

async function openReady(file: string): Promise<SqliteDatabase> {
  let db: SqliteDatabase | undefined;
  try {
    const opened = await openDatabase(file);
    db = opened;
    await whenFree(() => setUp(opened, file));
    return opened;
  } catch (error) {
    db?.close();
    throw toStoreError(error, file);
  }
}

function createStore(db: SqliteDatabase, file: string, owner: Owner, options: StoreOptions): Store {
  const now = options.now ?? Date.now;
  const sql = prepareAll(db);
  /** Changes of this process between their intent and their outcome. */
  let inFlight = 0;
  const batch = createBatch(db, () => inFlight <= 1);
  let stopping: Promise<void> | undefined;

  const lives = (entry: Entry): boolean =>
    isAlive(entry.owner, entry.at, {
      now: now(),
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    });

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (stopping) throw new Error('The store was stopped.');
    return work().catch((error: unknown) => {
      throw toStoreError(error, file);
    });
  }
  const write: Batch['run'] = (work, lasting) => guarded(() => batch.run(work, lasting));
  const read = <T>(work: () => T): Promise<T> => guarded(() => whenFree(work));

  const desk = createSqliteApprovals(db, { read, write, now });

  function readHead(): Head {
    const row = sql.head.get();
    if (row === undefined) throw new Error(`The store ${file} was altered: the note of its newest row is gone.`);
    return { seq: Number(column(row, 'seq')), hash: toText(column(row, 'hash')) };
  }

  function append(kind: EntryKind, entry: NewEntry): StoredEntry {
    const row = nextEntry(readHead(), kind, entry, owner, now());
    sql.append.run(...toValues(row));
    sql.setHead.run(row.seq, row.hash);
    return row;
  }

  function readLastMove(person: Person): LastMove | undefined {
    const { userId, provider, connection } = storablePerson(person);
    const row = sql.lastMove.get(userId, provider, connection);
    if (row === undefined) return undefined;
    const seq = Number(column(row, 'seq'));
    const kind = column(row, 'is_open') === 1 ? 'opened' : 'closed';
    return { seq, kind, entry: () => fromRow(sql.entry.get(seq)) };
  }

  function open({ entry, since, spend, approval, image }: OpenRequest): OpenResult {
    const spent =
      (spend !== undefined && sql.isSpent.get(spend.id) !== undefined) ||
      (approval !== undefined && !desk.isUsable(approval));
    const obstacle = findObstacle({ spent, last: readLastMove(entry), since }, lives);
    if (obstacle) return obstacle;
    if (sql.wasOpened.get(storable(entry.changeId)) !== undefined) {
      throw new Error(`The change ${entry.changeId} was opened before.`);
    }
    const { seq } = append('opened', entry);
    sql.addOpen.run(seq);
    // The columns take whole milliseconds only.
    if (spend) sql.spend.run(spend.id, Math.ceil(spend.expiresAt));
    if (approval !== undefined) desk.use(approval);
    if (image) sql.addImage.run(seq, image.sealed, Math.ceil(image.expiresAt));
    return { kind: 'opened', seq };
  }

  /** What was deleted is gone from the log's file too, unless somebody is reading it just now. */
  const scour = (): Promise<unknown> => read(() => sql.emptyLog.get()).catch(() => {});

  async function* rows(afterSeq = 0): AsyncGenerator<Entry> {
    for (let last = afterSeq; ; ) {
      const page = await read(() => sql.rows.all(last).map(fromRow));
      yield* page;
      const end = page.at(-1);
      if (!end) return;
      last = end.seq;
    }
  }

  return {
    approvals: desk.approvals,
    lastSeq: (person) =>
      read(() => {
        const { userId, provider, connection } = storablePerson(person);
        return Number(column(sql.lastSeq.get(userId, provider, connection), 'seq') ?? 0);
      }),
    async open(request) {
      const result = await write(() => open(request));
      if (result.kind === 'opened') inFlight += 1;
      if (request.approval !== undefined && result.kind === 'opened') await scour();
      return result;
    },
    // What became of a change can be found out again: the intent is what a power cut must not take.
    close(changeId, outcome, body, image) {
      const closing = write(() => {
        const row = sql.findOpen.get(storable(changeId));
        if (row === undefined) return false;
        const opened = Number(column(row, 'seq'));
        append('closed', { ...toChange(row), outcome, body });
        sql.removeOpen.run(opened);
        if (image) sql.replaceImage.run(image, opened);
        return true;
      }, 'soon');
      const done = () => void (inFlight = Math.max(0, inFlight - 1));
      closing.then(done, done);
      return closing;
    },
    attempt: (entry, spend) =>
      write(() => {
        append('attempt', entry);
        if (spend) sql.spendOnce.run(spend.id, Math.ceil(spend.expiresAt));
      }),
    list: (filter) => read(() => listChanges(db, filter)),
    rows,
    head: () => read(readHead),
    orphans: () =>
      read(() =>
        sql.allOpen
          .all()
          .map(fromRow)
          .filter((entry) => !lives(entry)),
      ),
    image: (changeId) =>
      read(() => {
        const row = sql.image.get(storable(changeId), now());
        return row === undefined ? undefined : toBytes(column(row, 'sealed'));
      }),
    async sweep(time) {
      await write(() => {
        sql.sweepImages.run(time);
        sql.sweepSpent.run(time);
        desk.sweep(time);
      });
      await scour();
    },
    stop() {
      stopping ??= batch.idle().then(() => close(db));
      return stopping;
    },
  };
}

/**
 * Leaves everything in the one file, unless others have it open. The built-in driver's last connection does so by itself;
 * the other driver's stays half open for its prepared statements, until the process ends.
 */
function close(db: SqliteDatabase): void {
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Somebody is writing, and goes on from there.
  }
  db.close();
}

/** Once per connection: preparing costs more than running. */
function prepareAll(db: SqliteDatabase) {
  const person = 'user_id = ? AND provider = ? AND connection = ?';
  return {
    head: db.prepare('SELECT seq, CAST(hash AS BLOB) AS hash FROM head'),
    setHead: db.prepare('UPDATE head SET seq = ?, hash = ?'),
    append: db.prepare(`INSERT INTO entries (${entryColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    rows: db.prepare(`SELECT ${entryBytes} FROM entries e WHERE seq > ? ORDER BY seq LIMIT 200`),
    lastSeq: db.prepare(`SELECT seq FROM entries WHERE ${person} ORDER BY seq DESC LIMIT 1`),
    lastMove: db.prepare(
      `SELECT seq, kind = 'opened' AS is_open FROM entries
       WHERE ${person} AND kind <> 'attempt' ORDER BY seq DESC LIMIT 1`,
    ),
    entry: db.prepare(`SELECT ${entryBytes} FROM entries e WHERE seq = ?`),
    wasOpened: db.prepare(`SELECT 1 AS found FROM entries WHERE change_id = ? AND kind = 'opened'`),
    allOpen: db.prepare(
      `SELECT ${entryBytes} FROM open_intents o CROSS JOIN entries e WHERE e.seq = o.seq ORDER BY o.seq`,
    ),
    findOpen: db.prepare(
      `SELECT e.seq AS seq, ${changeBytes} FROM entries e JOIN open_intents o ON o.seq = e.seq
       WHERE e.change_id = ? AND e.kind = 'opened'`,
    ),
    addOpen: db.prepare('INSERT INTO open_intents (seq) VALUES (?)'),
    removeOpen: db.prepare('DELETE FROM open_intents WHERE seq = ?'),
    isSpent: db.prepare('SELECT 1 AS found FROM spent WHERE id = ?'),
    spend: db.prepare('INSERT INTO spent (id, expires_at) VALUES (?, ?)'),
    spendOnce: db.prepare('INSERT OR IGNORE INTO spent (id, expires_at) VALUES (?, ?)'),
    addImage: db.prepare('INSERT INTO images (seq, sealed, expires_at) VALUES (?, ?, ?)'),
    replaceImage: db.prepare('UPDATE images SET sealed = ? WHERE seq = ?'),
    image: db.prepare(
      `SELECT i.sealed AS sealed FROM entries e JOIN images i ON i.seq = e.seq
       WHERE e.change_id = ? AND e.kind = 'opened' AND i.expires_at > ?`,
    ),
    emptyLog: db.prepare('PRAGMA wal_checkpoint(TRUNCATE)'),
    sweepImages: db.prepare('DELETE FROM images WHERE expires_at <= ?'),
    sweepSpent: db.prepare('DELETE FROM spent WHERE expires_at <= ?'),
  };
}

import { resolve } from 'node:path';
import type { Head } from './chain.ts';
import { findObstacle, nextEntry, type StoreOptions, storable, storablePerson } from './entry.ts';
import { isAlive, type Owner } from './owner.ts';
import { createSqliteApprovals } from './sqlite-approvals.ts';
import { createBatch } from './sqlite-batch.ts';
import { whenFree } from './sqlite-busy.ts';
import { openDatabase, type SqliteDatabase } from './sqlite-driver.ts';
import { toStoreError } from './sqlite-errors.ts';
import { prepareFile } from './sqlite-file.ts';
import { listChanges } from './sqlite-list.ts';
import { column, entryBytes, entryColumns, fromRow, toBytes, toText, toValues } from './sqlite-rows.ts';
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
  const batch = createBatch(db);
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
  const write = <T>(work: () => T): Promise<T> => guarded(() => batch.run(work));
  const read = <T>(work: () => T): Promise<T> => guarded(() => whenFree(work));

  const desk = createSqliteApprovals(db, { read, write, now });

  function readHead(): Head {
    const row = sql.head.get();
    if (row === undefined) throw new Error(`The store ${file} was altered: the note of its newest row is gone.`);
    return { seq: Number(column(row, 'seq')), hash: toText(column(row, 'hash')) };
  }

  function append(kind: EntryKind, entry: NewEntry): Entry {
    const row = nextEntry(readHead(), kind, entry, owner, now());
    sql.append.run(...toValues(row));
    sql.setHead.run(row.seq, row.hash);
    return row;
  }

  function readLastMove(person: Person): Entry | undefined {
    const { userId, provider, connection } = storablePerson(person);
    const row = sql.lastMove.get(userId, provider, connection);
    return row === undefined ? undefined : fromRow(row);
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
    const { seq, changeId } = append('opened', entry);
    sql.addOpen.run(seq, changeId);
    // The columns take whole milliseconds only.
    if (spend) sql.spend.run(spend.id, Math.ceil(spend.expiresAt));
    if (approval !== undefined) desk.use(approval);
    if (image) sql.addImage.run(changeId, image.sealed, Math.ceil(image.expiresAt));
    return { kind: 'opened', seq };
  }

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
    open: (request) => write(() => open(request)),
    close: (changeId, outcome, body, image) =>
      write(() => {
        const row = sql.findOpen.get(storable(changeId));
        if (row === undefined) return false;
        const opened = fromRow(row);
        append('closed', { ...opened, outcome, body });
        sql.removeOpen.run(opened.seq);
        if (image) sql.replaceImage.run(image, opened.changeId);
        return true;
      }),
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
    sweep: (time) =>
      write(() => {
        sql.sweepImages.run(time);
        sql.sweepSpent.run(time);
        desk.sweep(time);
      }),
    stop() {
      stopping ??= batch.idle().then(() => db.close());
      return stopping;
    },
  };
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
      `SELECT ${entryBytes} FROM entries e WHERE ${person} AND kind <> 'attempt' ORDER BY seq DESC LIMIT 1`,
    ),
    wasOpened: db.prepare(`SELECT 1 AS found FROM entries WHERE change_id = ? AND kind = 'opened'`),
    allOpen: db.prepare(
      `SELECT ${entryBytes} FROM open_intents o CROSS JOIN entries e WHERE e.seq = o.seq ORDER BY o.seq`,
    ),
    findOpen: db.prepare(
      `SELECT ${entryBytes} FROM open_intents o JOIN entries e ON e.seq = o.seq WHERE o.change_id = ?`,
    ),
    addOpen: db.prepare('INSERT INTO open_intents (seq, change_id) VALUES (?, ?)'),
    removeOpen: db.prepare('DELETE FROM open_intents WHERE seq = ?'),
    isSpent: db.prepare('SELECT 1 AS found FROM spent WHERE id = ?'),
    spend: db.prepare('INSERT INTO spent (id, expires_at) VALUES (?, ?)'),
    spendOnce: db.prepare('INSERT OR IGNORE INTO spent (id, expires_at) VALUES (?, ?)'),
    addImage: db.prepare('INSERT INTO images (change_id, sealed, expires_at) VALUES (?, ?, ?)'),
    replaceImage: db.prepare('UPDATE images SET sealed = ? WHERE change_id = ?'),
    image: db.prepare('SELECT sealed FROM images WHERE change_id = ? AND expires_at > ?'),
    sweepImages: db.prepare('DELETE FROM images WHERE expires_at <= ?'),
    sweepSpent: db.prepare('DELETE FROM spent WHERE expires_at <= ?'),
  };
}

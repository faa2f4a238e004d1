import type { UserRef } from '../log/entry.ts';
import type { Row } from '../sql/dialect.ts';
import { entryColumns, isNoEvent, selectEntry, selectHead, selectTrail } from '../sql/rows.ts';
import { sqliteDialect } from './dialect.ts';
import type { SqliteDatabase } from './driver.ts';

/** The statements about the audit log, prepared once per connection: preparing costs more than running. */
export function prepareAll(db: SqliteDatabase) {
  const entry = selectEntry(sqliteDialect);
  const openedChange = openedColumns.map((name) => sqliteDialect.selectText('e', name)).join(', ');
  const user = 'user_id = ? AND provider = ? AND connection = ?';
  return {
    head: db.prepare(`SELECT ${selectHead(sqliteDialect)} FROM head h`),
    setHead: db.prepare('UPDATE head SET seq = ?, hash = ?, mac = ?, breaks = ?'),
    append: db.prepare(`INSERT INTO entries (${entryColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    addKey: db.prepare('INSERT INTO entry_keys (key, seq) VALUES (?, ?)'),
    count: db.prepare(
      `INSERT INTO activity (day, provider, outcome, count) VALUES (?, ?, ?, 1)
       ON CONFLICT (day, provider, outcome) DO UPDATE SET count = count + 1`,
    ),
    rows: db.prepare(`SELECT ${entry} FROM entries e WHERE seq > ? ORDER BY seq LIMIT 200`),
    lastSeq: db.prepare(`SELECT seq FROM entries WHERE ${user} AND ${isNoEvent('kind')} ORDER BY seq DESC LIMIT 1`),
    lastMove: db.prepare(
      `SELECT seq, kind = 'opened' AS is_open FROM entries
       WHERE ${user} AND kind <> 'attempt' AND ${isNoEvent('kind')} ORDER BY seq DESC LIMIT 1`,
    ),
    entry: db.prepare(`SELECT ${entry} FROM entries e WHERE seq = ?`),
    wasOpened: db.prepare(`SELECT 1 AS found FROM entries WHERE change_id = ? AND kind = 'opened'`),
    allOpen: db.prepare(`SELECT ${entry} FROM open_intents o CROSS JOIN entries e WHERE e.seq = o.seq ORDER BY o.seq`),
    findOpen: db.prepare(
      `SELECT e.seq AS seq, ${openedChange} FROM entries e JOIN open_intents o ON o.seq = e.seq
       WHERE e.change_id = ? AND e.kind = 'opened'`,
    ),
    addOpen: db.prepare('INSERT INTO open_intents (seq) VALUES (?)'),
    removeOpen: db.prepare('DELETE FROM open_intents WHERE seq = ?'),
    isConsumed: db.prepare('SELECT 1 AS found FROM spent WHERE id = ?'),
    consume: db.prepare('INSERT INTO spent (id, expires_at) VALUES (?, ?)'),
    consumeOnce: db.prepare('INSERT OR IGNORE INTO spent (id, expires_at) VALUES (?, ?)'),
    addBeforeImage: db.prepare('INSERT INTO images (seq, sealed, expires_at) VALUES (?, ?, ?)'),
    replaceBeforeImage: db.prepare('UPDATE images SET sealed = ? WHERE seq = ?'),
    beforeImage: db.prepare(
      `SELECT i.sealed AS sealed FROM entries e JOIN images i ON i.seq = e.seq
       WHERE e.change_id = ? AND e.kind = 'opened' AND i.expires_at > ?`,
    ),
    trail: db.prepare(selectTrail(sqliteDialect, 'i.seq = e.seq', ['?1', '?2'])),
    truncateLog: db.prepare('PRAGMA wal_checkpoint(TRUNCATE)'),
    purgeBeforeImages: db.prepare('DELETE FROM images WHERE expires_at <= ?'),
    purgeConsumed: db.prepare('DELETE FROM spent WHERE expires_at <= ?'),
  };
}

const openedColumns = ['change_id', 'provider', 'connection', 'user_id'] as const;

/** A row of `findOpen`: which user's change was opened. Without the body, the most expensive part to read. */
export function toOpened(row: unknown): UserRef & { seq: number; changeId: string } {
  const text = (name: (typeof openedColumns)[number]): string => sqliteDialect.toText(column(row, name));
  return {
    seq: Number(column(row, 'seq')),
    changeId: text('change_id'),
    provider: text('provider'),
    connection: text('connection'),
    userId: text('user_id'),
  };
}

/** One column of a row, undefined when there is no row. */
export function column(row: unknown, name: string): unknown {
  // Bound by the statement that names the column; a row has no other members.
  return typeof row === 'object' && row !== null ? (row as Row)[name] : undefined;
}

import type { SqliteDatabase } from './driver.ts';
import { changeBytes, entryBytes, entryColumns, headBytes } from './rows.ts';

/** What the log is written and read with. Once per connection: preparing costs more than running. */
export function prepareAll(db: SqliteDatabase) {
  const person = 'user_id = ? AND provider = ? AND connection = ?';
  return {
    head: db.prepare(`SELECT ${headBytes} FROM head`),
    setHead: db.prepare('UPDATE head SET seq = ?, hash = ?, mac = ?, breaks = ?'),
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

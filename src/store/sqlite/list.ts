import { toListedChange } from '../log/codec.ts';
import type { ListedChange } from '../log/entry.ts';
import { storableKey, toInstant } from '../storable.ts';
import type { ChangeFilter } from '../store.ts';
import type { SqliteDatabase, SqliteValue } from './driver.ts';
import { column, entryBytes, fromRow } from './rows.ts';

/**
 * The last row of each change, newest first. Results (`closed`, `attempt`) and open intents are looked for apart: all
 * `opened` rows have the same outcome, so that a filter by it would have to walk through every change there ever was.
 * (To SQLite, CROSS JOIN says to go through the few open intents and not, for the order's sake, through `entries`.)
 */
export function listChanges(db: SqliteDatabase, filter: ChangeFilter): ListedChange[] {
  const { where, values } = toConditions(filter);
  const lowest = lowestSeq(db, filter.since);
  const rows = db
    .prepare(
      `SELECT * FROM (
         SELECT ${entryBytes} FROM entries e
         WHERE e.kind <> 'opened' AND e.seq >= ? AND ${isLast}${where} ORDER BY e.seq DESC LIMIT ?)
       UNION ALL SELECT * FROM (
         SELECT ${entryBytes} FROM open_intents o CROSS JOIN entries e
         WHERE e.seq = o.seq AND ${isLast}${where} ORDER BY o.seq DESC LIMIT ?)
       ORDER BY seq DESC LIMIT ?`,
    )
    .all(lowest, ...values, filter.limit, ...values, filter.limit, filter.limit);
  return rows.map((row) => toListedChange(fromRow(row)));
}

const isLast = 'NOT EXISTS (SELECT 1 FROM entries l WHERE l.change_id = e.change_id AND l.seq > e.seq)';

function toConditions(filter: ChangeFilter): { where: string; values: SqliteValue[] } {
  const conditions: string[] = [];
  const values: SqliteValue[] = [];
  const add = (condition: string, value: SqliteValue | undefined): void => {
    if (value === undefined) return;
    conditions.push(` AND ${condition}`);
    values.push(value);
  };
  for (const [name, value] of [
    // The most telling first: its index is used, and gives the rows in the order asked for. The plus keeps SQLite, which
    // knows nothing about how common a value is, from choosing another.
    ['change_id', filter.changeId],
    ['user_id', filter.userId],
    ['outcome', filter.outcome],
    ['provider', filter.provider],
    ['connection', filter.connection],
  ] as const) {
    add(`${conditions.length === 0 ? '' : '+'}e.${name} = ?`, value === undefined ? undefined : storableKey(value));
  }
  add('e.seq < ?', filter.before);
  add('+e.at >= ?', filter.since === undefined ? undefined : toInstant(filter.since));
  return { where: conditions.join(''), values };
}

/**
 * The first result at or after a time. Times nearly follow seq (clocks jump), so this ends the walk and the time itself
 * decides. Without the plus SQLite would look for the lowest seq by walking through the table from its start.
 */
function lowestSeq(db: SqliteDatabase, since: string | undefined): number {
  if (since === undefined) return 0;
  const first = db.prepare(`SELECT min(+seq) AS seq FROM entries WHERE kind <> 'opened' AND at >= ?`);
  const lowest = column(first.get(toInstant(since)), 'seq');
  return typeof lowest === 'number' ? lowest : Number.MAX_SAFE_INTEGER;
}

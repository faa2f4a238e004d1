import type { Dialect, Row, Statement } from '../sql/dialect.ts';
import type { SqliteDatabase, SqliteStatement } from './driver.ts';

export const sqliteDialect: Dialect = {
  tables: {
    entries: 'entries',
    head: 'head',
    open_intents: 'open_intents',
    spent: 'spent',
    images: 'images',
    approvals: 'approvals',
    approvers: 'approvers',
    guesses: 'guesses',
    notice_targets: 'notice_targets',
    expiries: 'expiries',
    entry_keys: 'entry_keys',
    activity: 'activity',
    sealed_batches: 'sealed_batches',
    batch_parts: 'batch_parts',
  },
  // As bytes: an altered text read as text would end at a NUL and look intact.
  selectText: (of, column) => `CAST(${of}.${column} AS BLOB) AS ${column}`,
  selectBytes: (of, column) => `${of}.${column} AS ${column}`,
  toText,
  toBytes,
  unindexed: (column) => `+${column}`,
  updateApproval: [
    // Remembers the MAC of the former approved row as obsolete, so that a restored copy of the row does not count.
    `INSERT OR IGNORE INTO spent (id, expires_at)
     SELECT 'approval/' || mac, expires_at FROM approvals WHERE id = $6 AND state = 'approved'`,
    `DELETE FROM spent WHERE id = 'approval/' || $5`,
    'UPDATE approvals SET state = $1, decisions = $2, secret = $3, change_id = $4, mac = $5 WHERE id = $6',
  ],
  list: {
    isLast: 'NOT EXISTS (SELECT 1 FROM entries l WHERE l.change_id = e.change_id AND l.seq > e.seq)',
    withoutIndex: (column) => `+${column}`,
    ordersByRecord: true,
    contains: (column, parameter) => `instr(${column}, ${parameter}) > 0`,
  },
};

/** Runs statements with `$1` …; each text is prepared once per connection, since preparing costs more than running. */
export function createQuery(db: SqliteDatabase): (statement: Statement) => Row[] {
  const prepared = new Map<string, { statement: SqliteStatement; order: readonly number[] }>();
  return ({ text, values }) => {
    const known = prepared.get(text) ?? prepare(db, text);
    prepared.set(text, known);
    // A row has the columns that its statement names, and no other members.
    return known.statement.all(...known.order.map((n) => values[n - 1] ?? null)) as Row[];
  };
}

/** The drivers bind by position only. */
function prepare(db: SqliteDatabase, text: string): { statement: SqliteStatement; order: readonly number[] } {
  const order = [...text.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n));
  return { statement: db.prepare(text.replaceAll(/\$\d+/g, '?')), order };
}

/** Only bytes count as a blob. */
function toBytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function toText(value: unknown): string {
  const { buffer, byteOffset, byteLength } = toBytes(value);
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}

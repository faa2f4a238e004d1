import { createHash } from 'node:crypto';
import type { Dialect, Table } from '../sql/dialect.ts';

/** The schema, quoted, and its tables, each with the schema: the database may be shared with other programs. */
export type TableNames = Readonly<Record<'schema' | 'format' | 'batches' | Table, string>> & {
  schemaName: string;
  lock: string;
};

export function toTableNames(schema: string): TableNames {
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  const lock = createHash('sha256').update(`update-user-mcp/${schema}`).digest().readBigInt64BE().toString();
  const named = (table: string): string => `${quoted}.${table}`;
  return {
    schema: quoted,
    schemaName: schema,
    lock,
    format: named('format'),
    batches: named('batches'),
    entries: named('entries'),
    head: named('head'),
    open_intents: named('open_intents'),
    spent: named('spent'),
    images: named('images'),
    approvals: named('approvals'),
    approvers: named('approvers'),
    guesses: named('guesses'),
    notice_targets: named('notice_targets'),
    expiries: named('expiries'),
    entry_keys: named('entry_keys'),
    activity: named('activity'),
    sealed_batches: named('sealed_batches'),
    batch_parts: named('batch_parts'),
  };
}

export function createPostgresDialect(tables: TableNames): Dialect {
  return {
    tables,
    selectText: (of, column) => `${of}.${column} AS ${column}`,
    // The driver knows only one of the two forms in which a server may be set to send bytes.
    selectBytes: (of, column) => `encode(${of}.${column}, 'hex') AS ${column}`,
    toText: String,
    toBytes: (value) => Uint8Array.from(Buffer.from(String(value), 'hex')),
    // Its planner has statistics.
    unindexed: (column) => column,
    updateApproval: [
      // Remembers the MAC of the former approved row as obsolete, so that a restored copy of the row does not count.
      `WITH over AS (
         INSERT INTO ${tables.spent} (id, expires_at) SELECT 'approval/' || mac, expires_at FROM ${tables.approvals}
         WHERE id = $6 AND state = 'approved' AND mac <> $5 ON CONFLICT (id) DO NOTHING
       ), live AS (DELETE FROM ${tables.spent} WHERE id = 'approval/' || $5)
       UPDATE ${tables.approvals} SET state = $1, decisions = $2, secret = $3, change_id = $4, mac = $5 WHERE id = $6`,
    ],
    list: {
      // A subquery that no planner turns into a join: it runs only for the few entries that the search reaches. Inside of
      // CASE, the planner expects half of the entries to be last ones; it would expect one in 200, estimate that nearly
      // the whole log is read, and compile the statement first, which takes far longer than running it.
      isLast: `CASE WHEN e.seq = (SELECT max(l.seq) FROM ${tables.entries} l WHERE l.change_id = e.change_id)
        THEN true ELSE false END`,
      withoutIndex: (column) => `${column} || ''`,
      ordersByRecord: false,
      contains: (column, parameter) => `strpos(${column}, ${parameter}) > 0`,
    },
  };
}

import { fromBodyText, toBodyText } from './entry.ts';
import type { SqliteValue } from './sqlite-driver.ts';
import type { Entry, EntryKind } from './store.ts';

const names = [
  'change_id',
  'kind',
  'at',
  'outcome',
  'owner',
  'provider',
  'connection',
  'user_id',
  'body',
  'prev',
  'hash',
] as const;

/** The columns an `Entry` is written to, in the order of `toValues`. */
export const entryColumns = `seq, ${names.join(', ')}`;

/**
 * The columns an `Entry` is read from. As bytes: reading text that is not UTF-8, as one altered byte makes it, aborts the
 * process inside libsql, and it cuts text off at a NUL.
 */
export const entryBytes = `e.seq AS seq, ${names.map((name) => `CAST(e.${name} AS BLOB) AS ${name}`).join(', ')}`;

/** A row of `entryBytes`. Altered bytes are read as they are (in the body as `fromBodyText` does), never refused. */
export function fromRow(row: unknown): Entry {
  // Bound to `entryBytes` by every statement that uses it.
  const columns = row as Record<(typeof names)[number], unknown> & { seq: unknown };
  return {
    seq: Number(columns.seq),
    changeId: toText(columns.change_id),
    // An altered kind stays visible as what it is; the hash tells.
    kind: toText(columns.kind) as EntryKind,
    at: toText(columns.at),
    outcome: toText(columns.outcome),
    owner: toText(columns.owner),
    provider: toText(columns.provider),
    connection: toText(columns.connection),
    userId: toText(columns.user_id),
    body: fromBodyText(toText(columns.body)),
    prev: toText(columns.prev),
    hash: toText(columns.hash),
  };
}

export function toValues(entry: Entry): SqliteValue[] {
  const { seq, changeId, kind, at, outcome, owner, provider, connection, userId, prev, hash } = entry;
  return [seq, changeId, kind, at, outcome, owner, provider, connection, userId, toBodyText(entry.body), prev, hash];
}

/** One column of a row, undefined when there is no row. */
export function column(row: unknown, name: string): unknown {
  return typeof row === 'object' && row !== null ? Object.entries(row).find(([key]) => key === name)?.[1] : undefined;
}

/** A blob: libsql gives a Buffer (`get`) or an ArrayBuffer (`all`), node:sqlite a Uint8Array. */
export function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array();
}

export function toText(value: unknown): string {
  const bytes = toBytes(value);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

import { toEntry } from '../log/codec.ts';
import type { Entry, EntryKind, StoredEntry, UserRef } from '../log/entry.ts';
import { parseBreaks, type SignedHead, toBreaksText } from '../log/head.ts';
import type { SqliteValue } from './driver.ts';

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

/** The columns an `Entry` is read from. As bytes: read as text, what was altered would end at a NUL and look whole. */
export const entryBytes = `e.seq AS seq, ${asBytes(names)}`;

/** The columns that say whose change a row belongs to. */
export const changeBytes = asBytes(['change_id', 'provider', 'connection', 'user_id']);

/** A row of `entryBytes`. Altered bytes are read as they are, never refused. */
export function fromRow(row: unknown): Entry {
  // Bound to `entryBytes` by every statement that uses it.
  const columns = row as Record<(typeof names)[number], unknown> & { seq: unknown };
  return toEntry({
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
    bodyText: toText(columns.body),
    prev: toText(columns.prev),
    hash: toText(columns.hash),
  });
}

/** The columns of `head`. */
export const headBytes = 'seq, CAST(hash AS BLOB) AS hash, CAST(mac AS BLOB) AS mac, CAST(breaks AS BLOB) AS breaks';

/** A row of `headBytes`; undefined when there is none. */
export function toHead(row: unknown): SignedHead | undefined {
  if (row === undefined) return undefined;
  return {
    seq: Number(column(row, 'seq')),
    hash: toText(column(row, 'hash')),
    mac: toText(column(row, 'mac')),
    breaks: parseBreaks(toText(column(row, 'breaks'))),
  };
}

export function toHeadValues({ seq, hash, mac, breaks }: SignedHead): SqliteValue[] {
  return [seq, hash, mac, toBreaksText(breaks)];
}

/** A row of `changeBytes`. */
export function toChange(row: unknown): UserRef & { changeId: string } {
  const text = (name: string): string => toText(column(row, name));
  return {
    changeId: text('change_id'),
    provider: text('provider'),
    connection: text('connection'),
    userId: text('user_id'),
  };
}

export function toValues(row: StoredEntry): SqliteValue[] {
  const { seq, changeId, kind, at, outcome, owner, provider, connection, userId, bodyText, prev, hash } = row;
  return [seq, changeId, kind, at, outcome, owner, provider, connection, userId, bodyText, prev, hash];
}

/** One column of a row, undefined when there is no row. */
export function column(row: unknown, name: string): unknown {
  // Bound by the statement that names the column; a row has no other members.
  return typeof row === 'object' && row !== null ? (row as Record<string, unknown>)[name] : undefined;
}

/** A blob; nothing but bytes counts as one. */
export function toBytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

export function toText(value: unknown): string {
  const { buffer, byteOffset, byteLength } = toBytes(value);
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}

function asBytes(columns: readonly string[]): string {
  return columns.map((name) => `CAST(e.${name} AS BLOB) AS ${name}`).join(', ');
}

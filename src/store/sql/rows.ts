import { toEntry } from '../log/codec.ts';
import { type Entry, type EntryKind, EVENT_KINDS, type StoredEntry } from '../log/entry.ts';
import { parseBreaks, type SignedHead } from '../log/head.ts';
import type { Trail } from '../store.ts';
import type { Dialect, Row, Value } from './dialect.ts';

const textColumns = [
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

/** The columns an entry is written to, in the order of `toEntryValues`. */
export const entryColumns = `seq, ${textColumns.join(', ')}`;

export function toEntryValues(entry: StoredEntry): Value[] {
  const { seq, changeId, kind, at, outcome, owner, provider, connection, userId, bodyText, prev, hash } = entry;
  return [seq, changeId, kind, at, outcome, owner, provider, connection, userId, bodyText, prev, hash];
}

/** Selects the columns of an entry from the table alias `e`. */
export function selectEntry(dialect: Dialect): string {
  return ['e.seq AS seq', ...textColumns.map((name) => dialect.selectText('e', name))].join(', ');
}

/** Whether an entry is about a change, given the column of its kind. */
export function isNoEvent(kind: string): string {
  return EVENT_KINDS.map((one) => `${kind} <> '${one}'`).join(' AND ');
}

/** A row of `selectEntry`. */
export function fromEntryRow(row: Row, { toText }: Dialect): Entry {
  return toEntry({
    seq: Number(row['seq']),
    changeId: toText(row['change_id']),
    // An altered kind is returned as it is; the hash reveals the change.
    kind: toText(row['kind']) as EntryKind,
    at: toText(row['at']),
    outcome: toText(row['outcome']),
    owner: toText(row['owner']),
    provider: toText(row['provider']),
    connection: toText(row['connection']),
    userId: toText(row['user_id']),
    bodyText: toText(row['body']),
    prev: toText(row['prev']),
    hash: toText(row['hash']),
  });
}

/** Selects the entries of `$1`, each with `kept_until` of a before-image that has not expired at `$2`. */
export function selectTrail(dialect: Dialect, imageOf: string, [changeId, now]: readonly [string, string]): string {
  const { entries, images } = dialect.tables;
  return `SELECT ${selectEntry(dialect)}, i.expires_at AS kept_until
    FROM ${entries} e LEFT JOIN ${images} i ON ${imageOf} AND e.kind = 'opened' AND i.expires_at > ${now}
    WHERE e.change_id = ${changeId} ORDER BY e.seq LIMIT 100`;
}

/** The rows of `selectTrail`. */
export function toTrail(rows: readonly Row[], dialect: Dialect): Trail {
  const until = rows.find((row) => row['kept_until'] != null)?.['kept_until'];
  return {
    entries: rows.map((row) => fromEntryRow(row, dialect)),
    ...(until !== undefined && { beforeImageUntil: Number(until) }),
  };
}

/** Selects the columns of the head from the table alias `h`. */
export function selectHead(dialect: Dialect): string {
  return ['h.seq AS seq', ...['hash', 'mac', 'breaks'].map((name) => dialect.selectText('h', name))].join(', ');
}

/** A row of `selectHead`; undefined if the database lost it. */
export function toHead(row: Row | undefined, { toText }: Dialect): SignedHead | undefined {
  if (row?.['seq'] == null) return undefined;
  return {
    seq: Number(row['seq']),
    hash: toText(row['hash']),
    mac: toText(row['mac']),
    breaks: parseBreaks(toText(row['breaks'])),
  };
}

/** All entries after `afterSeq`, page by page: in bounded memory, whatever the length. */
export async function* readPages(
  readPage: (afterSeq: number) => Promise<Entry[]>,
  afterSeq: number,
): AsyncGenerator<Entry> {
  for (let last = afterSeq; ; ) {
    const page = await readPage(last);
    yield* page;
    const end = page.at(-1);
    if (!end) return;
    last = end.seq;
  }
}

import { type LastMove, nextEntry } from '../log/append.ts';
import type { Entry, EntryKind, NewEntry, StoredEntry, UserRef } from '../log/entry.ts';
import type { Head } from '../log/hash-chain.ts';
import { createHeadSigner, type SignedHead, toBreaksText } from '../log/head.ts';
import { indexOf } from '../log/index-keys.ts';
import type { Mac } from '../mac.ts';
import type { ProcessId } from '../process-id.ts';
import type { Row } from '../sql/dialect.ts';
import { fromEntryRow, toEntryValues, toHead } from '../sql/rows.ts';
import { storableUser } from '../storable.ts';
import { sqliteDialect } from './dialect.ts';
import { column, type prepareAll } from './statements.ts';

/** What the log needs of the store it is in. */
export interface LogContext {
  file: string;
  processId: ProcessId;
  now(): number;
  mac: Mac;
  onAppend?: (() => void) | undefined;
}

/**
 * The audit log of a SQLite store. Call `append` inside a transaction, between `begin` and `end`: the head is read before
 * its first entry and signed after its last.
 */
export function createSqliteLog(sql: ReturnType<typeof prepareAll>, context: LogContext) {
  const { file, processId, now, mac, onAppend } = context;
  const continueHead = createHeadSigner(mac);
  let found: SignedHead | undefined;
  let newest: Head | undefined;

  function readHead(): SignedHead {
    const head = toHead(sql.head.get() as Row | undefined, sqliteDialect);
    if (!head) throw new Error(`The store ${file} was altered: its head is missing.`);
    return head;
  }

  return {
    readHead,
    begin(): void {
      [found, newest] = [undefined, undefined];
    },
    end(): void {
      if (!found || !newest) return;
      const { seq, hash, mac, breaks } = continueHead(found, newest);
      sql.setHead.run(seq, hash, mac, toBreaksText(breaks));
    },
    append(kind: EntryKind, entry: NewEntry): StoredEntry {
      found ??= readHead();
      const row = nextEntry(newest ?? found, kind, entry, { processId, now: now(), mac });
      newest = row;
      sql.append.run(...toEntryValues(row));
      const { keys, counted } = indexOf(row, entry.body);
      for (const key of keys) sql.addKey.run(key, row.seq);
      if (counted) sql.count.run(counted.day, counted.provider, counted.outcome);
      onAppend?.();
      return row;
    },
    readLastMove(user: UserRef): LastMove | undefined {
      const { userId, provider, connection } = storableUser(user);
      const row = sql.lastMove.get(userId, provider, connection);
      if (row === undefined) return undefined;
      const seq = Number(column(row, 'seq'));
      const kind = column(row, 'is_open') === 1 ? 'opened' : 'closed';
      return { seq, kind, entry: () => toSqliteEntry(sql.entry.get(seq)) };
    },
  };
}

/** A row of a statement that selects whole entries. */
export function toSqliteEntry(row: unknown): Entry {
  return fromEntryRow(row as Row, sqliteDialect); // bound by the statement
}

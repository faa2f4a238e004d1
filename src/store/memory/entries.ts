import { toEntry, toListedChange } from '../log/codec.ts';
import { type EntryBody, isEvent, type ListedChange, type StoredEntry } from '../log/entry.ts';
import { columnOf, type NormalFilter, normalFilter, passes } from '../log/filter.ts';
import { batchKey } from '../log/index-keys.ts';
import type { ChangeFilter } from '../store.ts';

/** Rows by seq, oldest first: a Map keeps the order in which its keys came. */
type Rows = Map<number, StoredEntry>;

/** The audit log of a memory store, whose entries are found by change, by user id and by batch. */
export function createMemoryEntries() {
  const log: Rows = new Map();
  const changes = new Map<string, readonly StoredEntry[]>();
  const keyed = new Map<string, Rows>();
  const keysOfRow = new Map<number, readonly string[]>();

  const ofChange = (changeId: string): readonly StoredEntry[] => changes.get(changeId) ?? [];

  function dropRow({ seq }: StoredEntry): void {
    log.delete(seq);
    for (const key of keysOfRow.get(seq) ?? []) {
      const rows = keyed.get(key);
      rows?.delete(seq);
      if (rows?.size === 0) keyed.delete(key);
    }
    keysOfRow.delete(seq);
  }

  /** All entries that can match, oldest first. */
  function candidates(filter: NormalFilter): Iterable<StoredEntry> {
    const { batchId } = filter;
    const [changeId, userId] = [columnOf(filter, 'changeId'), columnOf(filter, 'userId')];
    if (changeId !== undefined) return ofChange(changeId);
    const ofBatch = batchId === undefined ? undefined : batchKey(batchId);
    const key = userId === undefined ? ofBatch : userKey(userId);
    return (key === undefined ? log : keyed.get(key))?.values() ?? [];
  }

  return {
    ofChange,
    /** The ids of changes, approvals and batches, those that began first first. */
    changeIds: (): Iterable<string> => changes.keys(),
    countChanges: (): number => changes.size,
    /** In order of seq. May be read while entries come and go. */
    all: (): Iterable<StoredEntry> => log.values(),
    add(row: StoredEntry, { batchId }: EntryBody): void {
      log.set(row.seq, row);
      changes.set(row.changeId, [...ofChange(row.changeId), row]);
      const keys = [userKey(row.userId), ...(batchId === undefined ? [] : [batchKey(batchId)])];
      keysOfRow.set(row.seq, keys);
      for (const key of keys) keyed.set(key, (keyed.get(key) ?? new Map()).set(row.seq, row));
    },
    /** Drops the entries of a change, and returns them. */
    drop(changeId: string): readonly StoredEntry[] {
      const rows = ofChange(changeId);
      rows.forEach(dropRow);
      changes.delete(changeId);
      return rows;
    },
    /** Reads the body of an entry only if everything else about it matches. */
    list(given: ChangeFilter): ListedChange[] {
      const filter = normalFilter(given);
      const listed: ListedChange[] = [];
      for (const row of [...candidates(filter)].reverse()) {
        if (listed.length === filter.limit) break;
        const isLast = ofChange(row.changeId).at(-1) === row;
        const isListed = isLast && !isEvent(row) && passes(row, () => toEntry(row).body, filter);
        if (isListed) listed.push(toListedChange(toEntry(row)));
      }
      return listed;
    },
  };
}

function userKey(userId: string): string {
  return `user/${userId}`;
}

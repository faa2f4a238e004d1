import { createClaimRules } from '../batches.ts';
import { isCounted } from '../log/activity.ts';
import { findObstacle, type LastMove, nextEntry } from '../log/append.ts';
import { toEntry } from '../log/codec.ts';
import {
  type EntryBody,
  type EntryKind,
  isEvent,
  type NewEntry,
  type StoredEntry,
  type UserRef,
} from '../log/entry.ts';
import { emptyHead, type Head } from '../log/hash-chain.ts';
import { signHead } from '../log/head.ts';
import { indexOf } from '../log/index-keys.ts';
import { unkeyedMac } from '../mac.ts';
import { createLivenessCheck, type ProcessId } from '../process-id.ts';
import { storable, storableUser } from '../storable.ts';
import type { ActivityCount, OpenRequest, OpenResult, Store, StoreOptions } from '../store.ts';
import { createMemoryApprovals } from './approvals.ts';
import { createMemoryBatches } from './batches.ts';
import { createMemoryEntries } from './entries.ts';
import { createMemoryGuesses } from './guesses.ts';
import { createMemoryNonces } from './nonces.ts';
import { createMemoryNotices } from './notices.ts';
import { createMemoryPeople } from './people.ts';

/**
 * A store that lives as long as the process, for trial runs and tests. It keeps the newest 20,000 changes and every
 * open one: twice the largest batch, so that one that was tried again is complete. Once it has dropped some, its audit log
 * no longer starts with the first entry.
 */
export function createMemoryStore(processId: ProcessId, options: StoreOptions = {}): Store {
  const { now = Date.now, mac = unkeyedMac } = options;
  const entries = createMemoryEntries();
  const users = new Map<string, { last: number; lastMove?: StoredEntry }>();
  const open = new Map<string, StoredEntry>();
  const nonces = createMemoryNonces();
  const beforeImages = new Map<string, { sealed: Uint8Array; expiresAt: number }>();
  const activity = new Map<string, ActivityCount>();
  const approvals = createMemoryApprovals(
    now,
    {
      append: appendEvent,
      requested(id) {
        const isRequest = ({ kind, outcome }: StoredEntry): boolean => kind === 'approval' && outcome === 'requested';
        const row = entries.ofChange(storable(id)).find(isRequest);
        return row && toEntry(row).body;
      },
    },
    nonces,
  );
  const batches = createMemoryBatches({
    now,
    claims: createClaimRules(processId, options),
    append: appendEvent,
    consume(yes, id) {
      const isUsable = !isConsumed(yes);
      if (isUsable) consume(yes, id);
      return isUsable;
    },
  });
  const guesses = createMemoryGuesses(now);
  const people = createMemoryPeople(now);
  let head: Head = emptyHead;

  const isAlive = createLivenessCheck(options);

  function append(kind: EntryKind, entry: NewEntry): StoredEntry {
    const row = nextEntry(head, kind, entry, { processId, now: now(), mac });
    head = { seq: row.seq, hash: row.hash };
    entries.add(row, entry.body);
    options.onAppend?.();
    if (isEvent(row)) return row;
    const key = userKey(row);
    const user = users.get(key) ?? { last: row.seq };
    user.last = row.seq;
    if (kind === 'opened' || kind === 'closed') user.lastMove = row;
    users.set(key, user);
    const { counted } = indexOf(row, entry.body);
    if (counted) {
      const cell = cellOf(counted);
      activity.set(cell, { ...counted, count: (activity.get(cell)?.count ?? 0) + 1 });
    }
    return row;
  }

  function appendEvent(kind: EntryKind, entry: NewEntry): void {
    append(kind, entry);
    dropOldest();
  }

  function isConsumed({ nonce, approval }: Yes): boolean {
    return (
      (nonce !== undefined && nonces.isConsumed(nonce.id)) || (approval !== undefined && !approvals.isUsable(approval))
    );
  }

  function consume({ nonce, approval }: Yes, id: string): void {
    if (nonce) nonces.consume(nonce);
    if (approval !== undefined) approvals.use(approval, id);
  }

  function lastMoveOf(user: UserRef): LastMove | undefined {
    const row = users.get(userKey(storableUser(user)))?.lastMove;
    return row && { seq: row.seq, kind: row.kind, entry: () => toEntry(row) };
  }

  function openIntent({ entry, since, beforeImage, people: notes, ...yes }: OpenRequest): OpenResult {
    const obstacle = findObstacle({ isConsumed: isConsumed(yes), last: lastMoveOf(entry), since }, isAlive);
    if (obstacle) return obstacle;
    if (entries.ofChange(storable(entry.changeId)).some(({ kind }) => kind === 'opened')) {
      throw new Error(`The change ${entry.changeId} was opened before.`);
    }
    if (notes && !people.note(notes)) return { kind: 'recounted' };
    const row = append('opened', entry);
    open.set(row.changeId, row);
    consume(yes, row.changeId);
    if (beforeImage) beforeImages.set(row.changeId, { ...beforeImage, sealed: Uint8Array.from(beforeImage.sealed) });
    return { kind: 'opened', seq: row.seq };
  }

  function close({ provider, connection, userId, changeId }: StoredEntry, outcome: string, body: EntryBody): void {
    append('closed', { provider, connection, userId, changeId, outcome, body });
    open.delete(changeId);
  }

  function dropOldest(): void {
    for (const changeId of entries.changeIds()) {
      if (entries.countChanges() <= maxChanges) return;
      if (open.has(changeId)) continue;
      beforeImages.delete(changeId);
      for (const row of entries.drop(changeId)) {
        if (users.get(userKey(row))?.last === row.seq) users.delete(userKey(row));
      }
    }
  }

  // Nothing is awaited inside, so these never interleave.
  return {
    notBefore: now(),
    approvals: approvals.approvals,
    batches: batches.batches,
    notices: createMemoryNotices(processId, now),
    lastSeq: async (user) => users.get(userKey(storableUser(user)))?.last ?? 0,
    async open(request) {
      const result = openIntent(request);
      dropOldest();
      return result;
    },
    async close(changeId, outcome, body, beforeImage) {
      const row = open.get(storable(changeId));
      const kept = row && beforeImages.get(row.changeId);
      if (row) close(row, outcome, body);
      if (row && kept && beforeImage) beforeImages.set(row.changeId, { ...kept, sealed: Uint8Array.from(beforeImage) });
      return row !== undefined;
    },
    async attempt(entry, nonce) {
      append('attempt', entry);
      if (nonce) nonces.consume(nonce);
      dropOldest();
    },
    list: async (filter) => entries.list(filter),
    activity: async (filter) => {
      const counts = [...activity.values()].filter((one) => isCounted(one, filter));
      return counts.sort((a, b) => (cellOf(a) < cellOf(b) ? -1 : 1)).map((one) => ({ ...one }));
    },
    async *entries(afterSeq = 0) {
      for (const row of entries.all()) if (row.seq > afterSeq) yield toEntry(row);
    },
    head: async () => head,
    // No other process writes to this log, so its head is signed only when it is asked for.
    signedHead: async () => signHead(head, mac),
    openIntents: async () => [...open.values()].map(toEntry),
    inDoubt: async () => [...open.values()].map(toEntry).filter((entry) => !isAlive(entry)),
    async beforeImage(changeId) {
      const kept = beforeImages.get(storable(changeId));
      return kept && kept.expiresAt > now() ? Uint8Array.from(kept.sealed) : undefined;
    },
    async trail(id) {
      const rows = entries.ofChange(storable(id));
      const kept = beforeImages.get(storable(id));
      const until = kept && kept.expiresAt > now() ? { beforeImageUntil: kept.expiresAt } : {};
      return { entries: rows.slice(0, 100).map(toEntry), ...until };
    },
    noteGuesses: guesses.noteGuesses,
    readPeople: async (windows) => people.read(windows),
    notePeople: async (notes) => people.note(notes),
    async purgeExpired(time) {
      nonces.purge(time);
      for (const [changeId, { expiresAt }] of beforeImages) if (expiresAt <= time) beforeImages.delete(changeId);
      approvals.purge(time);
      batches.purge(time);
      guesses.purge(time);
      people.purge(time);
    },
    async stop() {},
  };
}

const maxChanges = 20_000;

/** What opening consumes. */
type Yes = Pick<OpenRequest, 'nonce' | 'approval'>;

function userKey({ provider, connection, userId }: UserRef): string {
  return [provider, connection, userId].join('\0');
}

function cellOf({ day, provider, outcome }: Omit<ActivityCount, 'count'>): string {
  return [day, provider, outcome].join('\0');
}

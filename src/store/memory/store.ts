import { findObstacle, type LastMove, nextEntry } from '../log/append.ts';
import { toEntry, toListedChange } from '../log/codec.ts';
import {
  type Entry,
  type EntryBody,
  type EntryKind,
  type ListedChange,
  type NewEntry,
  type StoredEntry,
  type UserRef,
} from '../log/entry.ts';
import { continueHead, firstHead } from '../log/head.ts';
import { unkeyedMac } from '../mac.ts';
import { consumedKeptMs } from '../nonce.ts';
import { isAlive, type ProcessId } from '../process-id.ts';
import { storable, storableKey, storableUser, toInstant } from '../storable.ts';
import type { ChangeFilter, OpenRequest, OpenResult, Store, StoreOptions } from '../store.ts';
import { createMemoryApprovals } from './approvals.ts';
import { createMemoryGuesses } from './guesses.ts';

/**
 * A store that lives and dies with the process, for a trial run and for tests. It keeps the newest 10,000 changes, and
 * every open one; once it has dropped some, its log no longer starts with the first row.
 */
export function createMemoryStore(processId: ProcessId, options: StoreOptions = {}): Store {
  const now = options.now ?? Date.now;
  /** By seq, oldest first: a Map keeps the order in which its keys came. */
  const log = new Map<number, StoredEntry>();
  const changes = new Map<string, StoredEntry[]>();
  const people = new Map<string, { last: number; lastMove?: StoredEntry }>();
  const open = new Map<string, StoredEntry>();
  const spent = new Map<string, number>();
  const images = new Map<string, { sealed: Uint8Array; expiresAt: number }>();
  const desk = createMemoryApprovals(now);
  const guesses = createMemoryGuesses(now);
  const mac = options.mac ?? unkeyedMac;
  let head = firstHead(mac);

  const lives = (entry: Entry): boolean =>
    isAlive(entry.owner, entry.at, {
      now: now(),
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    });

  function append(kind: EntryKind, entry: NewEntry): StoredEntry {
    const row = nextEntry(head, kind, entry, { processId, now: now(), mac });
    head = continueHead(head, row, mac);
    log.set(row.seq, row);
    changes.set(row.changeId, [...(changes.get(row.changeId) ?? []), row]);
    const key = personKey(row);
    const person = people.get(key) ?? { last: row.seq };
    person.last = row.seq;
    if (kind !== 'attempt') person.lastMove = row;
    people.set(key, person);
    return row;
  }

  function lastMoveOf(person: UserRef): LastMove | undefined {
    const row = people.get(personKey(storableUser(person)))?.lastMove;
    return row && { seq: row.seq, kind: row.kind, entry: () => toEntry(row) };
  }

  function openIntent({ entry, since, nonce: spend, approval, beforeImage: image }: OpenRequest): OpenResult {
    const isSpent = (spend && spent.has(spend.id)) || (approval !== undefined && !desk.isUsable(approval));
    const obstacle = findObstacle({ isConsumed: isSpent === true, last: lastMoveOf(entry), since }, lives);
    if (obstacle) return obstacle;
    if (changes.get(storable(entry.changeId))?.some(({ kind }) => kind === 'opened')) {
      throw new Error(`The change ${entry.changeId} was opened before.`);
    }
    const row = append('opened', entry);
    open.set(row.changeId, row);
    if (spend) spent.set(spend.id, spend.expiresAt);
    if (approval !== undefined) desk.use(approval, row.changeId);
    if (image) images.set(row.changeId, { ...image, sealed: Uint8Array.from(image.sealed) });
    return { kind: 'opened', seq: row.seq };
  }

  function close({ provider, connection, userId, changeId }: StoredEntry, outcome: string, body: EntryBody): void {
    append('closed', { provider, connection, userId, changeId, outcome, body });
    open.delete(changeId);
  }

  function dropOldest(): void {
    for (const [changeId, rows] of changes) {
      if (changes.size <= maxChanges) return;
      if (open.has(changeId)) continue;
      changes.delete(changeId);
      images.delete(changeId);
      for (const row of rows) {
        log.delete(row.seq);
        if (people.get(personKey(row))?.last === row.seq) people.delete(personKey(row));
      }
    }
  }

  // Nothing is awaited inside, so no two of these ever interleave.
  return {
    notBefore: now(),
    approvals: desk.approvals,
    lastSeq: async (person) => people.get(personKey(storableUser(person)))?.last ?? 0,
    async open(request) {
      const result = openIntent(request);
      dropOldest();
      return result;
    },
    async close(changeId, outcome, body, image) {
      const row = open.get(storable(changeId));
      const kept = row && images.get(row.changeId);
      if (row) close(row, outcome, body);
      if (row && kept && image) images.set(row.changeId, { ...kept, sealed: Uint8Array.from(image) });
      return row !== undefined;
    },
    async attempt(entry, spend) {
      append('attempt', entry);
      if (spend) spent.set(spend.id, spend.expiresAt);
      dropOldest();
    },
    list: async (filter) => listRows(log, changes, filter),
    async *rows(afterSeq = 0) {
      // A Map may be walked through while it grows and shrinks.
      for (const row of log.values()) if (row.seq > afterSeq) yield toEntry(row);
    },
    head: async () => ({ seq: head.seq, hash: head.hash }),
    signedHead: async () => structuredClone(head),
    inDoubt: async () => [...open.values()].map(toEntry).filter((entry) => !lives(entry)),
    async beforeImage(changeId) {
      const image = images.get(storable(changeId));
      return image && image.expiresAt > now() ? Uint8Array.from(image.sealed) : undefined;
    },
    noteGuesses: guesses.noteGuesses,
    async purgeExpired(time) {
      for (const [id, expiresAt] of spent) if (expiresAt <= time - consumedKeptMs) spent.delete(id);
      for (const [changeId, { expiresAt }] of images) if (expiresAt <= time) images.delete(changeId);
      desk.sweep(time);
      guesses.sweep(time);
    },
    async stop() {},
  };
}

const maxChanges = 10_000;

function personKey({ provider, connection, userId }: UserRef): string {
  return [provider, connection, userId].join('\0');
}

function listRows(
  log: Map<number, StoredEntry>,
  changes: Map<string, StoredEntry[]>,
  filter: ChangeFilter,
): ListedChange[] {
  const since = filter.since === undefined ? undefined : toInstant(filter.since);
  const { limit, before = Number.POSITIVE_INFINITY } = filter;
  const wanted = (['provider', 'connection', 'userId', 'changeId', 'outcome'] as const).flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [{ name, value: storableKey(value) }];
  });
  const isListed = (row: StoredEntry): boolean =>
    row.seq < before &&
    changes.get(row.changeId)?.at(-1) === row &&
    (since === undefined || row.at >= since) &&
    wanted.every(({ name, value }) => row[name] === value);
  const found = [...log.values()].reverse().filter(isListed).slice(0, limit);
  return found.map((row) => toListedChange(toEntry(row)));
}

import { hash } from 'node:crypto';
import { bounds } from '../../bounds.ts';
import type { OnAltered } from '../approval-mac.ts';
import type { Mac } from '../mac.ts';
import type { Entry, EntryKind, NewEntry, OpenResult, UserRef } from '../store.ts';
import type { StoredEntry } from './codec.ts';
import { genesis, type Head, hashEntry } from './hash-chain.ts';
import { fitBody } from './truncate.ts';

/** Knobs every store takes. */
export interface StoreOptions {
  /** How long an intent of another host counts as alive, in ms; see `isAlive`. */
  leaseMs?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Made from the server's key. Without one, nothing in the store counts as written by a server that has a key. */
  mac?: Mac;
  /** Told of each approval or approver that was read and does not count. */
  onAltered?: OnAltered;
  /**
   * Told when a store of an earlier version, which signed nothing, was signed as it was found. It happens once; a second
   * time the store was made to look like one.
   */
  onSigned?: () => void;
}

/** For how long a used ticket is remembered after its time, in ms: clocks of instances differ. */
export const consumedKeptMs = 60 * 60_000;

export const emptyHead: Head = { seq: 0, hash: genesis };

/**
 * The row that comes after `head`. Nothing but this makes rows, whatever the database; none is longer than
 * `bounds.auditEntryBytes` as a line of an export.
 */
export function nextEntry(
  head: Head,
  kind: EntryKind,
  entry: NewEntry,
  { owner, now, mac }: { owner: string; now: number; mac: Mac },
): StoredEntry {
  const columns = {
    seq: head.seq + 1,
    changeId: storable(entry.changeId),
    kind,
    at: new Date(now).toISOString(),
    outcome: storable(entry.outcome),
    owner: storable(owner),
    ...storablePerson(entry),
    prev: head.hash,
  };
  const others = Buffer.byteLength(JSON.stringify({ ...columns, body: null, hash: head.hash }));
  const row = { ...columns, bodyText: fitBody(entry.body, bounds.auditEntryBytes - others, mac) };
  return { ...row, hash: hashEntry(row) };
}

/** This person's newest row that is not an attempt; the whole of it is only read where it is open. */
export interface LastMove {
  seq: number;
  kind: EntryKind;
  entry(): Entry;
}

/**
 * What `open` answers, or undefined when the intent may be opened. Since one change follows another, the last move is
 * `opened` exactly when a change of this person is open.
 */
export function findObstacle(
  { spent, last, since }: { spent: boolean; last: LastMove | undefined; since: number },
  isAlive: (entry: Entry) => boolean,
): Exclude<OpenResult, { kind: 'opened' }> | undefined {
  // A used yes is told first: no waiting and no reading again makes it usable.
  if (spent) return { kind: 'consumed' };
  if (last?.kind === 'opened') {
    const entry = last.entry();
    return isAlive(entry) ? { kind: 'busy' } : { kind: 'in_doubt', entry };
  }
  return last && last.seq > since ? { kind: 'moved' } : undefined;
}

/**
 * Text as every database holds it: UTF-8 without NUL. PostgreSQL refuses NUL, SQLite's own functions end the text there,
 * and both turn a lone surrogate into U+FFFD, after which the hash of the row would no longer fit.
 */
export function storable(text: string): string {
  if (text.isWellFormed() && !text.includes('\0')) return text;
  return Buffer.from(text).toString().replaceAll('\0', '\u2400');
}

export function storablePerson(person: UserRef): UserRef {
  const { provider, connection, userId } = person;
  return { provider: storableKey(provider), connection: storableKey(connection), userId: storableKey(userId) };
}

/**
 * Text that is looked up by, as an index holds it: PostgreSQL's take no more than 2,700 bytes a row. What is longer, which
 * no vendor has as an id, is told from others by a hash.
 */
export function storableKey(text: string): string {
  const stored = storable(text);
  if (Buffer.byteLength(stored) <= maxKeyBytes) return stored;
  return `${storable(stored.slice(0, 100))}… (${stored.length} characters, SHA-256 ${hash('sha256', stored)})`;
}

const maxKeyBytes = 800;

/** A time of a filter as the log writes times, so that comparing the texts compares the times. */
export function toInstant(time: string): string {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) throw new Error('`since` is not an ISO 8601 time, such as 2026-01-31T09:00:00Z.');
  return new Date(ms).toISOString();
}

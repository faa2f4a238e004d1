import { canonicalJson, parseJson } from '../json.ts';
import { genesis, type Head, hashEntry } from './chain.ts';
import type { Entry, EntryBody, EntryKind, NewEntry, OpenResult, Person } from './store.ts';

/** Knobs every store takes. */
export interface StoreOptions {
  /** How long an intent of another host counts as alive, in ms; see `isAlive`. */
  leaseMs?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

export const emptyHead: Head = { seq: 0, hash: genesis };

/** The row that comes after `head`. Nothing but this makes rows, whatever the database. */
export function nextEntry(head: Head, kind: EntryKind, entry: NewEntry, owner: string, now: number): Entry {
  const row = {
    seq: head.seq + 1,
    changeId: storable(entry.changeId),
    kind,
    at: new Date(now).toISOString(),
    outcome: storable(entry.outcome),
    owner: storable(owner),
    ...storablePerson(entry),
    body: entry.body,
    prev: head.hash,
  };
  return { ...row, hash: hashEntry(row) };
}

/**
 * What `open` answers, or undefined when the intent may be opened. `last` is this person's newest row that is not an
 * attempt: since one change follows another, it is `opened` exactly when a change of this person is open.
 */
export function findObstacle(
  facts: { spent: boolean; last: Entry | undefined; since: number },
  isAlive: (entry: Entry) => boolean,
): Exclude<OpenResult, { kind: 'opened' }> | undefined {
  const { spent, last, since } = facts;
  // A used yes is told first: no waiting and no reading again makes it usable.
  if (spent) return { kind: 'spent' };
  if (last?.kind === 'opened') return isAlive(last) ? { kind: 'busy' } : { kind: 'orphan', entry: last };
  return last && last.seq > since ? { kind: 'moved' } : undefined;
}

/**
 * Text as every database holds it: UTF-8 without NUL. PostgreSQL refuses NUL, libsql cuts the text off there, and both
 * turn a lone surrogate into U+FFFD, after which the hash of the row would no longer fit.
 */
export function storable(text: string): string {
  if (text.isWellFormed() && !text.includes('\0')) return text;
  return Buffer.from(text).toString().replaceAll('\0', '\u2400');
}

export function storablePerson(person: Person): Person {
  const { provider, connection, userId } = person;
  return { provider: storable(provider), connection: storable(connection), userId: storable(userId) };
}

export function toBodyText(body: EntryBody): string {
  return canonicalJson(body);
}

/**
 * Reads a body back. A text that is not, byte for byte, what `toBodyText` writes was altered in the database; it becomes
 * a body that says so and that no row's hash fits, instead of an error that would keep the rest from being read.
 */
export function fromBodyText(text: string): EntryBody {
  try {
    const body: unknown = parseJson(text);
    // Our own text: the row's hash, not this cast, is what vouches for its shape.
    if (canonicalJson(body) === text) return body as EntryBody;
  } catch {
    // Not JSON any more: answered like every other alteration.
  }
  return { tool: 'unreadable', caller: 'unreadable', fields: [], message: 'This row was altered in the database.' };
}

/** A time of a filter as the log writes times, so that comparing the texts compares the times. */
export function toInstant(time: string): string {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) throw new Error('`since` is not an ISO 8601 time, such as 2026-01-31T09:00:00Z.');
  return new Date(ms).toISOString();
}

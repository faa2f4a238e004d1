import type { Approvals, OnAltered } from './approvals.ts';
import type { Batches } from './batches.ts';
import type { Entry, EntryBody, ListedChange, NewEntry, UserRef } from './log/entry.ts';
import type { SignedHead } from './log/head.ts';
import type { Mac } from './mac.ts';
import type { Nonce } from './nonce.ts';
import type { NoticeCursors } from './notices.ts';
import type { Guess, PeopleNote, PeopleWindow } from './windows.ts';

/**
 * Everything that survives the process. One interface, several stores: SQLite for one machine, PostgreSQL for several,
 * memory for the running process only. One contract test runs the same cases over each.
 */
export interface Store {
  /**
   * Tokens issued before this time (ms since the epoch) may have been consumed without this store knowing, and have to
   * be refused. 0 if consumed nonces outlive the process, else the time the store was created.
   */
  notBefore: number;
  approvals: Approvals;
  batches: Batches;
  notices: NoticeCursors;
  /**
   * Highest seq among this user's entries, 0 if there is none; events do not count, since they move no user record. A
   * plain read, which makes nothing durable.
   */
  lastSeq(user: UserRef): Promise<number>;
  open(request: OpenRequest): Promise<OpenResult>;
  /**
   * Closes an open intent. Idempotent: closing a closed one does nothing and returns false. A before-image given here
   * replaces the one the intent was opened with, and is kept as long.
   */
  close(changeId: string, outcome: string, body: EntryBody, beforeImage?: Uint8Array): Promise<boolean>;
  /** Logs a call that never reached a write. A refusal consumes its confirmation token, so that a no is final. */
  attempt(entry: NewEntry, nonce?: Nonce): Promise<void>;
  list(filter: ChangeFilter): Promise<ListedChange[]>;
  /** Counts of changes that ended, by day, provider and outcome, oldest first. Days without changes have no row. */
  activity(filter: ActivityFilter): Promise<ActivityCount[]>;
  /** Entries in order of seq, for verify and export; in bounded memory, whatever the length. */
  entries(afterSeq?: number): AsyncIterable<Entry>;
  /** The newest entry's seq and hash, kept apart from the entries so that removed entries at the end are noticed. */
  head(): Promise<{ seq: number; hash: string }>;
  /** The same with its MAC. */
  signedHead(): Promise<SignedHead>;
  /** Intents that nothing has closed yet, oldest first. */
  openIntents(): Promise<Entry[]>;
  /** Open intents whose process is gone. */
  inDoubt(): Promise<Entry[]>;
  beforeImage(changeId: string): Promise<Uint8Array | undefined>;
  /** Everything about one change, one approval or one batch as a whole; empty if there is none of that id. */
  trail(id: string): Promise<Trail>;
  /**
   * Notes values that were guessed for masked fields, and returns for each guess how many different values were noted
   * for its key within the last hour, this one included. Keys and values are HMACs: the store never sees what was
   * guessed. Shared by all processes; `windows.ts` says what is kept.
   */
  noteGuesses(guesses: readonly Guess[]): Promise<number[]>;
  /** What was noted in each of these windows within the last hour, at most `limit` of it. A plain read. */
  readPeople(windows: readonly PeopleWindow[]): Promise<string[][]>;
  /** Notes user records in windows of policy, or none of them and returns false if a window does not fit. */
  notePeople(notes: readonly PeopleNote[]): Promise<boolean>;
  /** Drops before-images, batches, consumed nonces, guesses and windows that have expired. `now` in ms since the epoch. */
  purgeExpired(now: number): Promise<void>;
  stop(): Promise<void>;
}

/** The entries of one change, approval or batch. */
export interface Trail {
  /** In order of seq, the first hundred of them. */
  entries: Entry[];
  /** Until when the before-image is kept, in ms since the epoch; undefined if there is none. */
  beforeImageUntil?: number;
}

/** Options of every store. */
export interface StoreOptions {
  /** How long an intent of another host counts as alive, in ms; see `isAlive`. */
  leaseMs?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Made from the server's key. Without one, no server that has a key trusts what this store writes. */
  mac?: Mac;
  /** Called when this process appends an entry, shortly before the transaction is committed. */
  onAppend?: () => void;
  /** Called for each approval or approver that was read and does not count. */
  onAltered?: OnAltered;
  /**
   * Called when a store of an earlier version, which signed nothing, was signed as found. That happens once; a second
   * time, someone made the store look like an old one.
   */
  onSigned?: () => void;
}

/** The outcome of an attempt that counts look-ups. It belongs to no single user, and is not a change. */
export const LOOKED_UP = 'looked_up';

/** Which changes to list; all that is given must match. `src/audit/search.ts` adds filters that need the body. */
export interface ChangeFilter {
  /** One, or any of several. */
  provider?: string | readonly string[];
  connection?: string;
  userId?: string;
  changeId?: string;
  outcome?: string;
  /** One person: entries about one of the user records, or with one of the keyed hashes of her e-mail addresses. */
  person?: { users: readonly UserRecord[]; emailKeys?: readonly string[] };
  batchId?: string;
  /** ISO 8601; entries at or after it. */
  since?: string;
  /** ISO 8601; entries at or before it. */
  until?: string;
  limit: number;
  /** `seq` of the last entry of the page before. */
  before?: number;
  /** The lowest `seq` to read, which bounds how much a filter without an index reads. */
  downTo?: number;
}

/** A user record; without a provider or a connection, that id at any. */
export type UserRecord = Pick<UserRef, 'userId'> & Partial<UserRef>;

/** Which days to count, inclusive, as `2026-01-31` in UTC. */
export interface ActivityFilter {
  from: string;
  to: string;
  providers?: readonly string[];
  outcome?: string;
}

/** How many changes ended on a day (UTC) at a provider with an outcome. */
export interface ActivityCount {
  day: string;
  provider: string;
  outcome: string;
  count: number;
}

/** Opens an intent. All of it in one transaction: the checks, consuming the yes, the entry, the before-image. */
export interface OpenRequest {
  entry: NewEntry;
  /** The result of `lastSeq` before the user record was read. */
  since: number;
  /** The confirmation token, consumed by opening. */
  nonce?: Nonce;
  /**
   * The approval, consumed by opening: `approved` and not expired, else the result is `consumed`. Its secret is
   * dropped.
   */
  approval?: string;
  /** Sealed before- and after-values for undo and recovery; kept until `expiresAt` (ms since the epoch). */
  beforeImage?: { sealed: Uint8Array; expiresAt: number };
  /** Noted by opening; if a window does not fit, the result is `recounted`. */
  people?: readonly PeopleNote[];
}

export type OpenResult =
  | { kind: 'opened'; seq: number }
  /** Another process changes this user: its intent is open and the process is alive. Wait, read again. */
  | { kind: 'busy' }
  /** An open intent whose process is gone. Recovery has to close it before anything new is written. */
  | { kind: 'in_doubt'; entry: Entry }
  /** A change of this user was opened or closed since `since`. The data that was read is stale: read again. */
  | { kind: 'moved' }
  /** The yes was consumed before, or its approval is no longer usable. */
  | { kind: 'consumed' }
  /** A window of policy is no longer as the change was judged. */
  | { kind: 'recounted' };

import type { Redacted } from '../lib/json/redacted.ts';
import type { Approvals } from './approvals.ts';
import type { SignedHead } from './log/head.ts';

/**
 * What outlives the process, as the rest of the house sees it. One interface, several stores: SQLite for one machine,
 * PostgreSQL for several, memory for nothing but the running process. A contract test runs the same cases over each.
 */

/** One field of a recorded change. The values are already masked for the record: a store never sees a clear one. */
export interface RecordedField {
  field: string;
  effect: string;
  before: Redacted<'audit'> | undefined;
  after: Redacted<'audit'> | undefined;
}

/** Everything a row of the change log says. JSON only; free of clear personal values and of secrets. */
export interface EntryBody {
  tool: string;
  caller: string;
  client?: string;
  reason?: string;
  verdict?: string;
  rule?: string;
  /** The `name` of the policy rule that decided, where the operator gave it one. */
  ruleName?: string;
  approvedBy?: string;
  /** The approver who said no out of band. */
  declinedBy?: string;
  fields: RecordedField[];
  stripped?: string[];
  collateral?: RecordedField[];
  code?: string;
  message?: string;
  /** Why the outcome is `unverified` or `conflict`, in our own words. */
  detail?: string;
  /** How long the client's answer to the question took, in ms. */
  answeredAfterMs?: number;
  undoes?: string;
  /** What the changes of one batch have in common. */
  batchId?: string;
}

/** Who is changed: the unit within which updates are made one after the other. */
export interface UserRef {
  provider: string;
  connection: string;
  userId: string;
}

/**
 * `opened`: the intent, durable before the first byte of a write leaves. `closed`: what became of it.
 * `attempt`: something that never came to a write (refused, denied, failed): one row, no intent.
 */
export type EntryKind = 'opened' | 'closed' | 'attempt';

/** A row of the append-only log. `hash` covers every other column and the hash of the row before. */
export interface Entry extends UserRef {
  seq: number;
  changeId: string;
  kind: EntryKind;
  /** ISO 8601, UTC, milliseconds. */
  at: string;
  /** The final word for `closed` and `attempt`; `unverified` for `opened`. */
  outcome: string;
  /** Which running process wrote it; see `Owner`. */
  owner: string;
  body: EntryBody;
  prev: string;
  hash: string;
}

/** A log row as handed to the store, which adds seq, time, owner and the two hashes. */
export type NewEntry = UserRef & { changeId: string; outcome: string; body: EntryBody };

/** A change as people list it: its last row (`closed`, `attempt`, or `opened` while nothing closed it). */
export interface ListedChange extends Entry {
  /** Whether `opened` is the last row, that is, a write is in flight or was interrupted. */
  open: boolean;
}

export interface ChangeFilter {
  provider?: string;
  connection?: string;
  userId?: string;
  changeId?: string;
  outcome?: string;
  /** ISO 8601; rows at or after it. */
  since?: string;
  limit: number;
  /** `seq` of the last row of the page before. */
  before?: number;
}

export type OpenResult =
  | { kind: 'opened'; seq: number }
  /** Another process holds this person: its intent is open and its owner lives. Wait, read again. */
  | { kind: 'busy' }
  /** An open intent whose owner is gone. It has to be closed with the truth before anything new is written. */
  | { kind: 'in_doubt'; entry: Entry }
  /** Somebody opened or closed a change of this person since `since`. What was read is stale: read again. */
  | { kind: 'moved' }
  /** The yes was used before, or its approval is not there any more. */
  | { kind: 'consumed' };

/**
 * A ticket that counts once, with the time (ms since the epoch) until which it has to be remembered. It is kept for an
 * hour more (`spentKeptMs`): another instance, whose clock is behind, may still take it for valid.
 */
export interface Nonce {
  id: string;
  expiresAt: number;
}

/** A value tried for one masked field of one user record by one caller. */
export interface Guess {
  /** HMAC of caller, user record and field. */
  key: string;
  /** HMAC of the value. */
  value: string;
}

/** Opens an intent. All of it in one transaction: the checks, the spending of the yes, the row, the sealed image. */
export interface OpenRequest {
  entry: NewEntry;
  /** What `lastSeq` said before the record was read. */
  since: number;
  /** A yes that may be used once, with the time until which it has to be remembered. */
  nonce?: Nonce;
  /** An approval that is used up by this: `approved` and not over, else the answer is `spent`. Its secret is dropped. */
  approval?: string;
  /** Sealed before- and after-values for undo and for reconciling; kept until `expiresAt` (ms since the epoch). */
  beforeImage?: { sealed: Uint8Array; expiresAt: number };
}

export interface Store {
  /**
   * What was minted before (ms since the epoch) may have been used without this store knowing: 0 where used answers
   * outlive the process, else when the store was made. Such an answer has to be refused.
   */
  notBefore: number;
  approvals: Approvals;
  /** Highest seq among this person's rows, 0 when there is none. Not durable by itself, a plain read. */
  lastSeq(user: UserRef): Promise<number>;
  open(request: OpenRequest): Promise<OpenResult>;
  /**
   * Closes an open intent. Idempotent: closing what is closed does nothing and answers false. An image given here
   * takes the place of the one the intent was opened with, and is kept as long.
   */
  close(changeId: string, outcome: string, body: EntryBody, beforeImage?: Uint8Array): Promise<boolean>;
  /** Records what never came to a write. A refusal spends its ticket, so that a no stays a no. */
  attempt(entry: NewEntry, nonce?: Nonce): Promise<void>;
  list(filter: ChangeFilter): Promise<ListedChange[]>;
  /** Rows in order of seq, for verify and export; bounded memory whatever the length. */
  rows(afterSeq?: number): AsyncIterable<Entry>;
  /** The newest row's seq and hash, kept apart from the rows so that cutting the end off is noticed. */
  head(): Promise<{ seq: number; hash: string }>;
  /** The same with what vouches for it. */
  signedHead(): Promise<SignedHead>;
  /** Open intents whose owner is gone. */
  inDoubt(): Promise<Entry[]>;
  image(changeId: string): Promise<Uint8Array | undefined>;
  /**
   * Notes values that were guessed for masked fields, and answers for each guess how many different values were noted
   * for its key within the last hour, this one included. Keys and values are HMACs: the store never sees what was
   * guessed. Shared by all processes; see `guesses.ts` for what is kept.
   */
  noteGuesses(guesses: readonly Guess[]): Promise<number[]>;
  /** Drops images, spent answers and guesses whose time is over. */
  purgeExpired(now: number): Promise<void>;
  stop(): Promise<void>;
}

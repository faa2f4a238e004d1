import type { Redacted } from '../../lib/json/redacted.ts';

/** The types of the audit log. */

/** One field of a logged change. The values are masked for the audit log: a store never sees a clear one. */
export interface RecordedField {
  field: string;
  effect: string;
  before: Redacted<'audit'> | undefined;
  after: Redacted<'audit'> | undefined;
}

/** Everything an entry says. JSON only; free of clear personal values and of secrets. */
export interface EntryBody {
  tool: string;
  caller: string;
  client?: string;
  reason?: string;
  verdict?: string;
  rule?: string;
  /** The `name` of the policy rule that decided, if the operator gave it one. */
  ruleName?: string;
  approvedBy?: string;
  /** The approver who said no out of band. */
  declinedBy?: string;
  fields: RecordedField[];
  stripped?: string[];
  /** Fields that the vendor could change as well, and policy judged. Missing where no field of the provider can. */
  sideEffects?: string[];
  collateral?: RecordedField[];
  code?: string;
  message?: string;
  /** Why the outcome is `unverified` or `conflict`, in our own words. */
  detail?: string;
  /** How long the client's answer to the question took, in ms. */
  answeredAfterMs?: number;
  undoes?: string;
  /** Shared by all changes of one batch. */
  batchId?: string;
  /** The approval that a change waits for, or that it used. */
  approvalId?: string;
  /** Of an entry of kind `approval`: the approver who decided. */
  approver?: string;
  /** Of the end of a batch: how many changes ended with each outcome. */
  counts?: Record<string, number>;
  /** Of an event of a batch: the number of user records. */
  people?: number;
  /** Of an event of a batch: whether all of its changes were to be made, or none. */
  allOrNothing?: true;
  /** Of the end of a batch: it went on after an interruption, so that it may have ended before. */
  resumed?: true;
  /** Its process ended before it did, and another one says how far it had come. */
  interrupted?: true;
  /** Keyed hashes of the e-mail addresses of the user record: found by them, entries need not show an address. */
  emailKeys?: string[];
}

/** The user who is changed. Updates of one user are made one after the other. */
export interface UserRef {
  provider: string;
  connection: string;
  userId: string;
}

/**
 * Kinds of entries that are no change of a user record: lists, counts and the order of changes leave them out.
 * `approval`: something happened to a request for approval; its `changeId` is the id of the approval, its outcome an
 * `ApprovalEvent`. `batch`: a batch was opened, or has finished, opened or not; its `changeId` is the id of the batch, its outcome a
 * `BatchEvent`, its `provider` and `connection` are all of them, sorted and joined by commas, and its `userId` is empty.
 */
export const EVENT_KINDS = ['approval', 'batch'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * `opened`: the intent, durable before the first byte of a write leaves. `closed`: its outcome. `attempt`: a call that
 * never reached a write (refused, denied, failed): one entry, no intent. The others are events.
 */
export type EntryKind = 'opened' | 'closed' | 'attempt' | EventKind;

export function isEvent({ kind }: Pick<Entry, 'kind'>): boolean {
  return EVENT_KINDS.some((one) => one === kind);
}

/** The outcomes of entries of kind `approval`: what happened to a request for approval. */
export const APPROVAL_EVENTS = ['requested', 'approved', 'declined', 'taken_back', 'expired'] as const;
export type ApprovalEvent = (typeof APPROVAL_EVENTS)[number];

/** The outcomes of entries of kind `batch`. */
export const BATCH_EVENTS = ['opened', 'finished'] as const;
export type BatchEvent = (typeof BATCH_EVENTS)[number];

/** An entry of the append-only audit log. `hash` covers every other property and the hash of the entry before. */
export interface Entry extends UserRef {
  seq: number;
  changeId: string;
  kind: EntryKind;
  /** ISO 8601, UTC, milliseconds. */
  at: string;
  /** Final for `closed` and `attempt`; `unverified` for `opened`; of an event, what happened. */
  outcome: string;
  /** The process id of the writer. Named as in exports, whose hashes cover the name. */
  owner: string;
  body: EntryBody;
  prev: string;
  hash: string;
}

/** An entry as a store keeps it: the body as text, which is also what the entry's hash covers. */
export type StoredEntry = Omit<Entry, 'body'> & { bodyText: string };

/** An entry as handed to the store, which adds seq, time, process id and the two hashes. */
export type NewEntry = UserRef & { changeId: string; outcome: string; body: EntryBody };

/** A change as people list it: its last entry (`closed`, `attempt`, or `opened` while nothing closed it). */
export interface ListedChange extends Entry {
  /** Whether `opened` is the last entry, that is, a write is in flight or was interrupted. */
  open: boolean;
}

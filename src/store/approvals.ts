import type { EntryBody, UserRef } from './log/entry.ts';
import type { Nonce } from './nonce.ts';

/** Out-of-band approvals and the approvers. Part of every store; one contract test for all. */

/**
 * `pending` → `approved` → `used`, or `declined`, or `withdrawn` (replaced by a newer request for the same thing). A
 * row returns from `approved` to `pending` if a yes was taken back or no longer counts. Expiry is not a state: a row
 * whose `expiresAt` has passed has expired, whatever its state.
 */
export type ApprovalState = 'pending' | 'approved' | 'declined' | 'withdrawn' | 'used';

export interface ApprovalDecision {
  approver: string;
  yes: boolean;
  reason?: string;
  /** ISO 8601. */
  at: string;
  /** Identifies the approver's registration at that time: the same name registered again has another. */
  registration?: string;
  /** When the approver took the yes back, ISO 8601. It no longer counts. */
  takenBack?: string;
}

export interface ApprovalRow extends UserRef {
  id: string;
  /** Matches one plan only: same user, same before and after values, same caller. */
  digest: string;
  /** Identical for identical arguments of one caller, regardless of the user record. */
  requestKey: string;
  /**
   * The same for the same change of the same fields by the same caller, whatever else in the user record moved and
   * whatever reason the caller gives: a no counts for all of it.
   */
  changeKey?: string;
  state: ApprovalState;
  /** The verified principal that asked. */
  caller: string;
  /** ISO 8601. */
  createdAt: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** The number of approvers required when it was requested; one no is enough to decline. */
  needed: number;
  decisions: ApprovalDecision[];
  /** The snapshot for the approver, sealed. Never contains a secret. */
  view: Uint8Array;
  /** Secrets an approver typed on the page, sealed; gone once used, declined or expired. */
  secret?: Uint8Array;
  /** The change it was used for. */
  changeId?: string;
}

export type NewApproval = Omit<ApprovalRow, 'state' | 'createdAt' | 'decisions' | 'secret' | 'changeId'>;

/** The current rule for when decisions are enough. */
export interface DecisionRule {
  needed: number;
  /** The yeses that count, at most one per person. */
  counted(decisions: readonly ApprovalDecision[]): readonly ApprovalDecision[];
  /** Whether two names of approvers count as one person. */
  isSame(one: string, other: string): boolean;
}

export type DecideResult =
  | { kind: 'decided'; row: ApprovalRow }
  /** No longer pending, expired, or unknown. */
  | { kind: 'gone' }
  /** This approver has decided on it before. */
  | { kind: 'repeated' };

export interface ApproverRow {
  name: string;
  /** A scrypt verifier in PHC-like text, never a passphrase. */
  verifier: string;
  /** Other names of the approver: callers with these names are the same person. */
  principals: string[];
  /** What the approver may decide on: `PROVIDER:EFFECT`, `*` for any. */
  may: string[];
  /** ISO 8601. */
  createdAt: string;
  /** The last sign-in, ISO 8601; only for approvers who sign in by OpenID Connect. */
  signedInAt?: string;
}

/** An approver to be registered. */
export type NewApprover = Omit<ApproverRow, 'createdAt'>;

/** `unknown`: there is none to replace. `taken`: the new one cannot be distinguished from another approver. */
export type ReplaceResult = { kind: 'replaced' | 'unknown' } | { kind: 'taken'; by: ApproverRow };

/** The most requests that one `logExpired` handles: others can write in between. */
export const expiredPerCall = 100;

/** Where a page of a list ended. */
export interface ApprovalCursor {
  expiresAt: number;
  id: string;
}

export interface Approvals {
  /**
   * Requests approval. Identical pending requests (same digest, not expired) are one: the existing one is returned,
   * with its own id. Throws `TooManyPending` if this caller would have more than `mostPending`. `entry` says what is
   * asked for, masked for the audit log: the entries about this request repeat it. Every change of a row and its entry
   * are one transaction.
   */
  request(approval: NewApproval, entry: EntryBody, mostPending?: number): Promise<ApprovalRow>;
  get(id: string): Promise<ApprovalRow | undefined>;
  /** The newest row with this digest, expired or not. */
  findByDigest(digest: string): Promise<ApprovalRow | undefined>;
  /** The newest row with this request key, expired or not. */
  findByRequest(requestKey: string): Promise<ApprovalRow | undefined>;
  /** The newest declined row with this change key that has not expired. */
  findDeclined(changeKey: string): Promise<ApprovalRow | undefined>;
  /** Rows that have not expired, soonest to expire first. An altered one is included, as `withdrawn`. */
  listUnexpired(filter: {
    state: 'pending' | 'approved';
    limit: number;
    after?: ApprovalCursor;
  }): Promise<ApprovalRow[]>;
  /** Newest first. `pending` leaves out the expired ones. */
  list(filter: { state?: ApprovalState; limit: number }): Promise<ApprovalRow[]>;
  /** How many are pending and have not expired. */
  countPending(): Promise<number>;
  /**
   * Stores a decision and its entries, in one transaction: a no declines, the `needed`-th different yes approves.
   * `secret` is kept with a yes. Deciding on a row that is not pending, or has expired, changes nothing; one that is approved by fewer than
   * the rule needs counts as pending. Without a rule, every yes under another name counts.
   */
  decide(
    id: string,
    decision: Omit<ApprovalDecision, 'at' | 'takenBack'>,
    secret?: Uint8Array,
    rule?: DecisionRule,
  ): Promise<DecideResult>;
  /**
   * Sets a request to approved or pending under the current rule, in one transaction. Returns the updated row;
   * undefined if there is none. Drops the secret if the yes it came with no longer counts.
   */
  recount(id: string, rule: DecisionRule): Promise<ApprovalRow | undefined>;
  /**
   * Takes this approver's yes back; the request is pending again and its secret dropped. Undefined when there is no such
   * yes, or it was used, or has expired. In one transaction: it is either taken back or used.
   */
  takeBack(id: string, approver: string): Promise<ApprovalRow | undefined>;
  /** Withdraws a pending or approved request, expired or not; its secret is dropped. False when there is none. */
  withdraw(id: string): Promise<boolean>;
  /**
   * Logs which pending or approved requests have expired, each once, by whichever process comes first. Returns how many
   * it handled; call it again if that is `expiredPerCall`.
   */
  logExpired(): Promise<number>;

  /**
   * Consumes a nonce, such as that of a form on the page. False when it was consumed before, by any process that shares
   * the store. Remembered until an hour after `expiresAt`: after that the caller has to check the expiry itself.
   */
  consume(nonce: Nonce): Promise<boolean>;
  isConsumed(id: string): Promise<boolean>;

  approvers(): Promise<ApproverRow[]>;
  /** False when the name is taken, or cannot be distinguished from another approver's, including the further names of both. */
  addApprover(
    name: string,
    verifier: string,
    principals?: readonly string[],
    may?: readonly string[],
  ): Promise<boolean>;
  /**
   * Replaces the approvers that `isReplaced` accepts by the one that `replace` makes of the first of them, or registers
   * that one if there was none to replace; `unknown` if it makes none. What they agreed to becomes pending again in the
   * same transaction if it is unused, and is judged anew. Both functions may run several times.
   */
  replaceApprover(
    isReplaced: (one: ApproverRow) => boolean,
    replace: (found: ApproverRow | undefined) => NewApprover | undefined,
  ): Promise<ReplaceResult>;
  /** Also makes everything this approver agreed to pending again if it is unused, in the same transaction. */
  removeApprover(name: string): Promise<boolean>;
}

/** Called for an approval or approver that was altered. `unknown_key`: it was signed, with a key that is not known here. */
export type OnAltered = (what: string, why: 'broken' | 'unknown_key') => void;

import type { Person, Spend } from './store.ts';

/** What waits for a person out of band, and who that person may be. Part of every store; same contract test for all. */

/**
 * `pending` → `approved` → `used`, or `declined`, or `withdrawn` (overtaken by a newer request for the same thing).
 * Expiry is no state: a row whose `expiresAt` has passed is over, whatever its state.
 */
export type ApprovalState = 'pending' | 'approved' | 'declined' | 'withdrawn' | 'used';

export interface ApprovalDecision {
  approver: string;
  yes: boolean;
  reason?: string;
  /** ISO 8601. */
  at: string;
}

export interface ApprovalRow extends Person {
  id: string;
  /** Fits one plan only: same user, same before and after values, same caller. */
  digest: string;
  /** The same for the same arguments of the same caller, whatever the record held. */
  requestKey: string;
  state: ApprovalState;
  /** The verified principal that asked. */
  caller: string;
  /** ISO 8601. */
  createdAt: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** How many different approvers have to say yes; one no is enough to decline. */
  needed: number;
  decisions: ApprovalDecision[];
  /** What the approver is shown, sealed. Never holds a secret. */
  view: Uint8Array;
  /** Secrets an approver typed on the page, sealed; gone once used, declined or over. */
  secret?: Uint8Array;
}

export type NewApproval = Omit<ApprovalRow, 'state' | 'createdAt' | 'decisions' | 'secret'>;

export type DecideResult =
  | { kind: 'decided'; row: ApprovalRow }
  /** Not pending any more, over, or unknown. */
  | { kind: 'gone' }
  /** This approver has decided on it before. */
  | { kind: 'repeated' };

export interface ApproverRow {
  name: string;
  /** A scrypt verifier in PHC-like text, never a passphrase. */
  verifier: string;
  /** ISO 8601. */
  createdAt: string;
  failures: number;
  /** Milliseconds since the epoch; 0 when not locked. */
  lockedUntil: number;
}

export interface Approvals {
  /**
   * Puts a request up for approval. Identical pending requests (same digest, not over) are one: the one that is there
   * is returned, with its own id. In one transaction.
   */
  request(approval: NewApproval): Promise<ApprovalRow>;
  get(id: string): Promise<ApprovalRow | undefined>;
  /** The newest row with this digest, over or not. */
  byDigest(digest: string): Promise<ApprovalRow | undefined>;
  /** The newest row with this request key, over or not. */
  byRequest(requestKey: string): Promise<ApprovalRow | undefined>;
  /** Newest first. `pending` leaves out what is over. */
  list(filter: { state?: ApprovalState; limit: number }): Promise<ApprovalRow[]>;
  /** How many are pending and not over. */
  countPending(): Promise<number>;
  /**
   * Records a decision, in one transaction: a no declines, the `needed`-th different yes approves. `secret` is kept
   * with a yes. Deciding on what is not pending, or is over, changes nothing.
   */
  decide(id: string, decision: Omit<ApprovalDecision, 'at'>, secret?: Uint8Array): Promise<DecideResult>;
  /** Takes a pending or approved request back, over or not; its secret is dropped. False when there was nothing to take back. */
  withdraw(id: string): Promise<boolean>;

  /**
   * Uses up what counts once, such as a form of the page. False when it was used up before, by any process that shares
   * the store. Remembered until an hour after `expiresAt`: from then on it is the caller who has to know that it is over.
   */
  spend(spend: Spend): Promise<boolean>;
  isSpent(id: string): Promise<boolean>;

  approvers(): Promise<ApproverRow[]>;
  /** False when the name is taken. */
  addApprover(name: string, verifier: string): Promise<boolean>;
  removeApprover(name: string): Promise<boolean>;
  /** Counts a failed sign-in; the `limit`-th in a row locks the approver for `lockMs`. In one transaction. */
  noteFailure(name: string, limit: number, lockMs: number): Promise<void>;
  /** Forgets failed sign-ins after a good one. */
  noteSuccess(name: string): Promise<void>;
}

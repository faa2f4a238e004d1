import type { AppError, ErrorCode } from '../../errors.ts';
import type { Plan } from '../plan/types.ts';
import type { Verification } from '../plan/verify.ts';
import type { OutcomeName, Verdict } from '../types.ts';

/**
 * How a call ended: one member for each way to end, with the facts its message needs but no text. `messages.ts` writes
 * the messages.
 */
export type Outcome = WithoutQuestion | Unconfirmed | Failure | Written;

type WithoutQuestion =
  | { kind: 'unchanged' }
  | { kind: 'preview'; plan: Plan; verdict: Verdict }
  | { kind: 'denied'; verdict: Verdict }
  /** Too many different values for a masked field: an answer would confirm a guess. */
  | { kind: 'guess_limit'; limit: number };

type Unconfirmed =
  | { kind: 'refused'; answer: Refusal }
  /** `until` in ms since the epoch. */
  | { kind: 'approver_declined'; approver: string | undefined; until: number }
  | { kind: 'approval_expired' }
  | { kind: 'too_many_approvals'; limit: number }
  | { kind: 'needs_approval'; reason: ApproverReason; approval: PendingApproval }
  | { kind: 'confirmation_unavailable'; reason: ApproverReason; obstacle: Obstacle }
  /** Of a batch: the record is not what the question showed. */
  | { kind: 'moved_since_question' }
  /** Of a batch: policy asks for more than the consent that was given. */
  | { kind: 'not_covered' }
  /** The caller stopped waiting; `isAsked`: while the question was open. */
  | { kind: 'abandoned'; isAsked: boolean };

/** Nothing was sent, or the vendor refused it. */
type Failure = { kind: 'failed'; error: unknown };

/** An intent was opened. `keptFields`: contested fields that were left as they are. */
export type Written = { keptFields: readonly string[] } & (
  | { kind: 'moved_before_write' }
  | { kind: 'rejected'; error: AppError }
  | { kind: 'updated'; reply: VendorReply; seen: Verification }
  | { kind: 'other_value'; reply: VendorReply; seen: Verification }
  /** The reply was lost and the record still holds the old values. */
  | { kind: 'not_written'; error: AppError; seen: Verification }
  | { kind: 'not_read_back'; reply: VendorReply }
  | { kind: 'unverified'; reply: VendorReply; doubt: Doubt; seen: Verification }
);

export type VendorReply = { kind: 'accepted' } | { kind: 'lost'; error: AppError };

/** Why the read-back proves nothing. */
export type Doubt = 'may_still_run' | 'old_value' | 'not_shown' | 'write_only';

/** An answer that means no. */
export type Refusal =
  | { kind: 'declined' | 'closed'; by: 'client' | 'terminal'; afterMs: number }
  | { kind: 'chose_no'; afterMs: number }
  | { kind: 'wrong_name'; times: number }
  | { kind: 'did_not_overwrite' };

/** An answer that, as far as we can tell, no person gave. */
export type NoPerson =
  | { kind: 'too_fast_no'; did: 'declined' | 'closed'; afterMs: number }
  | { kind: 'too_fast_yes'; afterMs: number }
  | { kind: 'no_choice'; afterMs: number };

/** Why an approver decides instead of a person at the client. */
export type ApproverReason =
  | { kind: 'policy' }
  | { kind: 'secret_input'; fields: readonly string[] }
  /** `onlyOverwrites`: policy allows the change; only overwriting later changes of someone else needs a yes. */
  | { kind: 'no_answer'; onlyOverwrites: boolean; cause: NoAnswer };

/** Why the client's user did not answer. */
export type NoAnswer =
  | { kind: 'unanswered' | 'channel_page' | 'no_terminal' | 'client_cannot_ask' }
  | { kind: 'too_long'; lines: number }
  | { kind: 'no_person'; answer: NoPerson };

/** Why no approver can decide either. */
export type Obstacle = { kind: 'channel_client' } | { kind: 'too_few_approvers'; needed: number };

export interface PendingApproval {
  id: string;
  /** Ms since the epoch. */
  expiresAt: number;
  /** Where the approval page shows it; undefined if none is served. */
  url: string | undefined;
  /** This call made the request; only then it is recorded. */
  isNew: boolean;
  /** The differences from an earlier request for the same change. */
  note: string | undefined;
}

/** The text about an outcome for the caller and the audit log. */
export interface Message {
  outcome: OutcomeName;
  code?: ErrorCode;
  message: string;
  next?: string;
  /** For the audit entry: why the outcome is `unverified` or `conflict`. */
  detail?: string;
  /** For the audit entry: why nothing was asked or agreed. */
  note?: string;
}

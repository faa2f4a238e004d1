import type { FieldError } from '../providers/provider.ts';
import type { ApprovalCursor, ApprovalRow, DecideResult } from '../store/approvals.ts';
import { type ApprovalSnapshot, askForIn, type BatchSnapshot, isBatchSnapshot } from './snapshot.ts';

/** Maximum length of an approver's reason, in characters. */
export const MAX_REASON = 300;

/** A request for approval, its snapshot unsealed: for one change, or for a batch. */
export type Approval = SingleApproval | BatchApproval;

export interface SingleApproval {
  row: ApprovalRow;
  snapshot: ApprovalSnapshot;
}

export interface BatchApproval {
  row: ApprovalRow;
  snapshot: BatchSnapshot;
}

export function isBatch(approval: Approval): approval is BatchApproval {
  return isBatchSnapshot(approval.snapshot);
}

/** Brings a row and what was sealed in it together. */
export function toApproval(row: ApprovalRow, snapshot: ApprovalSnapshot | BatchSnapshot): Approval {
  return isBatchSnapshot(snapshot) ? { row, snapshot } : { row, snapshot };
}

/** One page of requests, soonest to expire first. */
export interface ApprovalList {
  approvals: Approval[];
  /** How many could not be read: sealed with a key this process does not have, or altered. */
  unreadable: number;
  /** Where the next page begins; undefined on the last one. */
  next?: ApprovalCursor;
}

/** An approver's decision, as a form or a terminal submits it. */
export interface ApproverDecision {
  yes: boolean;
  reason?: string;
  /** The user's label or the number of changes, typed to confirm. */
  typed?: string;
  /** Whether fields that changed since may be overwritten by an undo. */
  overwrite?: boolean;
  secrets?: Readonly<Record<string, string>>;
}

export type DecisionResult =
  | DecideResult
  /** The caller may be this approver, so the approver can only decline. */
  | { kind: 'own' }
  /** The approver has no right to decide on this change. */
  | { kind: 'no-right' }
  /** The approver is no longer registered. */
  | { kind: 'removed' }
  /** Nothing was recorded; each error names an input to correct. */
  | { kind: 'invalid'; errors: FieldError[] };

/** Secrets still to be typed. Where several have to agree, the first approver types them. */
export function secretsToType({ row, snapshot }: Approval): readonly string[] {
  return row.secret ? [] : askForIn(snapshot);
}

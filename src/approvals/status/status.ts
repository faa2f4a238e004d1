import type { ListedChange } from '../../store/log/entry.ts';
import { type Approval, isBatch } from '../approval.ts';
import { isYes } from '../eligibility.ts';
import { approverOf } from '../identity.ts';
import { askForIn } from '../snapshot.ts';

/** The status of a request, by the yeses that count now. */
export type ApprovalStatus =
  /** `missing`: how many more approvers have to agree. */
  | { kind: 'pending'; agreed: readonly string[]; missing: number }
  /** Enough approvers agreed; the agent has not called again yet. */
  | { kind: 'approved'; agreed: readonly string[]; hasSecrets: boolean }
  | { kind: 'declined'; by: readonly string[]; reason?: string }
  | { kind: 'withdrawn' }
  | { kind: 'expired' }
  /** `what`: what it was used for, by the audit log. */
  | { kind: 'used'; by: readonly string[]; what?: UsedFor };

/** The change or the batch that an approval led to. */
export type UsedFor =
  | { kind: 'change'; change: ListedChange }
  /** `counts`: how many changes ended with each outcome; undefined while it is under way, or if it was interrupted. */
  | { kind: 'batch'; batchId: string; counts: Readonly<Record<string, number>> | undefined };

/** The actions one approver can take on a request. */
export type Eligibility =
  | { kind: 'eligible' }
  /** The approver has no right at that provider, and does not see the request. */
  | { kind: 'hidden' }
  /** The approver lacks the right to one of these effects, at the provider of that title, and can do nothing. */
  | { kind: 'no-right'; missing: readonly { provider: string; effects: readonly string[] }[] }
  /** The caller may be this approver, so the approver can only decline. */
  | { kind: 'own' }
  /** This approver's yes counts and is unused: the approver can take it back or decline instead. */
  | { kind: 'agreed' }
  /** The yes of an approver who counts as the same person. */
  | { kind: 'agreed-as'; name: string }
  /** The approver has to sign in again first: the last sign-in is too long ago for what this changes. */
  | { kind: 'sign-in-again' }
  /** There is nothing left to decide. */
  | { kind: 'closed' };

/**
 * Who uses an approval: the agent that asked, by another call; a server, for what an approver asked for; or the command
 * that resumes a batch which is kept.
 */
export type ApprovalUser = 'agent' | 'server' | 'command';

export function userOf(approval: Approval): ApprovalUser {
  if (approverOf(approval.row.caller) !== undefined) return 'server';
  return isBatch(approval) && approval.snapshot.isKept ? 'command' : 'agent';
}

/** A request as one approver sees it. */
export interface Review {
  status: ApprovalStatus;
  eligibility: Eligibility;
  /** How many different people have to agree. */
  needed: number;
  user: ApprovalUser;
  /** The last attempt of a server that failed before anything was written. */
  attempt?: ListedChange;
  /** The request that replaced this one. */
  newer?: string;
}

/** `agreed`: the approvers whose yes counts now; `what`: what a used approval led to. */
export function statusOf(
  { row, snapshot }: Approval,
  agreed: readonly string[],
  needed: number,
  what?: UsedFor,
): ApprovalStatus {
  const namesIn = (decisions: typeof row.decisions) => [...new Set(decisions.map(({ approver }) => approver))];
  switch (row.state) {
    case 'used':
      return { kind: 'used', by: namesIn(row.decisions.filter(isYes)), ...(what && { what }) };
    case 'declined': {
      const reason = row.decisions.find(({ yes }) => !yes)?.reason;
      return {
        kind: 'declined',
        by: namesIn(row.decisions.filter(({ yes }) => !yes)),
        ...(reason !== undefined && { reason }),
      };
    }
    case 'withdrawn':
      return { kind: 'withdrawn' };
    case 'pending':
    case 'approved':
      if (row.expiresAt <= Date.now()) return { kind: 'expired' };
      if (agreed.length >= needed) return { kind: 'approved', agreed, hasSecrets: askForIn(snapshot).length > 0 };
      return { kind: 'pending', agreed, missing: needed - agreed.length };
  }
}

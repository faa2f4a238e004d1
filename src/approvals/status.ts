import type { ListedChange } from '../store/log/entry.ts';
import type { Approval } from './approval.ts';
import { isYes } from './eligibility.ts';

/** The status of a request, by the yeses that count now. */
export type ApprovalStatus =
  /** `missing`: how many more approvers have to agree. */
  | { kind: 'pending'; agreed: readonly string[]; missing: number }
  /** Enough approvers agreed; the agent has not called again yet. */
  | { kind: 'approved'; agreed: readonly string[]; hasSecrets: boolean }
  | { kind: 'declined'; by: readonly string[]; reason?: string }
  | { kind: 'withdrawn' }
  | { kind: 'expired' }
  /** `change`: its outcome in the audit log. */
  | { kind: 'used'; by: readonly string[]; change?: ListedChange };

/** The actions one approver can take on a request. */
export type Eligibility =
  | { kind: 'eligible' }
  /** The approver has no right at that provider, and does not see the request. */
  | { kind: 'hidden' }
  /** The approver has no right to this effect, or to one of these, and can do nothing. */
  | { kind: 'no-right'; provider: string; effects: readonly string[] }
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

/** A request as one approver sees it. */
export interface Review {
  status: ApprovalStatus;
  eligibility: Eligibility;
  /** How many different people have to agree. */
  needed: number;
  /** Who uses the approval: the agent that asked, or a server, for what an approver asked for. */
  user: 'agent' | 'server';
  /** The last attempt of a server that failed before anything was written. */
  attempt?: ListedChange;
  /** The request that replaced this one. */
  newer?: string;
}

/** `agreed`: the approvers whose yes counts now; `change`: the change a used approval led to. */
export function statusOf(
  { row, snapshot }: Approval,
  agreed: readonly string[],
  needed: number,
  change?: ListedChange,
): ApprovalStatus {
  const namesIn = (decisions: typeof row.decisions) => [...new Set(decisions.map(({ approver }) => approver))];
  switch (row.state) {
    case 'used':
      return { kind: 'used', by: namesIn(row.decisions.filter(isYes)), ...(change && { change }) };
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
      if (agreed.length >= needed) return { kind: 'approved', agreed, hasSecrets: snapshot.askFor.length > 0 };
      return { kind: 'pending', agreed, missing: needed - agreed.length };
  }
}

import { bounds } from '../../bounds.ts';
import type { ApprovalRow } from '../../store/approvals.ts';
import { NEXT } from './next-steps.ts';
import type { Words } from './result.ts';

/** How a call ends for which there is no approval, nor one to wait for. */

export const tooManyWords: Words = {
  outcome: 'failed',
  code: 'confirmation_unavailable',
  message: `This change needs approval, but ${bounds.pendingApprovals} requests of this caller already wait for an approver, which is the most one caller may have. Nothing was changed.`,
  next: 'Have approvers decide on what waits (update-user-mcp approvals list), then call again.',
};

export const expiredWords: Words = {
  outcome: 'failed',
  code: 'approval_expired',
  message: 'The approval was not given, or not used, in time. Nothing was changed.',
  next: NEXT.approval_expired,
};

export function declinedWords(row: ApprovalRow): Words {
  const no = row.decisions.find((decision) => !decision.yes);
  return {
    outcome: 'refused',
    code: 'declined',
    message: `${no ? `${no.approver} declined` : 'An approver declined'} this change. Nothing was changed.`,
    next: `${NEXT.declined} The no stands until ${new Date(row.expiresAt).toISOString()}; a call after that asks anew.`,
  };
}

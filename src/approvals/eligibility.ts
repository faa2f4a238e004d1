import { createHash } from 'node:crypto';
import type { ApprovalDecision, ApproverRow, DecisionRule } from '../store/approvals.ts';
import { approverOf, distinctPeople, type IdentityNames, mayBeSamePerson } from './identity.ts';
import { mayDecide, type RightsNeeded } from './rights.ts';

export interface DecisionRuleOptions {
  /** As registered now. */
  approvers: readonly ApproverRow[];
  needed: number;
  /** All names of the caller. */
  caller: IdentityNames;
  callerMayApprove: boolean;
  /** The rights that a yes takes, at each provider. */
  rights: readonly RightsNeeded[];
}

/** Thrown when a caller already has as many pending requests as it may have. */
export class TooManyPending extends Error {
  constructor() {
    super('Too many requests of one caller wait for approval.');
  }
}

/**
 * Decides which yeses count: only those of approvers who are not the caller, whose registration has not changed since,
 * and who have the right to every effect of the change now. Approvers who may be the same person count once.
 */
export function createDecisionRule(options: DecisionRuleOptions): DecisionRule {
  const { approvers, needed, caller, callerMayApprove, rights } = options;
  const registered = new Map(approvers.map((one) => [one.name, one]));
  const namesNow = (name: string) => namesOf(registered.get(name) ?? { name, principals: [] });
  const ownCounts = ownYesCounts(callerMayApprove, caller);

  function isCounted(decision: ApprovalDecision): boolean {
    const approver = registered.get(decision.approver);
    if (!approver || !isYes(decision)) return false;
    const isSame = decision.registration === undefined || decision.registration === registrationOf(approver);
    if (!isSame || !rights.every(({ provider, effects }) => mayDecide(approver.may, provider, effects))) return false;
    return ownCounts || !mayBeSamePerson(namesOf(approver), caller);
  }

  return {
    needed,
    counted: (decisions) => distinctPeople(decisions.filter(isCounted), ({ approver }) => namesNow(approver)),
    isSame: (one, other) => mayBeSamePerson(namesNow(one), namesNow(other)),
  };
}

/**
 * Whether the yes of an approver who may be the caller counts. Never for what an approver asks for on the approval site:
 * without the yes of another one, a change could be made from there, whatever policy says.
 */
export function ownYesCounts(callerMayApprove: boolean, caller: IdentityNames): boolean {
  return callerMayApprove && !caller.some((name) => approverOf(name) !== undefined);
}

/** All names of an approver. */
export function namesOf({ name, principals }: Pick<ApproverRow, 'name' | 'principals'>): string[] {
  return [name, ...principals];
}

/** A yes that was not taken back. */
export function isYes({ yes, takenBack }: ApprovalDecision): boolean {
  return yes && takenBack === undefined;
}

/** Identifies one registration of an approver: the same name registered again has another. */
export function registrationOf({ name, verifier }: Pick<ApproverRow, 'name' | 'verifier'>): string {
  return createHash('sha256')
    .update(JSON.stringify([name, verifier]))
    .digest('base64url')
    .slice(0, 22);
}

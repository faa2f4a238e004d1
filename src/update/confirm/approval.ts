import { createDecisionRule, TooManyPending } from '../../approvals/eligibility.ts';
import { namesOfCaller } from '../../approvals/identity.ts';
import { readSnapshot } from '../../approvals/snapshot.ts';
import { bounds } from '../../bounds.ts';
import { isObject, type JsonObject } from '../../lib/json/json-value.ts';
import { joinNames } from '../../lib/text/name-list.ts';
import type { ApprovalRow } from '../../store/approvals.ts';
import { entryBody, userRefOf } from '../audit/entry.ts';
import type { UpdateContext } from '../context.ts';
import type { Outcome } from '../results/outcome.ts';
import type { Proposal } from '../types.ts';
import { changedSinceNote, lostApprovalNote } from './approval-notes.ts';
import { approvalSnapshotOf } from './approval-snapshot.ts';
import { changeKeyOf, digestOf, requestKeyOf } from './digest.ts';

/** What approvers have decided about a proposal. */
export type ApprovalLookup =
  | { kind: 'approved'; id: string; approvedBy: string; secrets: JsonObject; reason: string | undefined }
  /** `isNew`: this call made the request. `note`: why an earlier approval does not count. */
  | { kind: 'pending'; row: ApprovalRow; isNew: boolean; note: string | undefined }
  /** Another call is carrying it out, or has just done so. */
  | { kind: 'in_flight' }
  | Extract<Outcome, { kind: 'approver_declined' | 'approval_expired' | 'too_many_approvals' }>;

/**
 * Looks up the proposal's approval, or requests one. An approval is bound to a digest, so a user record that moved
 * makes it another proposal: the earlier request is withdrawn, and the new one says what moved. A no is found even if
 * the caller describes the same change differently. Opening the entry consumes the approval in the same transaction.
 */
export async function approvalFor(context: UpdateContext, proposal: Proposal): Promise<ApprovalLookup> {
  const { ports } = context;
  const { approvals } = ports.store;
  const changeKey = changeKeyOf(context, proposal.plan);
  const declined = await approvals.findDeclined(changeKey);
  if (declined) return approverDeclined(declined);
  const digest = digestOf(context, proposal.plan);
  const existing = await approvals.findByDigest(digest);
  const isOver = existing !== undefined && existing.expiresAt <= ports.clock.now();
  if (existing && isOver && (existing.state === 'pending' || existing.state === 'approved')) {
    await approvals.withdraw(existing.id);
    return { kind: 'approval_expired' };
  }
  if (existing && !isOver) {
    const found = await currentState(context, proposal, existing);
    if (found) return found;
    if (existing.state === 'declined') return approverDeclined(existing);
    if (existing.state === 'used' && (await isInFlight(context, proposal))) return { kind: 'in_flight' };
  }
  return await request(context, proposal, { digest, changeKey });
}

/** An approver's no, and until when it holds. */
export function approverDeclined({ decisions, expiresAt }: ApprovalRow) {
  const approver = decisions.find((decision) => !decision.yes)?.approver;
  return { kind: 'approver_declined' as const, approver, until: expiresAt };
}

/** A pending or approved request, by the yeses that count now; undefined if it is neither. */
async function currentState(
  context: UpdateContext,
  { plan }: Proposal,
  existing: ApprovalRow,
): Promise<ApprovalLookup | undefined> {
  const { call, ports } = context;
  const { approvals } = ports.store;
  if (existing.state !== 'pending' && existing.state !== 'approved') return undefined;
  const { principal, identities } = call.caller;
  const { callerMayApprove } = ports.approval;
  const needed = Math.max(ports.approval.needed, existing.needed);
  const caller = namesOfCaller(principal, identities);
  const rights = { provider: existing.provider, effects: plan.leaves.map(({ effect }) => effect) };
  const rule = createDecisionRule({
    approvers: await ports.approval.approvers(),
    needed,
    caller,
    callerMayApprove,
    rights,
  });
  const isEnough = rule.counted(existing.decisions).length >= needed;
  const row = isEnough === (existing.state === 'approved') ? existing : await approvals.recount(existing.id, rule);
  if (row?.state === 'pending') {
    const note = existing.state === 'approved' ? lostApprovalNote(existing, rule) : undefined;
    return { kind: 'pending', row, isNew: false, note };
  }
  if (row?.state !== 'approved') return { kind: 'in_flight' };
  const counted = rule.counted(row.decisions);
  return {
    kind: 'approved',
    id: row.id,
    approvedBy: joinNames(counted.map(({ approver }) => approver)),
    secrets: secretsOf(context, row),
    reason: readSnapshot(ports.seal.unseal(row.id, row.view)).reason,
  };
}

/** Whether a change of this user is in flight, or ended since the user record was read. In-doubt entries do not count. */
async function isInFlight({ call, ports: { store } }: UpdateContext, { snapshot }: Proposal): Promise<boolean> {
  const user = userRefOf(call);
  if ((await store.lastSeq(user)) !== snapshot.lastSeq) return true;
  const open = (await store.list({ ...user, limit: 3 })).find((change) => change.open);
  return open !== undefined && !(await store.inDoubt()).some(({ changeId }) => changeId === open.changeId);
}

async function request(
  context: UpdateContext,
  proposal: Proposal,
  keys: { digest: string; changeKey: string },
): Promise<ApprovalLookup> {
  const { call, ports } = context;
  const { approvals } = ports.store;
  const requestKey = requestKeyOf(context);
  const earlier = await approvals.findByRequest(requestKey);
  const isReplaced = earlier && earlier.digest !== keys.digest && (await approvals.withdraw(earlier.id));
  const note = isReplaced ? changedSinceNote(context, earlier, proposal) : undefined;
  const id = crypto.randomUUID();
  const asked = {
    ...userRefOf(call),
    ...keys,
    id,
    requestKey,
    caller: call.caller.principal,
    expiresAt: ports.clock.now() + ports.approval.expiresMs,
    needed: ports.approval.needed,
    view: ports.seal.seal(id, await approvalSnapshotOf(context, proposal, note)),
  };
  try {
    const row = await approvals.request(asked, entryBody(context, proposal), bounds.pendingApprovals);
    // Another process may have made the same request at the same time.
    return { kind: 'pending', row, isNew: row.id === id, note };
  } catch (error) {
    if (error instanceof TooManyPending) return { kind: 'too_many_approvals', limit: bounds.pendingApprovals };
    throw error;
  }
}

function secretsOf({ ports }: UpdateContext, row: ApprovalRow): JsonObject {
  const secrets = row.secret && ports.seal.unseal(row.id, row.secret);
  return isObject(secrets) ? secrets : {};
}

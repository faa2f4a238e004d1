import { createDecisionRule, TooManyPending } from '../../approvals/eligibility.ts';
import { namesOfCaller } from '../../approvals/identity.ts';
import type { RightsNeeded } from '../../approvals/rights.ts';
import { readSnapshot } from '../../approvals/snapshot.ts';
import { bounds } from '../../bounds.ts';
import { isObject, type JsonObject } from '../../lib/json/json-value.ts';
import { joinNames } from '../../lib/text/name-list.ts';
import type { ApprovalRow } from '../../store/approvals.ts';
import type { EntryBody, UserRef } from '../../store/log/entry.ts';
import type { Ports } from '../ports.ts';
import type { Outcome } from '../results/outcome.ts';
import type { Caller } from '../types.ts';
import { lostApprovalNote } from './notes.ts';

/** What approvers are asked about: one change, or a batch. */
export interface ApprovalSubject {
  caller: Caller;
  user: UserRef;
  /** `digest`: what a yes is bound to; `changeKey`: what a no is; `requestKey`: the same for the same arguments. */
  keys: { digest: string; changeKey: string; requestKey: string };
  /** The rights that a yes takes. */
  rights: readonly RightsNeeded[];
  /** For the audit log. */
  entry: EntryBody;
  /** Of a batch: whether an approval of the same request covers some of it, since not all of its records moved. */
  covers?(earlier: ApprovalRow): boolean;
  /** Whether a call that used the approval is still at work. */
  isInFlight(used: ApprovalRow): Promise<boolean>;
  /** What moved since an earlier request for the same. */
  changedSince(earlier: ApprovalRow): string;
  /** What an approver sees; sealed at rest. */
  snapshot(note: string | undefined): Promise<object>;
}

/** What approvers have decided about a subject. */
export type ApprovalLookup =
  | { kind: 'approved'; row: ApprovalRow; approvedBy: string; secrets: JsonObject; reason: string | undefined }
  /** `isNew`: this call made the request. `note`: why an earlier approval does not count. */
  | { kind: 'pending'; row: ApprovalRow; isNew: boolean; note: string | undefined }
  /** Another call is carrying it out, or has just done so. */
  | { kind: 'in_flight' }
  | Extract<Outcome, { kind: 'approver_declined' | 'approval_expired' | 'too_many_approvals' }>;

/**
 * Looks up the subject's approval, or requests one. An approval is bound to a digest, so a user record that moved makes
 * it another proposal: the earlier request is withdrawn, and the new one says what moved. A no is found even if the
 * caller describes the same change differently. Using the approval consumes it in the same transaction.
 */
export async function approvalFor(subject: ApprovalSubject, ports: Ports): Promise<ApprovalLookup> {
  const { approvals } = ports.store;
  const { digest, changeKey } = subject.keys;
  const declined = await approvals.findDeclined(changeKey);
  if (declined) return approverDeclined(declined);
  const existing = (await approvals.findByDigest(digest)) ?? (await sameBatch(subject, ports));
  const isOver = existing !== undefined && existing.expiresAt <= ports.clock.now();
  if (existing && isOver && (existing.state === 'pending' || existing.state === 'approved')) {
    await approvals.withdraw(existing.id);
    return { kind: 'approval_expired' };
  }
  if (existing && !isOver) {
    const found = await currentState(subject, existing, ports);
    if (found) return found;
    if (existing.state === 'declined') return approverDeclined(existing);
    if (existing.state === 'used' && (await subject.isInFlight(existing))) return { kind: 'in_flight' };
  }
  return await request(subject, ports);
}

/** An approver's no, and until when it holds. */
export function approverDeclined({ decisions, expiresAt }: ApprovalRow) {
  const approver = decisions.find((decision) => !decision.yes)?.approver;
  return { kind: 'approver_declined' as const, approver, until: expiresAt };
}

/** A batch of which some records moved since it was approved: it is used for the others, or being carried out. */
async function sameBatch({ covers, keys }: ApprovalSubject, { store }: Ports): Promise<ApprovalRow | undefined> {
  const earlier = covers && (await store.approvals.findByRequest(keys.requestKey));
  const isUsable = earlier?.state === 'used' || (earlier?.state === 'approved' && covers?.(earlier));
  return isUsable ? earlier : undefined;
}

/** A pending or approved request, by the yeses that count now; undefined if it is neither. */
async function currentState(
  { caller: { principal, identities }, rights }: ApprovalSubject,
  existing: ApprovalRow,
  ports: Ports,
): Promise<ApprovalLookup | undefined> {
  const { approvals } = ports.store;
  if (existing.state !== 'pending' && existing.state !== 'approved') return undefined;
  const { callerMayApprove } = ports.approval;
  const needed = Math.max(ports.approval.needed, existing.needed);
  const caller = namesOfCaller(principal, identities);
  const approvers = await ports.approval.approvers();
  const rule = createDecisionRule({ approvers, needed, caller, callerMayApprove, rights });
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
    row,
    approvedBy: joinNames(counted.map(({ approver }) => approver)),
    secrets: secretsOf(row, ports),
    reason: readSnapshot(ports.seal.unseal(row.id, row.view)).reason,
  };
}

async function request(subject: ApprovalSubject, ports: Ports): Promise<ApprovalLookup> {
  const { approvals } = ports.store;
  const { keys, user, caller } = subject;
  const earlier = await approvals.findByRequest(keys.requestKey);
  const isReplaced = earlier && earlier.digest !== keys.digest && (await approvals.withdraw(earlier.id));
  const note = isReplaced ? subject.changedSince(earlier) : undefined;
  const id = crypto.randomUUID();
  const asked = {
    ...user,
    ...keys,
    id,
    caller: caller.principal,
    expiresAt: ports.clock.now() + ports.approval.expiresMs,
    needed: ports.approval.needed,
    view: ports.seal.seal(id, await subject.snapshot(note)),
  };
  try {
    const row = await approvals.request(asked, subject.entry, bounds.pendingApprovals);
    // Another process may have made the same request at the same time.
    return { kind: 'pending', row, isNew: row.id === id, note };
  } catch (error) {
    if (error instanceof TooManyPending) return { kind: 'too_many_approvals', limit: bounds.pendingApprovals };
    throw error;
  }
}

function secretsOf(row: ApprovalRow, { seal }: Ports): JsonObject {
  const secrets = row.secret && seal.unseal(row.id, row.secret);
  return isObject(secrets) ? secrets : {};
}

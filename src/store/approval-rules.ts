import type { ApprovalDecision, ApprovalRow, ApproverRow, DecideResult, NewApproval } from './approvals.ts';
import { storable, storablePerson } from './entry.ts';

/** What holds for approvals in every store, free of any database. */

/** How long a row stays once it is over, in ms, so that whoever asks late is still told what became of it. */
export const keptMs = 30 * 24 * 60 * 60_000;

/** Whether it may still be decided. */
export function isPending(row: ApprovalRow | undefined, now: number): row is ApprovalRow {
  return row?.state === 'pending' && row.expiresAt > now;
}

/** Whether it may be used up by opening an intent. */
export function isUsable(row: ApprovalRow | undefined, now: number): row is ApprovalRow {
  return row?.state === 'approved' && row.expiresAt > now;
}

/** Whether it may be taken back: also when it is over, so that whoever asks is told so once and then asks anew. */
export function isRevocable(row: ApprovalRow | undefined): row is ApprovalRow {
  return row?.state === 'pending' || row?.state === 'approved';
}

/** The row a request is put up as. */
export function toNewRow(approval: NewApproval, now: number): ApprovalRow {
  return {
    id: storable(approval.id),
    digest: storable(approval.digest),
    requestKey: storable(approval.requestKey),
    state: 'pending',
    caller: storable(approval.caller),
    ...storablePerson(approval),
    createdAt: new Date(now).toISOString(),
    // Databases keep whole milliseconds only.
    expiresAt: Math.ceil(approval.expiresAt),
    needed: approval.needed,
    decisions: [],
    view: Uint8Array.from(approval.view),
  };
}

/** What a decision makes of a row. The row of a `decided` is to be stored, in the transaction that read `row`. */
export function applyDecision(
  row: ApprovalRow | undefined,
  decision: Omit<ApprovalDecision, 'at'>,
  secret: Uint8Array | undefined,
  now: number,
): DecideResult {
  if (!isPending(row, now)) return { kind: 'gone' };
  const approver = storable(decision.approver);
  if (row.decisions.some((made) => made.approver === approver)) return { kind: 'repeated' };
  const made: ApprovalDecision = { ...decision, approver, at: new Date(now).toISOString() };
  if (decision.reason !== undefined) made.reason = storable(decision.reason);
  const decisions = [...row.decisions, made];
  if (!decision.yes) return { kind: 'decided', row: withoutSecret({ ...row, decisions, state: 'declined' }) };
  // One no declines, so all of them are a yes, each of another approver.
  const state = decisions.length >= row.needed ? 'approved' : 'pending';
  const kept = secret ? { secret: Uint8Array.from(secret) } : {};
  return { kind: 'decided', row: { ...row, ...kept, decisions, state } };
}

/** The decisions of a row as the database has them; none where the text was altered, which its MAC tells too. */
export function parseDecisions(text: string): ApprovalDecision[] {
  try {
    const decisions: unknown = JSON.parse(text);
    // Written by this program only: the row's MAC, not this cast, is what vouches for its shape.
    return Array.isArray(decisions) && decisions.every(isDecision) ? decisions : [];
  } catch {
    return [];
  }
}

function isDecision(value: unknown): value is ApprovalDecision {
  return typeof value === 'object' && value !== null && 'approver' in value && typeof value.approver === 'string';
}

/**
 * A row of an earlier version, which signed nothing. Nothing vouches for a yes in it: what waits for one, or for being
 * used, is asked again.
 */
export function askedAgain(row: ApprovalRow): ApprovalRow {
  return withoutSecret({ ...row, state: 'pending', decisions: [] });
}

export function withoutSecret({ secret: _, ...row }: ApprovalRow): ApprovalRow {
  return row;
}

/** A row as it is handed out: a secret whose time is over is gone, also before it is swept. */
export function toShown(row: ApprovalRow, now: number): ApprovalRow {
  return row.expiresAt > now ? row : withoutSecret(row);
}

export function toNewApprover(name: string, verifier: string, now: number): ApproverRow {
  const createdAt = new Date(now).toISOString();
  return { name: storable(name), verifier: storable(verifier), createdAt, failures: 0, lockedUntil: 0 };
}

/** From the `limit`-th on, each further failure in a row locks again. */
export function applyFailure(approver: ApproverRow, limit: number, lockMs: number, now: number): ApproverRow {
  const failures = approver.failures + 1;
  return { ...approver, failures, lockedUntil: failures >= limit ? Math.ceil(now + lockMs) : approver.lockedUntil };
}

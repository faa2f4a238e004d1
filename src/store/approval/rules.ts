import { isYes, namesOf } from '../../approvals/eligibility.ts';
import { mayBeSamePerson } from '../../approvals/identity.ts';
import type {
  ApprovalDecision,
  ApprovalRow,
  ApproverRow,
  DecideResult,
  DecisionRule,
  NewApproval,
  NewApprover,
  ReplaceResult,
} from '../approvals.ts';
import { storable, storableUser } from '../storable.ts';

/** The rules for approvals in every store, independent of any database. */

/** How long a row is kept after it expired, in ms, so that a late caller still learns the outcome. */
export const keptMs = 30 * 24 * 60 * 60_000;

/** Whether it can still be decided. */
export function isPending(row: ApprovalRow | undefined, now: number): row is ApprovalRow {
  return row?.state === 'pending' && row.expiresAt > now;
}

/** Whether opening an intent can consume it. */
export function isUsable(row: ApprovalRow | undefined, now: number): row is ApprovalRow {
  return row?.state === 'approved' && row.expiresAt > now;
}

/**
 * Whether it can be withdrawn. Expired requests can, so that the caller learns of the expiry once and then requests a
 * new one.
 */
export function isRevocable(row: ApprovalRow | undefined): row is ApprovalRow {
  return row?.state === 'pending' || row?.state === 'approved';
}

/** The row of a new request. */
export function toNewRow(approval: NewApproval, now: number): ApprovalRow {
  return {
    id: storable(approval.id),
    digest: storable(approval.digest),
    requestKey: storable(approval.requestKey),
    ...(approval.changeKey !== undefined && { changeKey: storable(approval.changeKey) }),
    state: 'pending',
    caller: storable(approval.caller),
    ...storableUser(approval),
    createdAt: new Date(now).toISOString(),
    // Databases keep whole milliseconds only.
    expiresAt: Math.ceil(approval.expiresAt),
    needed: approval.needed,
    decisions: [],
    view: Uint8Array.from(approval.view),
  };
}

/** Applies a decision to a row. Store the row of a `decided` in the transaction that read `row`. */
export function applyDecision(
  row: ApprovalRow | undefined,
  decision: Omit<ApprovalDecision, 'at' | 'takenBack'>,
  secret: Uint8Array | undefined,
  now: number,
  rule = row && plainRule(row),
): DecideResult {
  if (!isLive(row, now) || rule === undefined || isEnough(row, rule)) return { kind: 'gone' };
  const approver = storable(decision.approver);
  const earlier = rule.counted(row.decisions);
  if (earlier.some((made) => rule.isSame(made.approver, approver))) return { kind: 'repeated' };
  const made: ApprovalDecision = { ...decision, approver, at: new Date(now).toISOString() };
  if (decision.reason !== undefined) made.reason = storable(decision.reason);
  const decisions = [...row.decisions, made];
  if (!decision.yes) return { kind: 'decided', row: withoutSecret({ ...row, decisions, state: 'declined' }) };
  const kept = secret ? { secret: Uint8Array.from(secret) } : {};
  return { kind: 'decided', row: recounted({ ...row, ...kept, decisions }, rule) };
}

/**
 * The row as approved or pending under the current rule; undefined if nothing changes, or the row has expired or is
 * decided.
 */
export function applyRecount(row: ApprovalRow | undefined, rule: DecisionRule, now: number): ApprovalRow | undefined {
  if (!isLive(row, now)) return undefined;
  const next = recounted(row, rule);
  if (next.state === row.state) return undefined;
  const isLost = rule.counted(row.decisions).length < row.decisions.filter(isYes).length;
  return isLost ? withoutSecret(next) : next;
}

/** The row without this approver's yes; undefined if there is none. */
export function applyTakingBack(row: ApprovalRow | undefined, approver: string, now: number): ApprovalRow | undefined {
  const isTheirs = (made: ApprovalDecision) => isYes(made) && made.approver === storable(approver);
  if (!isLive(row, now) || !row.decisions.some(isTheirs)) return undefined;
  const takenBack = new Date(now).toISOString();
  const decisions = row.decisions.map((made) => (isTheirs(made) ? { ...made, takenBack } : made));
  return withoutSecret({ ...row, decisions, state: 'pending' });
}

/** An approved row after the removal of an approver who agreed to it; undefined if nothing changes. */
export function applyRemoval(row: ApprovalRow, approver: string): ApprovalRow | undefined {
  const agreed = row.state === 'approved' && row.decisions.some((made) => made.approver === storable(approver));
  return agreed ? withoutSecret({ ...row, state: 'pending' }) : undefined;
}

function isLive(row: ApprovalRow | undefined, now: number): row is ApprovalRow {
  return isPending(row, now) || isUsable(row, now);
}

function isEnough({ state, decisions }: ApprovalRow, { needed, counted }: DecisionRule): boolean {
  return state === 'approved' && counted(decisions).length >= needed;
}

function recounted(row: ApprovalRow, { needed, counted }: DecisionRule): ApprovalRow {
  return { ...row, state: counted(row.decisions).length >= needed ? 'approved' : 'pending' };
}

function plainRule({ needed }: ApprovalRow): DecisionRule {
  return { needed, counted: (decisions) => decisions.filter(isYes), isSame: (one, other) => one === other };
}

/** The stored decisions of a row; empty if the text was altered, which its MAC also reveals. */
export function parseDecisions(text: string): ApprovalDecision[] {
  try {
    const decisions: unknown = JSON.parse(text);
    // Written by this program only: the row's MAC, not this cast, proves its shape.
    return Array.isArray(decisions) && decisions.every(isDecision) ? decisions : [];
  } catch {
    return [];
  }
}

/** The stored additional names or rights of an approver; empty if the text was altered, which its MAC also reveals. */
export function parseTexts(text: string): string[] {
  try {
    const texts: unknown = JSON.parse(text);
    const isList = Array.isArray(texts) && texts.every((one) => typeof one === 'string');
    return isList ? texts : [];
  } catch {
    return [];
  }
}

function isDecision(value: unknown): value is ApprovalDecision {
  return typeof value === 'object' && value !== null && 'approver' in value && typeof value.approver === 'string';
}

/**
 * A row of an earlier version, which signed nothing: no MAC proves its decisions, so it becomes pending without any.
 */
export function withoutDecisions(row: ApprovalRow): ApprovalRow {
  return withoutSecret({ ...row, state: 'pending', decisions: [] });
}

export function withoutSecret({ secret: _, ...row }: ApprovalRow): ApprovalRow {
  return row;
}

/** A row as returned to callers: an expired row has no secret, even before it is purged. */
export function toShown(row: ApprovalRow, now: number): ApprovalRow {
  return row.expiresAt > now ? row : withoutSecret(row);
}

/** The row of a new approver, or the existing one that it could be mistaken for. */
export function toNewApprover(
  approvers: readonly ApproverRow[],
  { name, verifier, principals, may, signedInAt }: NewApprover,
  createdAt: string,
): { row: ApproverRow } | { taken: ApproverRow } {
  const row = {
    name: storable(name),
    verifier: storable(verifier),
    principals: principals.map(storable),
    may: may.map(storable),
    createdAt,
    ...(signedInAt !== undefined && { signedInAt }),
  };
  const taken = approvers.find((one) => one.name === row.name || mayBeSamePerson(namesOf(one), namesOf(row)));
  return taken ? { taken } : { row };
}

/** What `replaceApprover` does to the approvers. */
export type Replacement =
  | { kind: 'replaced'; removed: readonly ApproverRow[]; row: ApproverRow }
  | Exclude<ReplaceResult, { kind: 'replaced' | 'unknown' }>
  | { kind: 'unknown' };

export function toReplacement(
  approvers: readonly ApproverRow[],
  isReplaced: (one: ApproverRow) => boolean,
  replace: (found: ApproverRow | undefined) => NewApprover | undefined,
  now: number,
): Replacement {
  const removed = approvers.filter(isReplaced);
  const made = replace(removed[0]);
  if (!made) return { kind: 'unknown' };
  const others = approvers.filter((one) => !removed.includes(one));
  const checked = toNewApprover(others, made, removed[0]?.createdAt ?? new Date(now).toISOString());
  if ('taken' in checked) return { kind: 'taken', by: checked.taken };
  return { kind: 'replaced', removed, row: checked.row };
}

/**
 * An approved row after one approver replaced others; undefined if nothing changes. The secret stays while the yes of an
 * approver with the same credential may still count.
 */
export function applyReplacement(
  row: ApprovalRow,
  { removed, row: approver }: Extract<Replacement, { kind: 'replaced' }>,
): ApprovalRow | undefined {
  const changed = removed.filter((one) => !isSameRegistration(one, approver));
  const agreed = changed.filter((one) => row.decisions.some((made) => isYes(made) && made.approver === one.name));
  if (row.state !== 'approved' || agreed.length === 0) return undefined;
  const pending: ApprovalRow = { ...row, state: 'pending' };
  return agreed.every((one) => one.name === approver.name && one.verifier === approver.verifier)
    ? pending
    : withoutSecret(pending);
}

function isSameRegistration(one: ApproverRow, other: ApproverRow): boolean {
  const facts = ({ name, verifier, principals, may }: ApproverRow) => JSON.stringify([name, verifier, principals, may]);
  return facts(one) === facts(other);
}

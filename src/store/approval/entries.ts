import type { ApprovalDecision, ApprovalRow } from '../approvals.ts';
import type { ApprovalEvent, EntryBody, EntryKind, NewEntry } from '../log/entry.ts';

/** What happens to a request for approval, as entries of the audit log; the same in every store. */

/** Appends an entry in the transaction that changes the row. */
export type AppendEntry<T> = (kind: EntryKind, entry: NewEntry) => T;

/** One entry of a decision. */
export interface DecisionEntry {
  kind: EntryKind;
  entry: NewEntry;
}

/** `body`: what is asked for, masked for the audit log. */
export function requestedEntry(row: ApprovalRow, body: EntryBody): NewEntry {
  return newEntry(row, 'requested', { ...body, approvalId: row.id });
}

/**
 * An entry about a request that was made before. `requested`: the body of its `requested` entry, which says what was
 * asked for; missing if an earlier version made the request, or if its entry was dropped.
 */
export function eventEntry(
  row: ApprovalRow,
  event: ApprovalEvent,
  requested: EntryBody | undefined,
  approver?: string,
): NewEntry {
  return newEntry(row, event, { ...bodyOf(row, requested), ...(approver !== undefined && { approver }) });
}

/**
 * The entries of a decision. A no also ends the call that asked: the entry of that comes last, because the last entry
 * of a change is the one that lists show. The changes of a batch have entries of their own once its caller calls again.
 */
export function decisionEntries(
  row: ApprovalRow,
  { approver, yes, reason }: Pick<ApprovalDecision, 'approver' | 'yes' | 'reason'>,
  requested: EntryBody | undefined,
): DecisionEntry[] {
  const decided = eventEntry(row, yes ? 'approved' : 'declined', requested, approver);
  const event: DecisionEntry = { kind: 'approval', entry: decided };
  if (yes || isOfBatch(row)) return [event];
  const body: EntryBody = {
    ...bodyOf(row, requested),
    declinedBy: approver,
    code: 'declined',
    ...(reason && { message: 'declined with a reason' }),
  };
  return [event, { kind: 'attempt', entry: newEntry(row, 'refused', body) }];
}

function bodyOf(row: ApprovalRow, requested: EntryBody | undefined): EntryBody {
  return {
    ...(requested ?? {
      tool: isOfBatch(row) ? 'update_users' : `${row.provider}_update_user`,
      caller: row.caller,
      fields: [],
    }),
    approvalId: row.id,
  };
}

/** A request for approval of a batch is about no single user record. */
function isOfBatch({ userId }: ApprovalRow): boolean {
  return userId === '';
}

function newEntry({ provider, connection, userId, id }: ApprovalRow, outcome: string, body: EntryBody): NewEntry {
  return { provider, connection, userId, changeId: id, outcome, body };
}

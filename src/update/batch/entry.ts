import { maskByShape } from '../../lib/text/mask-by-shape.ts';
import { joinIds } from '../../lib/text/name-list.ts';
import type { BatchEvent, EntryBody, NewEntry, UserRef } from '../../store/log/entry.ts';
import type { Evidence } from '../context.ts';
import type { BatchCall, BatchResult } from './types.ts';

/** What the audit log says about a batch as a whole. Its changes have entries of their own. */

/** What an entry says of a batch. One that is read from the store has the names of its connections only. */
interface LoggedBatch
  extends Pick<BatchCall, 'id' | 'tool' | 'caller' | 'reason' | 'undoes' | 'allOrNothing' | 'isResumed'> {
  changes: readonly { connection: { name: string; provider: { id: string } } }[];
}

/** A batch belongs to no single user; the providers and connections are those of its changes. */
export function batchUser({ changes }: Pick<LoggedBatch, 'changes'>): UserRef {
  return {
    provider: joinIds(changes.map(({ connection }) => connection.provider.id)),
    connection: joinIds(changes.map(({ connection }) => connection.name)),
    userId: '',
  };
}

export function batchBody(
  { id, tool, caller, reason, undoes, allOrNothing }: LoggedBatch,
  { people, decision, rule }: { people: number; decision?: string; rule?: string },
  { approvedBy, approvalId, answeredAfterMs }: Evidence = {},
): EntryBody {
  return {
    tool,
    caller: caller.principal,
    batchId: id,
    fields: [],
    people,
    ...(caller.client !== undefined && { client: caller.client }),
    ...(reason !== undefined && { reason: maskByShape(reason) }),
    ...(undoes !== undefined && { undoes }),
    ...(allOrNothing && { allOrNothing: true as const }),
    ...(decision !== undefined && { verdict: decision }),
    ...(rule !== undefined && { rule }),
    ...(approvedBy !== undefined && { approvedBy }),
    ...(approvalId !== undefined && { approvalId }),
    ...(answeredAfterMs !== undefined && { answeredAfterMs: Math.round(answeredAfterMs) }),
  };
}

export function openedEntry(batch: LoggedBatch, body: EntryBody): NewEntry {
  return { ...batchUser(batch), changeId: batch.id, outcome: 'opened' satisfies BatchEvent, body };
}

/** Unlike what was agreed to, it is about every user record of the call: `counts` has those that ended before too. */
export function finishedEntry(batch: LoggedBatch, body: EntryBody, counts: BatchResult['counts']): NewEntry {
  const people = batch.changes.length;
  return {
    ...batchUser(batch),
    changeId: batch.id,
    outcome: 'finished' satisfies BatchEvent,
    body: { ...body, people, counts: { ...counts }, ...(batch.isResumed && { resumed: true as const }) },
  };
}

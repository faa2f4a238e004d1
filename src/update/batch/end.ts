import { newChangeId } from '../../lib/uuid7.ts';
import { newEntry } from '../audit/entry.ts';
import type { Evidence } from '../context.ts';
import type { Ports } from '../ports.ts';
import { toMessage } from '../results/messages.ts';
import type { Outcome } from '../results/outcome.ts';
import type { Result } from '../types.ts';
import type { PlannedChange } from './plan/types.ts';
import type { MemberResult } from './types.ts';

/** Ends a planned change that is not written: it is recorded like a single update that ends so. */
export async function endPlanned(
  { call, entry, view }: PlannedChange,
  outcome: Outcome,
  ports: Ports,
  evidence: Evidence = {},
): Promise<MemberResult> {
  const message = toMessage(outcome, { call, commandLine: ports.commandLine, sensitive: () => [] });
  const { code } = message;
  const { approvedBy, approvalId, answeredAfterMs } = evidence;
  const result: MemberResult = {
    outcome: message.outcome,
    provider: view.provider,
    connection: view.connection,
    user: userOf(view),
    ...(code && { code }),
    message: message.message,
  };
  // A request for approval is one entry for the whole batch.
  if (outcome.kind === 'needs_approval') return result;
  const changeId = newChangeId();
  const body = {
    ...entry,
    ...(approvedBy !== undefined && { approvedBy }),
    ...(approvalId !== undefined && { approvalId }),
    ...(answeredAfterMs !== undefined && { answeredAfterMs: Math.round(answeredAfterMs) }),
    ...(code && { code }),
    ...(message.note !== undefined && { message: message.note }),
  };
  try {
    await ports.store.attempt(newEntry(call, changeId, message.outcome, body));
  } catch (error) {
    ports.log.error({ change: changeId, problem: String(error) }, 'an attempt could not be recorded');
    return result;
  }
  return { ...result, change_id: changeId };
}

/** Who a planned change is about; undefined if the record has no name. */
export function labelOf({ view: { userId, label } }: Pick<PlannedChange, 'view'>): string | undefined {
  return label === userId ? undefined : label;
}

/** A single result as a batch lists it. */
export function toMember({
  outcome,
  provider,
  connection,
  user,
  code,
  change_id,
  message,
  changes,
}: Result): MemberResult {
  const { id, label } = user;
  return {
    outcome,
    provider,
    connection,
    user: { id, ...(label !== undefined && { label }) },
    ...(code && { code }),
    ...(change_id !== undefined && { change_id }),
    message,
    ...(outcome === 'preview' && { changes }),
  };
}

function userOf({ userId, label }: PlannedChange['view']): MemberResult['user'] {
  return { id: userId, ...(label !== userId && { label }) };
}

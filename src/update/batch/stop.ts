import { NOT_STARTED } from '../results/batch-messages.ts';
import type { BatchCall, BatchChange, MemberResult } from './types.ts';

/** A batch that begins nothing more: its caller has stopped waiting, or its time is up. */

export function isStopped({ signal, until = Number.POSITIVE_INFINITY }: BatchCall): boolean {
  return signal?.aborted === true || performance.now() >= until;
}

/** A change that was not begun. It is not recorded: there was no attempt. */
export function notStarted(
  { connection, request }: BatchChange,
  why: keyof typeof NOT_STARTED,
  label?: string,
): MemberResult {
  return {
    outcome: 'failed',
    provider: connection.provider.id,
    connection: connection.name,
    user: { id: request.userId, ...(label !== undefined && { label }) },
    code: 'not_started',
    message: NOT_STARTED[why],
  };
}

export function whyStopped({ signal }: BatchCall): 'cancelled' | 'time' {
  return signal?.aborted ? 'cancelled' : 'time';
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Ports } from '../ports.ts';
import { NOT_STARTED } from '../results/batch-messages.ts';
import type { BatchCall, BatchChange, MemberResult } from './types.ts';

/** A batch that begins nothing more: its caller has stopped waiting, or its time is up. */

/** A wait is made of steps of this length, so that it ends soon after its caller has stopped waiting. */
const STEP_MS = 500;

export function isStopped({ signal, until = Number.POSITIVE_INFINITY }: BatchCall): boolean {
  return signal?.aborted === true || performance.now() >= until;
}

/**
 * Whether the batch may begin this change. Waits while the vendor wants nothing to be sent, so that the time of the change
 * begins after that; false at once if the wait would end too late. `isEnough`: whether the batch has to stop by itself.
 */
export async function mayBegin(
  batch: BatchCall,
  { connection }: BatchChange,
  ports: Ports,
  isEnough: () => boolean = () => false,
): Promise<boolean> {
  const { until = Number.POSITIVE_INFINITY } = batch;
  while (!isEnough() && !isStopped(batch)) {
    const pause = ports.records.pauseMs(connection);
    if (pause === 0) return true;
    if (performance.now() + pause >= until) return false;
    await sleep(Math.min(pause, STEP_MS));
  }
  return false;
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

/** Why a change was not begun, other than by a decision of the batch. */
export function whyStopped(batch: BatchCall): 'cancelled' | 'time' | 'slowed_down' {
  if (!isStopped(batch)) return 'slowed_down';
  return batch.signal?.aborted ? 'cancelled' : 'time';
}

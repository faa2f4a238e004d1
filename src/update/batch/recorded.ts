import type { ListedChange } from '../../store/log/entry.ts';
import { OUTCOMES, type OutcomeName, type Result } from '../types.ts';

/** What the audit log says about the changes of a batch: the truth about what was made before an interruption. */

/** Outcomes after which a change is not tried again. */
const FINAL: readonly OutcomeName[] = ['updated', 'conflict', 'denied', 'refused', 'unverified'];

export function isFinal({ outcome, open }: Pick<ListedChange, 'outcome' | 'open'>): boolean {
  return !open && FINAL.some((name) => name === outcome);
}

/** A recorded change as the result of this call. */
export function toEndedBefore({ provider, connection, userId, outcome, changeId }: ListedChange): Result {
  return {
    kind: 'result',
    outcome: OUTCOMES.find((name) => name === outcome) ?? 'failed',
    provider,
    connection,
    user: { id: userId },
    changes: [],
    change_id: changeId,
    message: `Ended ${outcome} before the batch was interrupted; not tried again.`,
  };
}

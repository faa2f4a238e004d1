import { type BatchText, endedText } from '../results/batch-messages.ts';
import { countsOf, outcomeOf } from './outcome.ts';
import type { BatchCall, BatchResult, MemberResult } from './types.ts';

/** How the batch ended, with a result for each change. `text`: what is said instead of the counts. */
export function toBatchResult(
  { id, allOrNothing }: Pick<BatchCall, 'id' | 'allOrNothing'>,
  results: readonly MemberResult[],
  more: Partial<Pick<BatchResult, 'approval' | 'verdict' | 'rule'>> = {},
  text?: BatchText,
): BatchResult {
  const counts = countsOf(results);
  const putBack = results.filter(({ code }) => code === 'undone').length;
  return {
    kind: 'batch',
    outcome: outcomeOf(counts),
    batch_id: id,
    counts,
    results,
    ...more,
    ...(text ?? endedText(counts, { batchId: id, allOrNothing, putBack, verdict: more.verdict })),
  };
}

/** Fills in the results of those that ended before; every index of the call has one then. */
export function inOrder(total: number, results: ReadonlyMap<number, MemberResult>): MemberResult[] {
  return Array.from({ length: total }, (_, index) => {
    const result = results.get(index);
    if (!result) throw new Error(`the change ${index} of a batch has no result`);
    return result;
  });
}

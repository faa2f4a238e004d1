import type { Evidence } from '../../context.ts';
import type { Ports } from '../../ports.ts';
import { batchBody, finishedEntry } from '../entry.ts';
import type { BatchCall, BatchResult } from '../types.ts';

/**
 * Records the end of a batch that was never opened, as far as its changes are recorded: nobody agreed to it, or nothing
 * was left to agree to. Never throws: nothing was written, and each change has its own entry.
 */
export async function endUnopened(
  batch: BatchCall,
  result: BatchResult,
  ports: Ports,
  evidence: Evidence = {},
): Promise<BatchResult> {
  ports.telemetry?.batch(result.outcome);
  if (result.results.every(({ change_id: id }) => id === undefined)) return result;
  const people = batch.changes.length;
  const { verdict, rule } = result;
  const judged = { ...(verdict && { decision: verdict }), ...(rule !== undefined && { rule }) };
  try {
    const entry = finishedEntry(batch, batchBody(batch, { people, ...judged }, evidence), result.counts);
    // One that is resumed is stored: it stays so while something is left to try again.
    const left = (result.counts.failed ?? 0) > 0 ? 'keep' : 'drop';
    const wasStored = batch.isResumed && (await ports.store.batches.finish(batch.id, entry, left));
    if (!wasStored) await ports.store.batches.logUnopened(entry);
  } catch (error) {
    ports.log.error({ batch: batch.id, problem: String(error) }, 'the end of a batch could not be recorded');
  }
  return result;
}

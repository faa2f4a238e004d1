import type { Store } from '../../store/store.ts';
import { type Approval, isBatch } from '../approval.ts';
import type { UsedFor } from './status.ts';

/** What the audit log says about the change or the batch that an approval was used for; undefined if it was not used. */
export async function usedFor(approval: Approval, store: Pick<Store, 'list' | 'trail'>): Promise<UsedFor | undefined> {
  const { state, changeId } = approval.row;
  if (state !== 'used' || changeId === undefined) return undefined;
  if (isBatch(approval)) {
    const { entries } = await store.trail(changeId);
    const events = entries.filter(({ kind }) => kind === 'batch');
    // A batch that was resumed has finished more than once.
    return events.length === 0 ? undefined : { kind: 'batch', batchId: changeId, counts: events.at(-1)?.body.counts };
  }
  const [change] = await store.list({ changeId, limit: 1 });
  return change && { kind: 'change', change };
}

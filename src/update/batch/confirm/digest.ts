import { canonicalJson } from '../../../lib/json/json.ts';
import type { Ports } from '../../ports.ts';
import type { BatchBinding } from '../../types.ts';
import type { BatchPlan } from '../plan/types.ts';
import type { BatchCall } from '../types.ts';

/** Keyed hashes of what the yes or the no to a batch is bound to. */

/** The same for the same arguments of one caller, in the same order. */
export function batchRequestKey(batch: BatchCall, { seal }: Ports): string {
  const { tool, caller, allOrNothing, undoes } = batch;
  const bound = {
    tool,
    allOrNothing,
    undoes,
    principal: caller.principal,
    client: caller.clientName,
    changes: batch.changes.map(({ connection, request }) => ({
      provider: connection.provider.id,
      connection: connection.name,
      user: request.userId,
      set: Object.fromEntries(request.set),
      clear: request.clear,
      undo: request.undo?.changeId,
    })),
  };
  return seal.hmac('batch request', canonicalJson(bound));
}

/** What a question shows of each change of the call: null for those it does not include. */
export function digestsOf({ changes }: BatchCall, { planned }: Pick<BatchPlan, 'planned'>): (string | null)[] {
  const digests = new Map(planned.map(({ index, digest }) => [index, digest]));
  return changes.map((_, index) => digests.get(index) ?? null);
}

/** What an approval is bound to: the list of changes, and whether it is all or nothing. */
export function batchDigest(requestKey: string, digests: BatchBinding['digests'], { seal }: Ports): string {
  return seal.hmac('batch', canonicalJson([requestKey, ...digests]));
}

/** A question in a client shows the reason as well, and what has to be typed. */
export function batchQuestionDigest(
  { reason }: BatchCall,
  requestKey: string,
  { digests, typed }: BatchBinding,
  ports: Ports,
): string {
  const bound = [batchDigest(requestKey, digests, ports), typed ?? '', reason ?? ''];
  return ports.seal.hmac('batch question', canonicalJson(bound));
}

/** What a no is bound to: the changes themselves, in any order. */
export function batchChangeKey({ planned }: Pick<BatchPlan, 'planned'>, { seal }: Ports): string {
  return seal.hmac('batch change', canonicalJson(planned.map(({ changeKey }) => changeKey).sort()));
}

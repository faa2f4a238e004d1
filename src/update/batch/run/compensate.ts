import { AppError } from '../../../errors.ts';
import type { BatchConsent } from '../../context.ts';
import type { Ports } from '../../ports.ts';
import { UNDONE } from '../../results/batch-messages.ts';
import type { Result } from '../../types.ts';
import { undoRequest } from '../../undo/request.ts';
import { update } from '../../update.ts';
import { memberCall } from '../member.ts';
import { keyOfConnection } from '../plan/plan.ts';
import { runPool } from '../pool.ts';
import type { BatchCall, Consent, MemberResult } from '../types.ts';

/**
 * Puts back every change of the batch that was made, because another one could not be. The yes to the batch covers that.
 * What changed since is left as it is. A change that may or may not have been made is not touched.
 */
export async function putBack(
  batch: BatchCall,
  consent: Consent,
  results: Map<number, MemberResult>,
  ports: Ports,
): Promise<void> {
  const made = [...results].filter(([, { outcome }]) => outcome === 'updated').reverse();
  let done = 0;
  // The caller may have stopped waiting. What was begun is brought to its end all the same. What the batch made before an
  // interruption is no reason to leave it: it is what has to be put back.
  const { signal: _, isResumed: __, ...lasting } = batch;
  const options = {
    width: ports.limits.concurrentWrites,
    keyOf: ([index]: (typeof made)[number]) => keyOf(batch, index),
  };
  await runPool([...made.entries()], options, async ([index, result]) => {
    results.set(index, await putBackOne(lasting, index, consent, result, ports));
    batch.observer?.progress?.('undo', ++done, made.length);
  });
}

function keyOf({ changes }: BatchCall, index: number): string {
  const change = changes[index];
  return change ? keyOfConnection(change) : '';
}

async function putBackOne(
  batch: BatchCall,
  index: number,
  { level, evidence }: Consent,
  made: MemberResult,
  ports: Ports,
): Promise<MemberResult> {
  const change = batch.changes[index];
  if (!change || made.change_id === undefined) return { ...made, message: UNDONE.stays('it has no entry') };
  const { code: _, ...kept } = made;
  const undone = await undo(
    batch,
    change,
    made.change_id,
    { covers: 'put_back', level, overwrite: false, evidence },
    ports,
  );
  switch (undone.outcome) {
    case 'updated':
    case 'unchanged':
      if (undone.left?.length) break;
      return { ...kept, outcome: 'failed', code: 'undone', message: UNDONE.undone };
    case 'unverified':
    case 'conflict':
      return {
        ...kept,
        outcome: undone.outcome,
        ...(undone.code && { code: undone.code }),
        message: UNDONE.stays(undone.message),
      };
    default:
  }
  return { ...kept, ...(undone.code && { code: undone.code }), message: UNDONE.stays(undone.message) };
}

async function undo(
  batch: BatchCall,
  { connection }: BatchCall['changes'][number],
  changeId: string,
  consent: BatchConsent,
  ports: Ports,
): Promise<Pick<Result, 'outcome' | 'code' | 'message' | 'left'>> {
  try {
    const undoing = await undoRequest(batch.tool, { change_id: changeId }, [connection], ports);
    const reply = await update(memberCall({ ...batch, canAsk: false }, undoing, { consent }), ports);
    if (reply.kind === 'ask') throw new Error('an undo of a batch was asked about by itself');
    return reply;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { outcome: 'failed', code: error.code, message: error.message };
  }
}

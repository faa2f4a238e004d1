import { AppError } from '../../errors.ts';
import { newChangeId } from '../../lib/uuid7.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import type { Ports } from '../ports.ts';
import type { BatchUndoArguments } from '../request/undo-schema.ts';
import { allPutBackText, withNotUndone } from '../results/batch-messages.ts';
import type { Connection } from '../types.ts';
import { failReverse } from '../undo/failure.ts';
import { mayHaveChanged, reverseOf } from '../undo/request.ts';
import { toMember } from './end.ts';
import { recordedChanges } from './recorded.ts';
import { toBatchResult } from './result.ts';
import type { BatchCall, BatchChange, BatchReply, BatchResult, MemberResult } from './types.ts';
import { updateMany } from './update-many.ts';

/** The undo of a batch: the reverse of each of its changes that was made, as a batch of its own. */
export interface BatchUndo {
  /** What can be undone, newest first. */
  batch: BatchCall;
  /** Every change that was made, newest first: its place in `batch`, or why it cannot be undone. */
  steps: readonly UndoStep[];
}

type UndoStep = { index: number } | { change: ListedChange; error: AppError };

export type UndoOrigin = Pick<BatchCall, 'tool' | 'caller' | 'canAsk' | 'place' | 'signal' | 'until' | 'isKept'> &
  Pick<BatchCall, 'observer'>;

/** The answer to the question of an earlier round, and whether another one can be asked. */
export type UndoRound = Partial<Pick<BatchCall, 'answer' | 'canAsk' | 'unanswered' | 'until'>>;

/** How many before-images are read at the same time. */
const AT_ONCE = 50;

/**
 * Reads what a batch did, and builds its reverse. Throws an AppError if there is no such batch, if it changed nothing, or
 * if a change of it is being written.
 */
export async function readBatchUndo(
  { batch_id: undoes, reason, dry_run: dryRun = false }: BatchUndoArguments,
  origin: UndoOrigin,
  connections: readonly Connection[],
  ports: Ports,
): Promise<BatchUndo> {
  const made = await changesToUndo(undoes, connections, ports);
  const asked = { tool: origin.tool, dryRun, ...(reason !== undefined && { reason }) };
  const changes: BatchChange[] = [];
  const steps: UndoStep[] = [];
  for (let from = 0; from < made.length; from += AT_ONCE) {
    const reading = made.slice(from, from + AT_ONCE).map(async (change) => {
      return await reverseOf(change, asked, connections, ports).catch((error: unknown) => {
        if (error instanceof AppError) return { change, error };
        throw error;
      });
    });
    for (const found of await Promise.all(reading)) {
      if ('error' in found) steps.push(found);
      else steps.push({ index: changes.push(found) - 1 });
    }
  }
  const notUndone = steps.length - changes.length;
  const batch: BatchCall = {
    ...origin,
    id: newChangeId(),
    changes,
    allOrNothing: false,
    dryRun,
    undoes,
    ...(notUndone > 0 && { notUndone }),
    ...(reason !== undefined && { reason }),
  };
  return { batch, steps };
}

/** Undoes a batch through the same pipeline, with one question. What cannot be undone ends `failed` by itself. */
export async function undoBatch({ batch, steps }: BatchUndo, ports: Ports, round: UndoRound = {}): Promise<BatchReply> {
  const whole = async (result: BatchResult) => await withFailed(result, batch, steps, ports);
  if (steps.length === 0) return toBatchResult(batch, [], {}, allPutBackText());
  const reply = await updateMany({ ...batch, ...round }, ports);
  if (reply.kind === 'batch') return await whole(reply);
  return { ...reply, abandon: async () => await whole(await reply.abandon()) };
}

/** Whether the id is that of a batch, not of a change. */
export async function isBatchId(id: string, { store }: Pick<Ports, 'store'>): Promise<boolean> {
  const [change] = await store.list({ changeId: id, limit: 1 });
  if (change) return false;
  const [member] = await store.list({ batchId: id, limit: 1 });
  return member !== undefined || (await store.trail(id)).entries.some(({ kind }) => kind === 'batch');
}

/** Newest first, without those that were put back in the same batch. */
async function changesToUndo(id: string, connections: readonly Connection[], ports: Ports): Promise<ListedChange[]> {
  const { rows, putBack } = await recordedChanges(id, connections, ports);
  if (rows.length === 0) throw await nothingToUndo(id, ports);
  const isPutBack = new Set(putBack.filter(({ outcome }) => outcome === 'updated').map(({ body }) => body.undoes));
  // Without an intent nothing was written, whatever the outcome.
  const made = rows.filter((row) => row.kind === 'closed' && mayHaveChanged(row) && !putBack.includes(row));
  if (made.length === 0) throw await nothingToUndo(id, ports);
  return made.filter(({ changeId }) => !isPutBack.has(changeId));
}

async function nothingToUndo(id: string, ports: Ports): Promise<AppError> {
  if (await isBatchId(id, ports)) {
    const next = 'There is nothing to undo; do not call again for it.';
    return new AppError('invalid_input', 'batch_id: that batch changed nothing.', { facts: { next } });
  }
  const [change] = await ports.store.list({ changeId: id, limit: 1 });
  if (change) {
    const next = 'Call again with it as change_id.';
    return new AppError('invalid_input', 'batch_id: that is the id of a single change.', { facts: { next } });
  }
  const next = 'Look the id up in the list of changes.';
  return new AppError('not_found', 'batch_id: no such batch is recorded.', { facts: { next } });
}

/** The result with what could not be undone in its place. */
async function withFailed(
  result: BatchResult,
  { dryRun, tool, caller }: BatchCall,
  steps: readonly UndoStep[],
  ports: Ports,
): Promise<BatchResult> {
  const { results: undone, batch_id: id, approval, verdict, rule, message, next } = result;
  const undo = { tool, caller, dryRun, batchId: id };
  const results: MemberResult[] = [];
  for (const step of steps) {
    if ('error' in step) results.push(toMember(await failReverse(step.change, undo, withoutPath(step.error), ports)));
    else results.push(...undone.slice(step.index, step.index + 1));
  }
  const more = { ...(approval && { approval }), ...(verdict && { verdict }), ...(rule !== undefined && { rule }) };
  const text = { message, ...(next !== undefined && { next }) };
  const notUndone = results.length - undone.length;
  return toBatchResult({ id, allOrNothing: false }, results, more, withNotUndone(text, notUndone, undone.length));
}

/** Nobody gave this change as an argument. */
function withoutPath({ code, message, cause, facts }: AppError): AppError {
  const words = message.replace(/^change_id: (.)/, (_, first: string) => first.toUpperCase());
  return new AppError(code, words, { cause, facts });
}

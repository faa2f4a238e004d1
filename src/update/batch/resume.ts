import { AppError } from '../../errors.ts';
import { isStricter } from '../confirm/strictness.ts';
import { notePeople } from '../policy/people/counts.ts';
import type { Ports } from '../ports.ts';
import type { Answer, ChangeRequest, Connection, Result } from '../types.ts';
import { undoRequest } from '../undo/request.ts';
import { toMember } from './end.ts';
import { recordsUnder } from './plan/people.ts';
import { planBatch } from './plan/plan.ts';
import type { BatchPlan } from './plan/types.ts';
import { strictestVerdict } from './plan/verdict.ts';
import { isFinal, keyOfRecord, recordedChanges, toEndedBefore } from './recorded.ts';
import { goOn } from './run/carry-out.ts';
import { type BatchHeader, readChanges, readHeader, type StoredChange } from './stored.ts';
import type { BatchCall, BatchChange, BatchReply, Consent } from './types.ts';
import { updateMany } from './update-many.ts';

/** A stored batch, as far as it has come. */
export interface Resumable {
  /** All its changes, in their order. */
  batch: BatchCall;
  /** What ended for good before, by index. */
  ended: ReadonlyMap<number, Result>;
  /** Of an all-or-nothing batch: changes that were put back already. */
  isUndoing: boolean;
  /** The yes, if it still serves what is left. */
  consent: Consent | undefined;
}

export type ResumeOrigin = Pick<BatchCall, 'canAsk' | 'place' | 'signal' | 'observer'>;

/**
 * Reads a stored batch and what the audit log says of it. A change in doubt is closed with the truth first. Throws an
 * AppError if there is none, or if another process is carrying it out.
 */
export async function readBatch(
  id: string,
  origin: ResumeOrigin,
  connections: readonly Connection[],
  ports: Ports,
): Promise<Resumable> {
  const header = await readHeader(id, ports);
  if (!header) throw await unknownBatch(id, ports);
  if (!(await ports.store.batches.claim(id))) throw beingCarriedOut();
  const stored = await readChanges(id, header.parts, ports);
  const recorded = await recordedChanges(id, connections, ports);
  const ended = new Map<number, Result>();
  const changes: BatchChange[] = [];
  for (const [index, change] of stored.entries()) {
    changes.push(await toChange(change, header, connections, ports));
    const last = recorded.made.get(keyOfRecord(change));
    if (last && isFinal(last)) ended.set(index, toEndedBefore(last));
  }
  const { tool, caller, reason, allOrNothing, undoes } = header;
  const batch: BatchCall = {
    id,
    tool,
    caller,
    changes,
    allOrNothing,
    dryRun: false,
    isKept: true,
    isResumed: true,
    endedBefore: ended,
    ...(reason !== undefined && { reason }),
    ...(undoes !== undefined && { undoes }),
    ...origin,
  };
  const consent = consentOf(header, stored, ports);
  return { batch, ended, isUndoing: recorded.putBack.length > 0, consent };
}

/**
 * Goes on with a batch: makes what is left if the yes still serves it, else asks about what is left. `answer`: to that
 * question. The result has all changes of the batch.
 */
export async function resumeBatch(
  { batch, ended, isUndoing, consent }: Resumable,
  ports: Ports,
  answer?: Answer,
): Promise<BatchReply> {
  if (consent && !answer) {
    const plan = await planBatch(batch, ports, { isRepeated: true });
    if (isServed(plan, consent) && (await notePeople(ports, plan.people, recordsUnder(plan.planned)))) {
      const results = new Map([...ended].map(([index, result]) => [index, toMember(result)] as const));
      return await goOn({ ...batch, people: plan.people }, consent, results, isUndoing, ports);
    }
  }
  return await updateMany({ ...batch, ...(answer && { answer }) }, ports);
}

/** Whether the yes covers what is left: everything in it was shown, and policy asks for no more than was given. */
function isServed({ planned }: BatchPlan, consent: Consent): boolean {
  const isShown = planned.every(({ index }) => typeof consent.digests[index] === 'string');
  return isShown && !isStricter(strictestVerdict(planned).decision, consent.level);
}

function consentOf({ consent }: BatchHeader, stored: readonly StoredChange[], ports: Ports): Consent | undefined {
  if (!consent || consent.until <= ports.clock.now()) return undefined;
  const { level, overwrite, evidence } = consent;
  return { digests: stored.map(({ digest }) => digest ?? null), level, overwrite, evidence };
}

function beingCarriedOut(): AppError {
  const next = 'Wait until that process has ended, then resume it again.';
  return new AppError('record_changed', 'Another process carries this batch out at this moment.', { facts: { next } });
}

async function unknownBatch(id: string, ports: Ports): Promise<AppError> {
  const [entry] = await ports.store.list({ batchId: id, limit: 1 });
  if (!entry) return new AppError('not_found', 'No batch of that id is known.', { facts: { next: 'Check the id.' } });
  const message = 'That batch is done, or its target values are no longer kept: there is nothing left to resume.';
  return new AppError('not_found', message, { facts: { next: 'Its changes are in the list of changes.' } });
}

async function toChange(
  { provider, connection: name, userId, set, clear, undoes, line }: StoredChange,
  { tool, reason }: BatchHeader,
  connections: readonly Connection[],
  ports: Ports,
): Promise<BatchChange> {
  const connection = connections.find((one) => one.name === name && one.provider.id === provider);
  if (!connection) {
    const next = 'The operator has to configure that connection again.';
    throw new AppError('invalid_input', `The connection "${name}" of this batch is not configured.`, {
      facts: { next },
    });
  }
  const given = reason === undefined ? {} : { reason };
  if (undoes !== undefined) return await undoRequest(tool, { change_id: undoes, ...given }, connections, ports);
  const request: ChangeRequest = {
    tool,
    userId,
    set: new Map(Object.entries(set ?? {})),
    clear: clear ?? [],
    askFor: [],
    dryRun: false,
    ...given,
  };
  return { connection, request, ...(line !== undefined && { line }) };
}

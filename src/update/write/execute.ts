import { AppError } from '../../errors.ts';
import { type Deadline, msUntil, type Pauses, paused, startDeadline, startPauses } from '../../lib/async/deadline.ts';
import { isObject, type JsonObject } from '../../lib/json/json-value.ts';
import { removingField } from '../../providers/interpret/warning.ts';
import type { EntryBody } from '../../store/log/entry.ts';
import { recordedCollateral } from '../audit/entry.ts';
import { failureFacts, sensitiveIn, type UpdateContext } from '../context.ts';
import { movedBetween, removalSeen, type Verification, verify } from '../plan/verify.ts';
import type { WriteResult } from '../ports.ts';
import { viewRecord } from '../redact/view.ts';
import { toMessage } from '../results/messages.ts';
import { toResult } from '../results/result.ts';
import type { Proposal, Result } from '../types.ts';
import { type BeforeImage, withCollateral } from './before-image.ts';
import { classify } from './classify.ts';
import { closeEntry } from './close.ts';
import { rereadWaits, sum } from './reread.ts';

/** A change whose intent is durable. It always ends with a closed entry, whatever the caller does. */
export interface OpenedChange {
  kind: 'opened';
  context: UpdateContext;
  proposal: Proposal;
  changeId: string;
  /** The intent as the entry describes it. */
  body: EntryBody;
  beforeImage: BeforeImage;
  /** Contested fields that keep their values. */
  keptFields: readonly string[];
}

/** The least time a write or a read-back gets, even if the call's time is nearly over, in ms. */
const LEAST_MS = 3000;

/**
 * How long a write waits for pauses besides the time of the call, in ms. Other machines take an intent that is open for two
 * minutes for one of a process that died.
 */
const LONGEST_PAUSE_MS = 60_000;

/** upstream/records.write → plan/verify → audit: close. */
export async function execute(change: OpenedChange): Promise<Result> {
  const { context, proposal, changeId, keptFields } = change;
  const { call, ports } = context;
  const written = await write(change);
  const seen = mayHaveWritten(written) ? await readBack(change, written) : undefined;
  const outcome = classify(written, seen, keptFields);
  const message = toMessage(outcome, { call, commandLine: ports.commandLine, sensitive: () => sensitiveIn(context) });
  const body = {
    ...change.body,
    ...(message.code && { code: message.code }),
    ...(message.detail !== undefined && { detail: message.detail }),
    ...(seen?.collateral.length && { collateral: recordedCollateral(call, ports.redaction, seen.collateral) }),
  };
  await closeEntry({ changeId, outcome: message.outcome, body, beforeImage: beforeImageAfter(change, seen) }, ports);
  const result = { ...toResult(context, outcome, message, proposal), change_id: changeId };
  const shaped = written.kind === 'accepted' && call.request.shape && isObject(written.body) ? written.body : undefined;
  return shaped ? { ...result, user: { ...result.user, attributes: attributesFor(change, shaped) } } : result;
}

type Sent = Extract<WriteResult, { kind: 'accepted' | 'unknown' }>;

function mayHaveWritten(written: WriteResult): written is Sent {
  return written.kind === 'accepted' || written.kind === 'unknown';
}

async function write(change: OpenedChange): Promise<WriteResult> {
  const { context, proposal } = change;
  const { plan, snapshot } = proposal;
  const { call, ports } = context;
  const { connection, request } = call;
  const { pauses } = context.within;
  const until = Math.min(performance.now() + LONGEST_PAUSE_MS, pauses?.until ?? 0);
  const within = timeLeft(change, LEAST_MS, pauses && startPauses(until));
  try {
    const toSend = { userId: plan.userId, write: plan.write, body: plan.body };
    return await ports.records.write(connection, toSend, {
      within,
      async isCurrent() {
        const { record } = await ports.records.read(connection, request.userId, within);
        return movedBetween(connection.provider, snapshot.record, record).length === 0;
      },
      ...(snapshot.etag !== undefined && { etag: snapshot.etag }),
      ...(request.shape && { query: request.shape }),
    });
  } catch (error) {
    // Only reading in isCurrent throws; nothing was sent.
    if (error instanceof AppError) return { kind: 'rejected', error };
    throw error;
  }
}

/** The remaining time of the call, whether or not the caller still waits, and not less than `leastMs`. */
function timeLeft({ context: { within }, changeId }: OpenedChange, leastMs: number, pauses?: Pauses): Deadline {
  return startDeadline(Math.max(leastMs, msUntil(within)), undefined, { change: changeId }, pauses);
}

/** The user record after the write compared with the plan; undefined if it cannot be read. */
async function readBack(change: OpenedChange, written: Sent): Promise<Verification | undefined> {
  const { context, proposal, changeId } = change;
  const { plan, snapshot } = proposal;
  const { call, ports } = context;
  const { connection, request } = call;
  const waits = rereadWaits(connection.provider, written.kind);
  const within = timeLeft(change, LEAST_MS + Math.max(LEAST_MS, sum(waits)), context.within.pauses);
  const read = async () => {
    const after = await ports.records.read(connection, request.userId, within);
    return verify(connection.provider, plan, snapshot.record, after.record);
  };
  try {
    let seen = await read();
    for (const wait of waits) {
      if (seen.old.length + seen.unreadable.length === 0) break;
      if (!(await paused(wait, within))) break;
      seen = await read();
    }
    return seen;
  } catch (error) {
    const removing = removingField(plan.changes);
    if (removing !== undefined && isAppError(error, 'not_found')) return removalSeen(plan, removing);
    const facts = { change: changeId, connection: connection.name, ...failureFacts(context, error) };
    ports.log.warn(facts, 'the record could not be read back');
    return undefined;
  }
}

function isAppError(error: unknown, code: AppError['code']): boolean {
  return error instanceof AppError && error.code === code;
}

/** The before-image with what changed unasked, so that undo can put it back. */
function beforeImageAfter(
  { context, beforeImage, changeId }: OpenedChange,
  seen: Verification | undefined,
): Uint8Array | undefined {
  if (!seen || seen.moved.length === 0) return undefined;
  return context.ports.seal.seal(changeId, withCollateral(beforeImage, seen.moved));
}

/** The user as the vendor returned it, in the shape the caller requested, masked for the model. */
function attributesFor(
  { context: { call, ports } }: OpenedChange,
  returned: JsonObject,
): NonNullable<Result['user']['attributes']> {
  return viewRecord(call.connection.provider, returned, 'model', ports.redaction);
}

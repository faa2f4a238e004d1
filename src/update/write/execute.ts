import { AppError } from '../../errors.ts';
import { type Deadline, startDeadline } from '../../lib/async/deadline.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { printable } from '../../lib/text/printable.ts';
import { quoteName } from '../../lib/text/quote.ts';
import type { EntryBody } from '../../store/store.ts';
import { recordedCollateral } from '../audit/entry.ts';
import { failureFacts, sensitiveIn, type UpdateContext } from '../context.ts';
import { movedBetween, type Verification, verify } from '../plan/verify.ts';
import type { WriteResult } from '../ports.ts';
import { viewRecord } from '../redact/view.ts';
import { NEXT } from '../results/next-steps.ts';
import { failureWords, makeResult, strippedFacts, verificationFacts, type Words } from '../results/result.ts';
import type { Current, Plan, Result, Verdict } from '../types.ts';
import { type Image, withCollateral } from './before-image.ts';
import { closeChange } from './close.ts';

/** A change whose intent is on disk. From here on it ends with a closed entry, whatever the caller does. */
export interface OpenedChange {
  context: UpdateContext;
  plan: Plan;
  verdict: Verdict;
  current: Current;
  changeId: string;
  /** What the intent says on record. */
  body: EntryBody;
  image: Image;
  /** Contested fields that were left as they are. */
  left: readonly string[];
}

/** What a write or a read-back gets even where the call's time is nearly over: an opened change is seen through. */
const LEAST_MS = 3000;

/**
 * Some vendors answer before what they wrote can be read; and a write whose reply was lost may still be on its way
 * through the vendor's stack.
 */
const REREAD_AFTER_MS = { accepted: [150, 600], unknown: [250, 750, 2000] };

/** write → verify → close. */
export async function execute(change: OpenedChange): Promise<Result> {
  const { context, plan, verdict, current, changeId, left } = change;
  const { call, ports } = context;
  const written = await write(change);
  const seen = mayHaveWritten(written) ? await readBack(change, written) : undefined;
  const words = wordsFor(change, written, seen);
  const body = {
    ...change.body,
    ...(words.code && { code: words.code }),
    ...(words.detail !== undefined && { detail: words.detail }),
    ...(seen?.collateral.length && { collateral: recordedCollateral(call, ports.redaction, seen.collateral) }),
  };
  await closeChange({ changeId, outcome: words.outcome, body, image: imageAfter(change, seen) }, ports);
  const result = makeResult(call, ports.redaction, words, plan, {
    ...strippedFacts(verdict),
    ...(left.length > 0 && { left }),
    ...(seen && verificationFacts(call, ports.redaction, seen)),
    change_id: changeId,
  });
  const shaped = written.kind === 'accepted' && call.request.shape && isObject(written.body) ? written.body : undefined;
  return shaped ? { ...result, user: { ...result.user, attributes: attributesFor(change, shaped) } } : result;
}

type Sent = Extract<WriteResult, { kind: 'accepted' | 'unknown' }>;

function mayHaveWritten(written: WriteResult): written is Sent {
  return written.kind === 'accepted' || written.kind === 'unknown';
}

async function write(change: OpenedChange): Promise<WriteResult> {
  const { context, plan, current } = change;
  const { call, ports } = context;
  const { connection, request } = call;
  const within = seenThrough(change, LEAST_MS);
  try {
    const toSend = { userId: plan.userId, body: plan.body };
    return await ports.records.write(connection, toSend, {
      within,
      async isCurrent() {
        const { record } = await ports.records.read(connection, request.userId, within);
        return movedBetween(connection.provider, current.record, record).length === 0;
      },
      ...(current.etag !== undefined && { etag: current.etag }),
      ...(request.shape && { query: request.shape }),
    });
  } catch (error) {
    // Only that look at the record can fail so; nothing was sent.
    if (error instanceof AppError) return { kind: 'rejected', error };
    throw error;
  }
}

/** What is left of the call's time, whether or not the caller still waits, and not less than a change needs. */
function seenThrough({ context: { within }, changeId }: OpenedChange, leastMs: number): Deadline {
  return startDeadline(Math.max(leastMs, within.at - performance.now()), undefined, { change: changeId });
}

/** The record after the write, held against the plan; undefined where it cannot be read. */
async function readBack(change: OpenedChange, written: Sent): Promise<Verification | undefined> {
  const { context, plan, current, changeId } = change;
  const { call, ports } = context;
  const { connection, request } = call;
  const within = seenThrough(change, 2 * LEAST_MS);
  const look = async () => {
    const after = await ports.records.read(connection, request.userId, within);
    return verify(connection.provider, plan, current.record, after.record);
  };
  try {
    let seen = await look();
    for (const wait of REREAD_AFTER_MS[written.kind]) {
      if (seen.old.length + seen.unreadable.length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, wait));
      seen = await look();
    }
    return seen;
  } catch (error) {
    const facts = { change: changeId, connection: connection.name, ...failureFacts(context, error) };
    ports.log.warn(facts, 'the record could not be read back');
    return undefined;
  }
}

function wordsFor(change: OpenedChange, written: WriteResult, seen: Verification | undefined): Words {
  const { call } = change.context;
  if (written.kind === 'moved') return movedWords('The record changed while this write waited for its turn.');
  if (written.kind === 'rejected') {
    const failed = failureWords(call, written.error, sensitiveIn(change.context));
    if (written.error.code !== 'record_changed') return failed;
    return { ...failed, outcome: 'conflict', detail: 'the vendor refused the write because the record had changed' };
  }
  const lost = written.kind === 'unknown';
  const start = lost ? `${written.error.message} The record was read to find out.` : 'The vendor accepted the change';
  if (!seen) {
    const what = lost ? written.error.message : `${start}.`;
    const detail = `the record could not be read back${lost ? ' after a lost reply' : ''}`;
    return unverified(`${what} The record could not be read back, so whether it was written is not known.`, detail);
  }
  const { old, other, unreadable, writeOnly } = seen;
  const names = {
    old: namesText(old),
    other: namesText(other),
    unreadable: namesText(unreadable),
    writeOnly: namesText(writeOnly),
  };
  if (other.length > 0) {
    return {
      outcome: 'conflict',
      code: 'record_changed',
      message: `${start.replace(/\.$/, '')}, but reads back with another value in: ${names.other}. Someone else, or the vendor itself, changed it.`,
      next: NEXT.record_changed,
      detail: `reads back with another value: ${names.other}`,
    };
  }
  if (lost && written.running && old.length > 0) {
    return unverified(
      `${start} It still shows the old value of ${names.old}, but the vendor may yet carry it out.`,
      `still the old value, and the vendor may yet carry it out: ${names.old}`,
    );
  }
  if (lost && old.length > 0 && seen.seen.length === 0) {
    const failed = failureWords(call, written.error, sensitiveIn(change.context));
    return { ...failed, message: `${failed.message} The record was read back and still holds the old values.` };
  }
  if (old.length > 0) {
    return unverified(
      `${start}, but the record still shows the old value of: ${names.old}.`,
      `still the old value: ${names.old}`,
    );
  }
  if (unreadable.length > 0) {
    const message = `${start}, but the record read back does not show: ${names.unreadable}.`;
    return unverified(message, `not shown when read back: ${names.unreadable}`);
  }
  if (lost && seen.seen.length === 0) {
    return unverified(
      `${start} ${names.writeOnly} cannot be read back.`,
      `reply lost, and it cannot be read back: ${names.writeOnly}`,
    );
  }
  return updated(change, seen, lost);
}

/** Paths in a sentence of ours; keys of open objects are foreign text. */
function namesText(paths: readonly string[]): string {
  return paths.map(quoteName).join(', ');
}

function updated({ context, left }: OpenedChange, seen: Verification, lost: boolean): Words {
  const beyond = context.call.request.undo?.beyond ?? [];
  const notes = [
    seen.seen.length > 0 ? 'Updated, and seen in the record read back.' : 'Accepted by the vendor.',
    ...(lost ? ['The vendor’s reply was lost, the record shows the new values.'] : []),
    ...(seen.writeOnly.length > 0
      ? [`Cannot be read back, by the vendor’s design: ${namesText(seen.writeOnly)}.`]
      : []),
    ...(seen.collateral.length > 0
      ? [
          `Also changed although nobody asked for it: ${seen.collateral.map(({ field }) => printable(field)).join(', ')}.`,
        ]
      : []),
    ...(left.length > 0 ? [`Left as it is, because somebody changed it since: ${left.join(', ')}.`] : []),
    ...beyond,
  ];
  return {
    outcome: 'updated',
    message: notes.join(' '),
    ...(seen.collateral.length > 0 && { next: 'Tell the person about the fields that changed unasked.' }),
  };
}

function movedWords(what: string): Words {
  return {
    outcome: 'conflict',
    code: 'record_changed',
    message: `${what} Nothing was sent, and nothing was changed.`,
    detail: 'the record changed before the write was sent',
    next: 'Call again: the change is planned anew, on the record as it is now.',
  };
}

function unverified(message: string, detail: string): Words {
  return { outcome: 'unverified', code: 'unverified', message, next: NEXT.unverified, detail };
}

/** The image with what moved unasked, so that undo can offer to put it back. */
function imageAfter(
  { context, image, changeId }: OpenedChange,
  seen: Verification | undefined,
): Uint8Array | undefined {
  if (!seen || seen.moved.length === 0) return undefined;
  return context.ports.seal.seal(changeId, withCollateral(image, seen.moved));
}

/** The user as the vendor returned it, shaped by the caller's wish, masked for the model. */
function attributesFor(
  { context: { call, ports } }: OpenedChange,
  returned: JsonObject,
): NonNullable<Result['user']['attributes']> {
  return viewRecord(call.connection.provider, returned, 'model', ports.redaction);
}

import { AppError } from '../errors.ts';
import { newChangeId } from '../lib/uuid7.ts';
import { userRefOf } from './audit/entry.ts';
import { endCall } from './audit/record.ts';
import { withReverse } from './batch/plan/reversible.ts';
import { isFinal, toEndedBefore } from './batch/recorded.ts';
import { countGuesses } from './confirm/guess-budget.ts';
import { type Retry, retry, type UpdateContext } from './context.ts';
import { readPeopleWindows } from './policy/people/counts.ts';
import { endsBeforeConfirmation, needsNoConsent, propose } from './propose.ts';
import type { Proposal, Result, Snapshot } from './types.ts';
import type { PreparedEntry } from './write/open.ts';

/** A change that is planned and judged, and has to be confirmed next. */
export interface Prepared {
  kind: 'prepared';
  proposal: Proposal;
  entry: PreparedEntry;
}

/** upstream/records.read → plan → policy: everything before a person is asked. Writes nothing. */
export async function prepare(context: UpdateContext): Promise<Prepared | Result | Retry> {
  const { snapshot, entry } = await readSnapshot(context);
  if (snapshot.id !== undefined && snapshot.id !== context.call.request.userId && !context.isCanonical)
    return withCanonicalId(context, snapshot.id);
  context.known.addRecord(snapshot.record);
  const before = await endedBefore(context);
  if (before) return before;

  const proposed = await proposeOrCount(context, snapshot);
  if (proposed.kind !== 'proposal') return proposed;
  const proposal = context.call.batch?.isAllOrNothing ? withReverse(context, proposed) : proposed;
  if ('irreversible' in proposal) return await endIrreversible(context, proposed, proposal);
  const ended = await endWithoutWrite(context, proposal);
  return ended ?? { kind: 'prepared', proposal, entry };
}

/** What a resumed batch did to this user record before. Looked up after `lastSeq`, so that an entry since is noticed. */
async function endedBefore({ call, ports: { store } }: UpdateContext): Promise<Result | undefined> {
  if (!call.batch?.isResumed) return undefined;
  const [last] = await store.list({ ...userRefOf(call), batchId: call.batch.id, limit: 1 });
  return last && isFinal(last) ? toEndedBefore(last) : undefined;
}

/** The last audit entry is looked up first, so that a change between the two reads is noticed. */
async function readSnapshot({ call, ports, within }: UpdateContext) {
  const user = userRefOf(call);
  const lastSeq = await ports.store.lastSeq(user);
  const reading = ports.records.read(call.connection, call.request.userId, within);
  const counting = call.people ?? readPeopleWindows(ports, call.caller).then(({ countsWith }) => countsWith([user]));
  // Runs while the vendor responds, so that it adds no time.
  const changeId = newChangeId();
  const entry = { changeId, seal: ports.seal.prepare(changeId) };
  const [current, people] = await Promise.all([reading, counting]);
  return { snapshot: { ...current, lastSeq, people }, entry };
}

/** Two spellings of one user id would count as two users for the lock, the audit log and every yes. */
function withCanonicalId(context: UpdateContext, userId: string): Retry {
  const { call } = context;
  const canonical = { ...call, request: { ...call.request, userId } };
  return retry(context, 'canonical_id', { call: canonical, isCanonical: true });
}

/** Whether a request can be planned depends on what the user record holds, so a failure counts as a guess. */
async function proposeOrCount(context: UpdateContext, snapshot: Snapshot): Promise<Proposal | Result> {
  try {
    return propose(context, snapshot);
  } catch (error) {
    const exceeded = await countGuesses(context, undefined);
    if (exceeded) return await endCall(context, exceeded);
    throw error;
  }
}

/** Whether a change can be put back depends on what the user record holds, so this counts as a guess too. */
async function endIrreversible(
  context: UpdateContext,
  proposal: Proposal,
  { irreversible }: { irreversible: string },
): Promise<Result> {
  const error = new AppError('invalid_input', `All or nothing is not possible with this change: ${irreversible}.`);
  const exceeded = await countGuesses(context, undefined);
  return await endCall(context, exceeded ?? { kind: 'failed', error }, proposal);
}

/** Ends the call if there is nothing to write, or if asking would already confirm a guess. */
async function endWithoutWrite(context: UpdateContext, proposal: Proposal): Promise<Result | undefined> {
  const { plan, verdict } = proposal;
  if (plan.leaves.length > 0) context.ports.telemetry?.verdict(context.call.connection.provider.id, verdict.decision);
  const outcome = endsBeforeConfirmation(context, proposal);
  if (!outcome && (context.call.batch?.consent || needsNoConsent(proposal))) return undefined;
  const answeredAs = outcome?.kind === 'denied' ? undefined : outcome?.kind;
  const exceeded = await countGuesses(context, answeredAs, proposal);
  if (exceeded) return await endCall(context, exceeded);
  return outcome && (await endCall(context, outcome, proposal));
}

import { AppError } from '../errors.ts';
import { isOver, paused } from '../lib/async/deadline.ts';
import { newChangeId } from '../lib/uuid7.ts';
import { userRefOf } from './audit/entry.ts';
import { abandonCall, endCall } from './audit/record.ts';
import { confirm } from './confirm/confirm.ts';
import { countGuesses } from './confirm/guess-budget.ts';
import { type Call, createContext, failureFacts, type Retry, retry, type UpdateContext } from './context.ts';
import { readPeopleWindows } from './policy/people-counts.ts';
import type { Ports } from './ports.ts';
import { agreedProposal, endsBeforeConfirmation, needsNoConsent, propose } from './propose.ts';
import type { Proposal, Result, Snapshot, UpdateReply } from './types.ts';
import { execute } from './write/execute.ts';
import { openEntry } from './write/open.ts';

/**
 * One update, from a parsed request to its result. A question ends the call instead of waiting: the answer comes with
 * another call, which runs the same steps again and so also detects a user record that moved in between. Never throws.
 */
export async function update(call: Call, ports: Ports): Promise<UpdateReply> {
  const reply = await run(createContext(call, ports));
  if (reply.kind === 'result') {
    const { change_id: change, code, outcome } = reply;
    const { request, connection } = call;
    ports.log.debug({ change, tool: request.tool, connection: connection.name, outcome, code }, 'update ended');
  }
  return reply;
}

/** The steps of one attempt, in order. Each takes the context and what the steps before it returned. */
async function attempt(context: UpdateContext): Promise<UpdateReply | Retry> {
  const { snapshot, prepared } = await readSnapshot(context);
  if (snapshot.id !== undefined && snapshot.id !== context.call.request.userId && !context.isCanonical)
    return withCanonicalId(context, snapshot.id);
  context.known.addRecord(snapshot.record);

  const proposal = await proposeOrCount(context, snapshot);
  if (proposal.kind !== 'proposal') return proposal;
  const ended = await endWithoutWrite(context, proposal);
  if (ended) return ended;

  const confirmed = await confirm(context, proposal);
  if (confirmed.kind !== 'confirmed') return confirmed;

  try {
    const agreed = agreedProposal(confirmed, proposal);
    const opened = await openEntry(confirmed.context, agreed, confirmed, prepared);
    if (opened.kind !== 'opened') return opened;

    return await execute(opened);
  } catch (error) {
    return await fail(confirmed.context, error);
  }
}

/** Runs attempts until one ends, one call per user at a time. */
async function run(first: UpdateContext): Promise<UpdateReply> {
  let context = first;
  try {
    for (;;) {
      const locked = context;
      const next = await context.ports.lock(lockKeyOf(context), () => attemptUntilEnded(locked));
      if (next.kind !== 'retry') return next;
      context = { ...context, ...next.state };
    }
  } catch (error) {
    return await fail(context, error);
  }
}

/** Retries under one lock; another user id has another lock. */
async function attemptUntilEnded(first: UpdateContext): Promise<UpdateReply | Retry> {
  let context = first;
  // Waiting for the lock may have taken all the time; that is not the vendor's fault.
  if (isOver(context.within)) throw blocked();
  for (;;) {
    const next = await attempt(context);
    if (next.kind !== 'retry' || next.reason === 'canonical_id') return next;
    context = { ...context, ...next.state };
    const isInTime = await paused(20 + Math.random() * 40, context.within);
    if (!isInTime) return await fail({ ...context, evidence: next.evidence }, blocked());
  }
}

/** Not per connection: two connections may lead to the same account. */
function lockKeyOf({ call: { connection, request } }: UpdateContext): string {
  return `${connection.provider.id} ${request.userId}`;
}

/** The last audit entry is looked up first, so that a change between the two reads is noticed. */
async function readSnapshot({ call, ports, within }: UpdateContext) {
  const user = userRefOf(call);
  const lastSeq = await ports.store.lastSeq(user);
  const reading = ports.records.read(call.connection, call.request.userId, within);
  const counting = call.people ?? readPeopleWindows(ports, call.caller).then(({ countsWith }) => countsWith([user]));
  // Runs while the vendor responds, so that it adds no time.
  const changeId = newChangeId();
  const prepared = { changeId, seal: ports.seal.prepare(changeId) };
  const [current, people] = await Promise.all([reading, counting]);
  return { snapshot: { ...current, lastSeq, people }, prepared };
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

/** Ends the call if there is nothing to write, or if asking would already confirm a guess. */
async function endWithoutWrite(context: UpdateContext, proposal: Proposal): Promise<Result | undefined> {
  const { plan, verdict } = proposal;
  if (plan.leaves.length > 0) context.ports.telemetry?.verdict(context.call.connection.provider.id, verdict.decision);
  const outcome = endsBeforeConfirmation(context, proposal);
  if (!outcome && needsNoConsent(proposal)) return undefined;
  const answeredAs = outcome?.kind === 'denied' ? undefined : outcome?.kind;
  const exceeded = await countGuesses(context, answeredAs, proposal);
  if (exceeded) return await endCall(context, exceeded);
  return outcome && (await endCall(context, outcome, proposal));
}

/** Ends a call that failed. The context is the one of the failed step, so that the entry has the evidence of the consent. */
async function fail(context: UpdateContext, error: unknown): Promise<Result> {
  const { call, ports } = context;
  // The failure is a consequence of the caller leaving.
  if (call.signal?.aborted) return await abandonCall(context);
  const result = await endCall(context, { kind: 'failed', error });
  const where = { change: result.change_id, tool: call.request.tool, connection: call.connection.name };
  ports.log.warn({ ...where, ...failureFacts(context, error) }, 'update failed');
  return result;
}

function blocked(): AppError {
  return new AppError('record_changed', 'Other changes of this user were in progress the whole time.', {
    facts: { next: 'Call again. A change that was interrupted on another machine is recovered within three minutes.' },
  });
}

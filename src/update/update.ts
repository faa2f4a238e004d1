import { isOver, paused } from '../lib/async/deadline.ts';
import { confirm } from './confirm/confirm.ts';
import { type Call, createContext, type Retry, retry, type UpdateContext } from './context.ts';
import { blocked, fail } from './fail.ts';
import type { Ports } from './ports.ts';
import { prepare } from './prepare.ts';
import { agreedProposal } from './propose.ts';
import type { Result, UpdateReply } from './types.ts';
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
  const prepared = await prepare(context);
  if (prepared.kind !== 'prepared') return prepared;
  const { proposal, entry } = prepared;

  const confirmed = await confirm(context, proposal);
  if (confirmed.kind !== 'confirmed') return confirmed;

  // Better to wait, or to fail, before there is an intent. The record is read again after the pause in any case.
  if (context.ports.records.pauseMs(context.call.connection) > 0) return retry(confirmed.context, 'slowed_down');

  try {
    const agreed = agreedProposal(confirmed, proposal);
    const opened = await openEntry(confirmed.context, agreed, confirmed, entry);
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

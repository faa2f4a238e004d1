import { AppError } from '../../errors.ts';
import { isOver } from '../../lib/async/deadline.ts';
import type { PeopleNote } from '../../store/windows.ts';
import { entryBody, newEntry, userRefOf } from '../audit/entry.ts';
import type { Confirmed } from '../confirm/confirmed.ts';
import { type Call, type Retry, retry, type UpdateContext } from '../context.ts';
import type { Proposal } from '../types.ts';
import { beforeImageOf } from './before-image.ts';
import type { OpenedChange } from './execute.ts';
import { recover } from './recovery.ts';

/** Seals the before-image under a change id; prepared while the vendor answers, so that it costs the call no time. */
export interface PreparedEntry {
  changeId: string;
  seal(beforeImage: unknown): Uint8Array;
}

/**
 * Makes the intent durable, consumes the consent and counts the user record for policy, in one transaction. Any obstacle
 * (another process, a newer entry, a consumed token, another count) makes the steps run again.
 */
export async function openEntry(
  context: UpdateContext,
  proposal: Proposal,
  { consumes, keptFields }: Confirmed,
  { changeId, seal }: PreparedEntry,
): Promise<OpenedChange | Retry> {
  const { call, ports } = context;
  if (isOver(context.within)) throw new AppError('internal', 'The call ended before anything was sent.');
  const body = entryBody(context, proposal);
  const beforeImage = beforeImageOf(proposal.plan, proposal.snapshot.record);
  const { token, approvalId } = consumes;
  const people = call.people ? [] : peopleNotes(call, proposal);
  const opened = await ports.store.open({
    entry: newEntry(call, changeId, 'unverified', body),
    since: proposal.snapshot.lastSeq,
    ...(approvalId !== undefined && { approval: approvalId }),
    ...(token && { nonce: { id: token.id, expiresAt: token.expiresAt } }),
    ...(people.length > 0 && { people }),
    beforeImage: { sealed: seal(beforeImage), expiresAt: ports.clock.now() + ports.limits.undoDays * DAY_MS },
  });
  switch (opened.kind) {
    case 'opened':
      return { kind: 'opened', context, proposal, changeId, body, beforeImage, keptFields };
    case 'in_doubt':
      await recover(opened.entry, call.connection, ports);
      return retry(context, 'recovered');
    case 'consumed': {
      // A yes counts once. Ask again without it: the record may already hold the new values.
      const { answer: _, ...unanswered } = call;
      const askedAgain = 'Asked again: the earlier yes was used already.';
      return retry(context, 'token_consumed', { call: unanswered, askedAgain });
    }
    case 'recounted':
      return retry(context, 'recounted');
    case 'busy':
      return retry(context, 'in_flight');
    case 'moved':
      return retry(context, 'record_moved');
  }
}

function peopleNotes(call: Call, { snapshot, under }: Proposal): PeopleNote[] {
  const record = userRefOf(call);
  return snapshot.people.notes(new Map(under.map((rule) => [rule, [record]])));
}

const DAY_MS = 86_400_000;

import { canonicalJson } from '../json.ts';
import { isTyped } from './question.ts';
import type { Answer, Caller, ChangeRequest, Connection, Plan, Ticket } from './types.ts';

/** What a yes is bound to. A keyed hash, since its ticket is readable by the client and a short secret could be guessed. */
export function digestOf(
  hmac: (purpose: string, text: string) => string,
  connection: Connection,
  request: ChangeRequest,
  plan: Plan,
  caller: Caller,
): string {
  const changes = plan.changes.map(({ field, before, after, cleared, asked }) => ({
    field,
    before,
    after,
    cleared,
    asked,
  }));
  const bound = {
    tool: request.tool,
    provider: connection.provider.id,
    connection: connection.name,
    user: plan.userId,
    label: plan.label,
    version: plan.version,
    changes,
    undoes: request.undo?.changeId,
    contested: plan.contested,
    principal: caller.principal,
    client: caller.clientName,
  };
  return hmac('digest', canonicalJson(bound));
}

export type Consent =
  | { kind: 'granted'; ticket: Ticket; overwrite: boolean }
  | { kind: 'refused'; how: string }
  /** `why` is a line for the person, when this is not the first time of asking. */
  | { kind: 'ask'; why?: string };

/**
 * Whether a person said yes to this very change. Without a ticket of ours there is no answer, whatever else came along:
 * a first call that already carries answers is asked all the same.
 */
export function readConsent(
  answer: Answer | undefined,
  digest: string,
  typed: string | undefined,
  now: number,
): Consent {
  if (answer === undefined) return { kind: 'ask' };
  if (answer.action === 'decline') return { kind: 'refused', how: 'The person asked said no.' };
  if (answer.action === 'cancel') return { kind: 'refused', how: 'The person asked closed the question.' };
  if (answer.ticket.expiresAt <= now) return { kind: 'ask', why: 'Asked again: the earlier answer came too late.' };
  if (answer.ticket.digest !== digest) {
    return { kind: 'ask', why: 'Asked again: the record or the request is not what was answered before.' };
  }
  if (!answer.ticked) return { kind: 'refused', how: 'The question came back without a yes.' };
  if (typed !== undefined && !isTyped(answer.typed, typed)) {
    return { kind: 'refused', how: 'The name typed to confirm is not the name of this person.' };
  }
  return { kind: 'granted', ticket: answer.ticket, overwrite: answer.overwrite === true };
}

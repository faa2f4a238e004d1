import { randomUUID } from 'node:crypto';
import { digestOf, readConsent } from './confirm.ts';
import type { Journey } from './journey.ts';
import type { Words } from './outcome.ts';
import { makeQuestion } from './question.ts';
import { ended, unavailable } from './refusals.ts';
import type { Ask, Outcome, Plan, Question, Ticket, Verdict } from './types.ts';
import { viewPlan } from './view.ts';

/** `leave` are contested fields nobody gave their own yes for. */
export type Consent = { kind: 'go'; ticket?: Ticket; leave: readonly string[] } | { kind: 'stop'; outcome: Outcome };

/** Whether this plan may be carried out now, on this verdict and this answer. Everything but a clear yes stops it. */
export async function obtainConsent(journey: Journey, plan: Plan, verdict: Verdict): Promise<Consent> {
  const { call, ports } = journey;
  const stop = async (words: Words): Promise<Consent> => ({
    kind: 'stop',
    outcome: await ended(journey, words, plan, verdict),
  });
  if (verdict.decision === 'approve') return await stop(unavailable('needs approval by a person outside this client'));
  if (verdict.decision === 'allow') {
    // Policy speaks for the change, not for overwriting what somebody else wrote since.
    if (plan.contested.length === 0) return { kind: 'go', leave: [] };
    if (!call.canAsk && plan.contested.length < plan.changes.length) return { kind: 'go', leave: plan.contested };
  }
  if (!call.canAsk)
    return await stop(unavailable('needs a person’s yes, and this client cannot put a question to one'));

  const question = questionFor(journey, plan, verdict);
  const digest = digestOf(ports.seal.hmac, call.connection, call.request, plan, call.caller);
  const consent = readConsent(call.answer, digest, question.typed, Date.now());
  if (consent.kind === 'ask')
    return { kind: 'stop', outcome: ask(journey, plan, verdict, consent.why ?? journey.again) };
  if (consent.kind === 'refused') return await stop(refusedWords(consent.how));
  const leave = consent.overwrite ? [] : plan.contested;
  if (leave.length === plan.changes.length)
    return await stop(refusedWords('Nobody agreed to overwrite what changed since.'));
  return { kind: 'go', ticket: consent.ticket, leave };
}

/** A new question about this plan, with a new ticket. */
function ask(journey: Journey, plan: Plan, verdict: Verdict, why?: string): Ask {
  const { call, ports } = journey;
  const digest = digestOf(ports.seal.hmac, call.connection, call.request, plan, call.caller);
  const expiresAt = Date.now() + ports.confirmation.expiresMs;
  return {
    kind: 'ask',
    question: questionFor(journey, plan, verdict, why),
    ticket: { id: randomUUID(), digest, expiresAt },
  };
}

function questionFor({ call, ports }: Journey, plan: Plan, verdict: Verdict, again?: string): Question {
  const { connection, request, caller } = call;
  const view = viewPlan(connection, plan, 'person', ports.redaction, request.undo === undefined);
  return makeQuestion(view, {
    providerTitle: connection.provider.title,
    caller,
    stripped: verdict.stripped,
    contested: plan.contested,
    emails: [...new Set(plan.emails)],
    ...(request.undo && { undoes: request.undo.changeId }),
    ...(request.reason !== undefined && { reason: request.reason }),
    ...(again !== undefined && { again }),
  });
}

function refusedWords(how: string): Words {
  return {
    outcome: 'refused',
    code: 'refused_by_person',
    message: `${how} Nothing was changed.`,
    next: 'Do not call again for the same change unless the person asks for it.',
  };
}

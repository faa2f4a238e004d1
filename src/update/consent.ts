import { isOver } from '../deadline.ts';
import { AppError } from '../errors.ts';
import type { JsonObject } from '../json-value.ts';
import { approvalFor } from './approve.ts';
import { digestOf, readConsent } from './confirm.ts';
import { approvalDetour, type Detour, keptInClient, questionDetour, unavailable } from './detour.ts';
import type { Journey } from './journey.ts';
import { NEXT } from './next-steps.ts';
import { makeResult, strippedFacts, type Words } from './outcome.ts';
import { makeQuestion } from './question.ts';
import { contextOf } from './question-context.ts';
import { abandoned, ended } from './refusals.ts';
import type { Ask, Outcome, Plan, Question, Ticket, Verdict } from './types.ts';
import { viewPlan } from './view.ts';

export type Consent =
  | {
      kind: 'go';
      /** The yes of a question, to be spent. */
      ticket?: Ticket;
      /** The approval given out of band, to be spent. */
      approval?: { id: string; by: string };
      /** What an approver typed in. */
      secrets?: JsonObject;
      /** Contested fields nobody gave their own yes for. */
      leave: readonly string[];
    }
  | { kind: 'stop'; outcome: Outcome }
  /** What was read is stale: walk once more. */
  | { kind: 'again' };

/** Whether this plan may be carried out now, on this verdict and this answer. Everything but a clear yes stops it. */
export async function obtainConsent(journey: Journey, plan: Plan, verdict: Verdict): Promise<Consent> {
  const { call, ports } = journey;
  const typedElsewhere = plan.changes.some((change) => change.asked);
  if (verdict.decision === 'approve' || typedElsewhere)
    return await outOfBand(journey, plan, verdict, approvalDetour(plan));
  if (verdict.decision === 'allow') {
    // Policy speaks for the change, not for overwriting what somebody else wrote since.
    if (plan.contested.length === 0) return { kind: 'go', leave: [] };
    if (!call.canAsk && plan.contested.length < plan.changes.length) return { kind: 'go', leave: plan.contested };
  }
  if (!call.canAsk) {
    const detour = questionDetour(journey, verdict);
    if (ports.confirmation.channel === 'client') return await stop(journey, keptInClient(detour), plan, verdict);
    return await outOfBand(journey, plan, verdict, detour);
  }

  const question = questionFor(journey, plan, verdict);
  const digest = digestOf(ports.seal.hmac, call.connection, call.request, plan, call.caller);
  const consent = readConsent(call.answer, digest, question.typed, Date.now());
  if (consent.kind === 'ask')
    return { kind: 'stop', outcome: ask(journey, plan, verdict, consent.why ?? journey.again) };
  if (consent.kind === 'refused') return await stop(journey, refusedWords(consent.how), plan, verdict);
  const leave = consent.overwrite ? [] : plan.contested;
  if (leave.length === plan.changes.length) {
    return await stop(journey, refusedWords('Nobody agreed to overwrite what changed since.'), plan, verdict);
  }
  return { kind: 'go', ticket: consent.ticket, leave };
}

/** The road past the client: an approver decides at the page or the terminal, and the agent calls again afterwards. */
async function outOfBand(journey: Journey, plan: Plan, verdict: Verdict, detour: Detour): Promise<Consent> {
  const { call, ports } = journey;
  if (isOver(journey.within)) throw new AppError('internal', 'The call ended before anything was sent.');
  if (!(await ports.approval.ready()))
    return await stop(journey, unavailable(detour, ports.approval.needed), plan, verdict);
  const standing = await approvalFor(journey, plan, verdict);
  switch (standing.kind) {
    case 'approved': {
      const by = standing.row.decisions
        .filter(({ yes }) => yes)
        .map(({ approver }) => approver)
        .join(', ');
      return { kind: 'go', approval: { id: standing.row.id, by }, secrets: standing.secrets, leave: [] };
    }
    case 'stale':
      return { kind: 'again' };
    case 'ended':
      return await stop(journey, standing.words, plan, verdict);
    case 'pending': {
      const { id, expiresAt } = standing.row;
      const url = await ports.approval.link(id);
      const words: Words = {
        outcome: 'needs_approval',
        message: `${standing.note ? `${standing.note} ` : ''}This change ${detour.why}. It waits for an approver; nothing was changed.`,
        next: `Ask a person to approve it ${url ? `at ${url}, or ` : ''}with: update-user-mcp approve ${id}. Then call again with the same arguments.`,
      };
      const approval = { id, expires_at: new Date(expiresAt).toISOString(), ...(url !== undefined && { url }) };
      // On record once, when it is put up: whoever asks again whether it was decided changes nothing.
      const result = standing.isNew
        ? await ended(journey, words, plan, verdict)
        : makeResult(call, ports.redaction, words, plan, strippedFacts(verdict));
      return { kind: 'stop', outcome: { ...result, approval } };
    }
  }
}

async function stop(journey: Journey, words: Words, plan: Plan, verdict: Verdict): Promise<Consent> {
  return { kind: 'stop', outcome: await ended(journey, words, plan, verdict) };
}

/** A new question about this plan, with a new ticket. */
function ask(journey: Journey, plan: Plan, verdict: Verdict, why?: string): Ask {
  const { call, ports } = journey;
  const digest = digestOf(ports.seal.hmac, call.connection, call.request, plan, call.caller);
  const expiresAt = Date.now() + ports.confirmation.expiresMs;
  return {
    kind: 'ask',
    question: questionFor(journey, plan, verdict, why),
    ticket: { id: crypto.randomUUID(), digest, expiresAt },
    abandon: () => abandoned(journey, plan, verdict),
  };
}

function questionFor(journey: Journey, plan: Plan, verdict: Verdict, again?: string): Question {
  const { connection, request } = journey.call;
  const view = viewPlan(connection, plan, 'person', journey.ports.redaction, request.undo === undefined);
  return makeQuestion(view, contextOf(journey, plan, verdict, again));
}

function refusedWords(how: string): Words {
  return {
    outcome: 'refused',
    code: 'declined',
    message: `${how} Nothing was changed.`,
    next: NEXT.declined,
  };
}

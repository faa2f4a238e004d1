import { AppError } from '../../errors.ts';
import { isOver } from '../../lib/async/deadline.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';
import { abandoned, ended } from '../audit/record.ts';
import type { UpdateContext } from '../context.ts';
import { viewPlan } from '../redact/view.ts';
import { declinedWords } from '../results/approval-messages.ts';
import { NEXT } from '../results/next-steps.ts';
import { makeResult, strippedFacts, type Words } from '../results/result.ts';
import type { Ask, ConfirmationToken, Outcome, Plan, Question, Verdict } from '../types.ts';
import { approvalFor, changeKeyOf } from './approval.ts';
import { digestOf, readReply } from './digest.ts';
import { fitsClient, makeQuestion } from './question.ts';
import { contextOf } from './question-context.ts';
import {
  answeredByClientDetour,
  approvalDetour,
  type Detour,
  keptInClient,
  questionDetour,
  tooLongDetour,
  unavailable,
} from './unavailable.ts';

export type Consent =
  | {
      kind: 'go';
      /** The yes of a question, to be spent. */
      token?: ConfirmationToken;
      /** The approval given out of band, to be spent. */
      approval?: { id: string; by: string };
      /** What an approver typed in. */
      secrets?: JsonObject;
      /** Contested fields nobody gave their own yes for. */
      leave: readonly string[];
    }
  /** `end` records how the call ends, and answers with it. */
  | { kind: 'stop'; end: () => Promise<Outcome> }
  /** What was read is stale: walk once more. */
  | { kind: 'again' };

/** Whether this plan may be carried out now, on this verdict and this answer. Everything but a clear yes stops it. */
export async function obtainConsent(context: UpdateContext, plan: Plan, verdict: Verdict): Promise<Consent> {
  const { call, ports } = context;
  const typedElsewhere = plan.leaves.some((leaf) => leaf.asked);
  if (verdict.decision === 'approve' || typedElsewhere)
    return await outOfBand(context, plan, verdict, approvalDetour(plan));
  if (verdict.decision === 'allow') {
    // Policy speaks for the change, not for overwriting what someone else wrote since.
    if (plan.contested.length === 0) return { kind: 'go', leave: [] };
    if (!call.canAsk && plan.contested.length < plan.changes.length) return { kind: 'go', leave: plan.contested };
  }
  if (!call.canAsk) return await elsewhere(context, plan, verdict, questionDetour(context, verdict));
  const question = questionFor(context, plan, verdict);
  if (!fitsClient(question)) return await elsewhere(context, plan, verdict, tooLongDetour(verdict, question));

  // What an approver declined is not asked again in the client.
  const declined = await ports.store.approvals.declined(changeKeyOf(context, plan));
  if (declined) return stop(context, declinedWords(declined), plan, verdict);

  if (call.answer) context.answeredAfterMs = call.answer.afterMs;
  const reply = readReply(call.answer, {
    digest: questionDigest(context, plan),
    typed: question.typed,
    now: Date.now(),
    minAnswerMs: ports.confirmation.minAnswerMs,
    asked: call.place ?? 'client',
    notBefore: ports.store.notBefore,
  });
  switch (reply.kind) {
    case 'ask':
      return {
        kind: 'stop',
        end: async () => ask(context, plan, verdict, reply.wrongNames, reply.why ?? context.again),
      };
    case 'no':
      return stop(context, refusedWords(reply.code, reply.how), plan, verdict, reply.how);
    case 'nobody':
      return await elsewhere(context, plan, verdict, answeredByClientDetour(verdict, reply.how));
    case 'yes': {
      const leave = reply.overwrite ? [] : plan.contested;
      if (leave.length < plan.changes.length)
        return { kind: 'go', leave, ...(call.answer && { token: call.answer.token }) };
      const how = 'The answer did not include the yes to overwrite what changed since.';
      return stop(context, refusedWords('declined', how), plan, verdict, how);
    }
  }
}

/** Out of band, unless the operator keeps every question in the client. */
async function elsewhere(context: UpdateContext, plan: Plan, verdict: Verdict, detour: Detour): Promise<Consent> {
  if (context.ports.confirmation.channel === 'client')
    return stop(context, keptInClient(detour), plan, verdict, detour.why);
  return await outOfBand(context, plan, verdict, detour);
}

/** A question in a client shows the reason, so its answer fits that reason too. */
function questionDigest({ call, ports }: UpdateContext, plan: Plan): string {
  const digest = digestOf(ports.seal.hmac, call.connection, call.request, plan, call.caller);
  return ports.seal.hmac('question', canonicalJson([digest, call.request.reason ?? '']));
}

/** The road past the client: an approver decides at the page or the terminal, and the agent calls again afterwards. */
async function outOfBand(context: UpdateContext, plan: Plan, verdict: Verdict, detour: Detour): Promise<Consent> {
  const { call, ports } = context;
  if (isOver(context.within)) throw new AppError('internal', 'The call ended before anything was sent.');
  if (!(await ports.approval.ready()))
    return stop(context, unavailable(detour, ports.approval.needed), plan, verdict, detour.why);
  const standing = await approvalFor(context, plan, verdict);
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
      return stop(context, standing.words, plan, verdict);
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
      const end = async (): Promise<Outcome> => {
        const result = standing.isNew
          ? await ended(context, words, plan, verdict)
          : makeResult(call, ports.redaction, words, plan, strippedFacts(verdict));
        return { ...result, approval };
      };
      return { kind: 'stop', end };
    }
  }
}

function stop(context: UpdateContext, words: Words, plan: Plan, verdict: Verdict, note?: string): Consent {
  return { kind: 'stop', end: () => ended(context, words, plan, verdict, note) };
}

/**
 * A new question about this plan, with a new token. After a wrong name it goes by the id of the one before: once it is
 * used or refused, no token of that question counts any more.
 */
function ask(context: UpdateContext, plan: Plan, verdict: Verdict, wrongNames: number, why?: string): Ask {
  const mintedAt = Date.now();
  const expiresAt = mintedAt + context.ports.confirmation.expiresMs;
  const id = (wrongNames > 0 ? context.call.answer?.token.id : undefined) ?? crypto.randomUUID();
  return {
    kind: 'ask',
    question: questionFor(context, plan, verdict, why),
    token: { id, digest: questionDigest(context, plan), mintedAt, expiresAt, wrongNames },
    abandon: () => abandoned(context, plan, verdict),
  };
}

function questionFor(context: UpdateContext, plan: Plan, verdict: Verdict, again?: string): Question {
  const view = viewPlan(context.call, plan, 'person', context.ports.redaction);
  return makeQuestion(view, contextOf(context, plan, verdict, again));
}

function refusedWords(code: 'declined' | 'cancelled', how: string): Words {
  return { outcome: 'refused', code, message: `${how} Nothing was changed.`, next: NEXT[code] };
}

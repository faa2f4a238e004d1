import { abandonCall } from '../audit/record.ts';
import { shownReason, type UpdateContext } from '../context.ts';
import { viewPlan } from '../redact/view.ts';
import type { Ask, Proposal, Question } from '../types.ts';
import { questionDigest } from './digest.ts';
import { makeQuestion, type QuestionContext } from './question.ts';

/**
 * The question about a proposal, with a new confirmation token. After a wrong name the token keeps the id of the one
 * before: once that is used or refused, no token of the question counts.
 */
export function ask(
  context: UpdateContext,
  proposal: Proposal,
  wrongNames: number,
  askedAgain: string | undefined,
): Ask {
  const { call, ports } = context;
  const mintedAt = ports.clock.now();
  const expiresAt = mintedAt + ports.confirmation.expiresMs;
  const id = (wrongNames > 0 ? call.answer?.token.id : undefined) ?? crypto.randomUUID();
  return {
    kind: 'ask',
    question: questionFor(context, proposal, askedAgain),
    token: { id, digest: questionDigest(context, proposal.plan), mintedAt, expiresAt, wrongNames },
    abandon: () => abandonCall(context, proposal),
  };
}

export function questionFor(context: UpdateContext, proposal: Proposal, askedAgain: string | undefined): Question {
  const view = viewPlan(context.call, proposal.plan, 'person', context.ports.redaction);
  return makeQuestion(view, questionContextOf(context, proposal, askedAgain));
}

/** Parts of a question besides the change itself. */
export function questionContextOf(
  { call }: UpdateContext,
  { plan, verdict }: Proposal,
  askedAgain: string | undefined,
): QuestionContext {
  const { connection, request, caller } = call;
  const reason = shownReason(call);
  return {
    providerTitle: connection.provider.title,
    caller,
    stripped: verdict.stripped,
    contested: plan.contested,
    emails: [...new Set(plan.emails)],
    ...(request.undo && { undoes: request.undo.changeId }),
    ...(reason !== undefined && { reason }),
    ...(askedAgain !== undefined && { askedAgain }),
  };
}

import { abandonCall } from '../audit/record.ts';
import { shownReason, type UpdateContext } from '../context.ts';
import { viewPlan } from '../redact/view.ts';
import type { Ask, Proposal, Question } from '../types.ts';
import { questionDigest } from './digest.ts';
import { fitsClient, makeQuestion, type QuestionContext } from './question.ts';
import { lookUpReferences, withReferences } from './references.ts';

/**
 * The question about a proposal, with a new confirmation token. After a wrong name the token keeps the id of the one
 * before: once that is used or refused, no token of the question counts.
 */
export async function ask(
  context: UpdateContext,
  proposal: Proposal,
  wrongNames: number,
  askedAgain: string | undefined,
): Promise<Ask> {
  const { call, ports } = context;
  const question = await namedQuestion(context, proposal, askedAgain);
  const mintedAt = ports.clock.now();
  const expiresAt = mintedAt + ports.confirmation.expiresMs;
  const id = (wrongNames > 0 ? call.answer?.token.id : undefined) ?? crypto.randomUUID();
  return {
    kind: 'ask',
    question,
    token: { id, digest: questionDigest(context, proposal.plan), mintedAt, expiresAt, wrongNames },
    abandon: () => abandonCall(context, proposal),
  };
}

/** Without the names of what it refers to: nothing is looked up. */
export function questionFor(context: UpdateContext, proposal: Proposal, askedAgain: string | undefined): Question {
  const view = viewPlan(context.call, proposal.plan, 'person', context.ports.redaction);
  return makeQuestion(view, questionContextOf(context, proposal, askedAgain));
}

/** With names, unless these make it too long for the client. */
async function namedQuestion(
  context: UpdateContext,
  proposal: Proposal,
  askedAgain: string | undefined,
): Promise<Question> {
  const { plan } = proposal;
  const view = viewPlan(context.call, plan, 'person', context.ports.redaction);
  const named = withReferences(view, plan, await lookUpReferences(context, plan));
  const question = makeQuestion(named, questionContextOf(context, proposal, askedAgain));
  return fitsClient(question) ? question : questionFor(context, proposal, askedAgain);
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

import { AppError } from '../../errors.ts';
import { isOver } from '../../lib/async/deadline.ts';
import { approvalFor, approverDeclined } from '../approval/lookup.ts';
import { approvalSubjectOf } from '../approval/subject.ts';
import { endCall } from '../audit/record.ts';
import { type Retry, retry, type UpdateContext } from '../context.ts';
import { leafName } from '../plan/leaf-changes.ts';
import type { ApproverReason, NoAnswer } from '../results/outcome.ts';
import type { Ask, Proposal, Result } from '../types.ts';
import { readAnswer } from './answer.ts';

import { ask, questionFor } from './ask.ts';
import type { Confirmed } from './confirmed.ts';
import { changeKeyOf, questionDigest } from './digest.ts';
import { confirmInBatch } from './in-batch.ts';
import { fitsClient } from './question.ts';

/**
 * Whether the proposal is confirmed: by policy, by the answer to a question in the client, or by approvers out of band.
 * Everything but a clear yes ends the call, asks, or runs the steps again.
 */
export async function confirm(context: UpdateContext, proposal: Proposal): Promise<Confirmed | Result | Ask | Retry> {
  const { call, ports } = context;
  const { plan, verdict } = proposal;
  if (call.batch?.consent) return await confirmInBatch(context, proposal, call.batch.consent);
  const secrets = plan.leaves.filter((leaf) => leaf.asked).map(leafName);
  if (secrets.length > 0) return await askApprovers(context, proposal, { kind: 'secret_input', fields: secrets });
  if (verdict.decision === 'approve') return await askApprovers(context, proposal, { kind: 'policy' });
  if (verdict.decision === 'allow') {
    // Policy allows the change, but not overwriting what someone else changed since.
    if (plan.contested.length === 0) return confirmed(context);
    if (!call.canAsk && plan.contested.length < plan.changes.length)
      return confirmed(context, { keptFields: plan.contested });
  }
  if (!call.canAsk) return await askElsewhere(context, proposal, whyNotAsked(context));
  const question = questionFor(context, proposal, undefined);
  if (!fitsClient(question)) {
    return await askElsewhere(context, proposal, { kind: 'too_long', lines: question.message.split('\n').length });
  }
  // A change that an approver declined is not asked about again in the client.
  const declined = await ports.store.approvals.findDeclined(changeKeyOf(context, plan));
  if (declined) return await endCall(context, approverDeclined(declined), proposal);
  return await readClientAnswer(context, proposal, question.typed);
}

async function readClientAnswer(
  context: UpdateContext,
  proposal: Proposal,
  typed: string | undefined,
): Promise<Confirmed | Result | Ask | Retry> {
  const { call, ports } = context;
  const { plan } = proposal;
  const answered = call.answer
    ? { ...context, evidence: { ...context.evidence, answeredAfterMs: call.answer.afterMs } }
    : context;
  const finding = readAnswer(call.answer, {
    digest: questionDigest(context, plan),
    typed,
    now: ports.clock.now(),
    minAnswerMs: ports.confirmation.minAnswerMs,
    asked: call.place ?? 'client',
    notBefore: ports.store.notBefore,
  });
  switch (finding.kind) {
    case 'ask':
      return await ask(answered, proposal, finding.wrongNames, finding.askedAgain ?? context.askedAgain);
    case 'no':
      return await endCall(answered, { kind: 'refused', answer: finding.refusal }, proposal);
    case 'no_person':
      return await askElsewhere(answered, proposal, finding);
    case 'yes': {
      const keptFields = finding.overwrite ? [] : plan.contested;
      if (keptFields.length < plan.changes.length)
        return confirmed(answered, { keptFields, ...(call.answer && { consumes: { token: call.answer.token } }) });
      return await endCall(answered, { kind: 'refused', answer: { kind: 'did_not_overwrite' } }, proposal);
    }
  }
}

function whyNotAsked({ call, ports }: UpdateContext): NoAnswer {
  if (call.unanswered) return { kind: 'unanswered' };
  if (ports.confirmation.channel === 'page') return { kind: 'channel_page' };
  return { kind: call.place === 'terminal' ? 'no_terminal' : 'client_cannot_ask' };
}

/** Approvers decide instead, unless the operator keeps every question in the client. */
async function askElsewhere(
  context: UpdateContext,
  proposal: Proposal,
  cause: NoAnswer,
): Promise<Confirmed | Result | Retry> {
  const reason: ApproverReason = { kind: 'no_answer', onlyOverwrites: proposal.verdict.decision === 'allow', cause };
  if (context.ports.confirmation.channel !== 'client') return await askApprovers(context, proposal, reason);
  const obstacle = { kind: 'channel_client' as const };
  return await endCall(context, { kind: 'confirmation_unavailable', reason, obstacle }, proposal);
}

/** Out of band: an approver decides on the page or in the terminal, and the agent calls again. */
async function askApprovers(
  context: UpdateContext,
  proposal: Proposal,
  reason: ApproverReason,
): Promise<Confirmed | Result | Retry> {
  const { approval } = context.ports;
  if (isOver(context.within)) throw new AppError('internal', 'The call ended before anything was sent.');
  if (!(await approval.ready())) {
    const obstacle = { kind: 'too_few_approvers' as const, needed: approval.needed };
    return await endCall(context, { kind: 'confirmation_unavailable', reason, obstacle }, proposal);
  }
  const found = await approvalFor(approvalSubjectOf(context, proposal), context.ports);
  switch (found.kind) {
    case 'approved': {
      const { row, approvedBy, secrets, reason: shown } = found;
      const evidence = { ...context.evidence, approvedBy, approvalId: row.id };
      return confirmed({ ...withReason(context, shown), evidence }, { consumes: { approvalId: row.id }, secrets });
    }
    case 'in_flight':
      return retry(context, 'in_flight');
    case 'pending': {
      const { row, isNew, note } = found;
      const pending = { id: row.id, expiresAt: row.expiresAt, url: await approval.link(row.id), isNew, note };
      return await endCall(context, { kind: 'needs_approval', reason, approval: pending }, proposal);
    }
    default:
      return await endCall(context, found, proposal);
  }
}

/** The entry contains the reason the approver agreed to, not one given since. */
function withReason(context: UpdateContext, shown: string | undefined): UpdateContext {
  const { reason: _, ...request } = context.call.request;
  return {
    ...context,
    call: { ...context.call, request: { ...request, ...(shown !== undefined && { reason: shown }) } },
  };
}

function confirmed(
  context: UpdateContext,
  more: Partial<Pick<Confirmed, 'consumes' | 'secrets' | 'keptFields'>> = {},
): Confirmed {
  return { kind: 'confirmed', context, consumes: {}, secrets: {}, keptFields: [], ...more };
}

import { AppError } from '../../../errors.ts';
import { approvalFor, approverDeclined } from '../../approval/lookup.ts';
import { fitsClient } from '../../confirm/question.ts';
import type { Evidence } from '../../context.ts';
import type { Ports } from '../../ports.ts';
import { unaskedText, waitingText } from '../../results/batch-messages.ts';
import type { ApproverReason, NoAnswer, NoPerson, Outcome } from '../../results/outcome.ts';
import type { Ask, ConfirmationToken } from '../../types.ts';
import { endPlanned, toMember } from '../end.ts';
import type { BatchPlan, PlannedChange } from '../plan/types.ts';
import { strictestVerdict } from '../plan/verdict.ts';
import { withReason } from '../reason.ts';
import { inOrder, toBatchResult } from '../result.ts';
import { storeWaiting } from '../stored.ts';
import type { BatchCall, BatchResult, Consent, MemberResult } from '../types.ts';
import { approvedDigests, batchSubject } from './approval.ts';
import { batchChangeKey, batchQuestionDigest, batchRequestKey, digestsOf } from './digest.ts';
import { batchQuestion } from './question.ts';
import { endUnopened } from './unopened.ts';

/** The batch may be carried out now. */
export interface Agreed {
  kind: 'agreed';
  /** With the reason that was agreed to. */
  batch: BatchCall;
  consent: Consent;
  /** What the consent consumes: nothing if policy allows every change. */
  consumes: { token?: ConfirmationToken; approvalId?: string };
}

/** What is known from an earlier question. */
export interface EarlierQuestion {
  askedAgain?: string | undefined;
  wrongNames: number;
  /** The answer came from a program, as far as we can tell. */
  noPerson?: NoPerson;
  evidence: Evidence;
  /** The changes were planned before in this batch. */
  isRepeated?: boolean;
}

/**
 * Whether the planned changes are confirmed, all of them by one yes: by policy, by approvers out of band, or by the answer
 * to a question. Everything but a clear yes ends the call or asks.
 */
export async function confirmBatch(
  batch: BatchCall,
  plan: BatchPlan,
  asked: EarlierQuestion,
  ports: Ports,
): Promise<Agreed | BatchResult | Ask<BatchResult>> {
  const { decision } = strictestVerdict(plan.planned);
  if (decision === 'approve') return await askApprovers(batch, plan, { kind: 'policy' }, ports, asked.evidence);
  const isContested = plan.planned.some(({ contested }) => contested.length > 0);
  if (decision === 'allow' && !(isContested && batch.canAsk)) return agreed(batch, plan);
  const elsewhere = async (cause: NoAnswer) => await askElsewhere(batch, plan, cause, ports, asked.evidence);
  if (!batch.canAsk) return await elsewhere(whyNotAsked(batch, ports));
  const question = batchQuestion(batch, plan.planned, asked.askedAgain);
  if (batch.place !== 'terminal' && !fitsClient(question)) {
    return await elsewhere({ kind: 'too_long', lines: question.message.split('\n').length });
  }
  const declined = await ports.store.approvals.findDeclined(batchChangeKey(plan, ports));
  if (declined) return await endAll(batch, plan, approverDeclined(declined), ports, asked.evidence);
  if (asked.noPerson) return await elsewhere({ kind: 'no_person', answer: asked.noPerson });
  return ask(batch, plan, asked, question, ports);
}

/** Ends every planned change alike. */
export async function endAll(
  batch: BatchCall,
  { planned, ended }: BatchPlan,
  outcome: Outcome,
  ports: Ports,
  evidence: Evidence,
  text?: Parameters<typeof toBatchResult>[3],
  more: Parameters<typeof toBatchResult>[2] = {},
): Promise<BatchResult> {
  const results = new Map([...ended].map(([index, result]) => [index, toMember(result)] as const));
  const end = async (one: PlannedChange) =>
    void results.set(one.index, await endPlanned(one, outcome, ports, evidence));
  for (let from = 0; from < planned.length; from += AT_ONCE) {
    await Promise.all(planned.slice(from, from + AT_ONCE).map(end));
  }
  const result = toBatchResult(batch, inOrder(batch.changes.length, results), more, text);
  // A batch that waits for approvers has not ended.
  return outcome.kind === 'needs_approval' ? result : await endUnopened(batch, result, ports, evidence);
}

/** Entries in one go: they are made durable together. */
const AT_ONCE = 200;

function ask(
  batch: BatchCall,
  plan: BatchPlan,
  { wrongNames, evidence }: EarlierQuestion,
  question: Ask['question'],
  ports: Ports,
): Ask<BatchResult> {
  const binding = {
    id: batch.id,
    digests: digestsOf(batch, plan),
    ...(question.typed !== undefined && { typed: question.typed }),
  };
  const mintedAt = ports.clock.now();
  return {
    kind: 'ask',
    question,
    token: {
      id: (wrongNames > 0 ? batch.answer?.token.id : undefined) ?? crypto.randomUUID(),
      digest: batchQuestionDigest(batch, batchRequestKey(batch, ports), binding, ports),
      mintedAt,
      expiresAt: mintedAt + ports.confirmation.expiresMs,
      wrongNames,
      batch: binding,
    },
    abandon: () => endAll(batch, plan, { kind: 'abandoned', isAsked: true }, ports, evidence),
  };
}

function whyNotAsked({ unanswered, place }: BatchCall, ports: Ports): NoAnswer {
  if (unanswered) return { kind: 'unanswered' };
  if (ports.confirmation.channel === 'page') return { kind: 'channel_page' };
  return { kind: place === 'terminal' ? 'no_terminal' : 'client_cannot_ask' };
}

async function askElsewhere(
  batch: BatchCall,
  plan: BatchPlan,
  cause: NoAnswer,
  ports: Ports,
  evidence: Evidence,
): Promise<Agreed | BatchResult> {
  const onlyOverwrites = strictestVerdict(plan.planned).decision === 'allow';
  const reason: ApproverReason = { kind: 'no_answer', onlyOverwrites, cause };
  if (ports.confirmation.channel !== 'client') return await askApprovers(batch, plan, reason, ports, evidence);
  return await unavailable(batch, plan, reason, { kind: 'channel_client' }, ports, evidence);
}

type Unavailable = Extract<Outcome, { kind: 'confirmation_unavailable' }>;

async function unavailable(
  batch: BatchCall,
  plan: BatchPlan,
  reason: ApproverReason,
  obstacle: Unavailable['obstacle'],
  ports: Ports,
  evidence: Evidence,
): Promise<BatchResult> {
  const text = unaskedText(reason, obstacle, ports.commandLine);
  return await endAll(batch, plan, { kind: 'confirmation_unavailable', reason, obstacle }, ports, evidence, text);
}

async function askApprovers(
  batch: BatchCall,
  plan: BatchPlan,
  reason: ApproverReason,
  ports: Ports,
  evidence: Evidence,
): Promise<Agreed | BatchResult> {
  const { approval } = ports;
  if (!(await approval.ready())) {
    const obstacle = { kind: 'too_few_approvers' as const, needed: approval.needed };
    return await unavailable(batch, plan, reason, obstacle, ports, evidence);
  }
  const found = await approvalFor(batchSubject(batch, plan, ports), ports);
  switch (found.kind) {
    case 'approved': {
      const { row, approvedBy, reason: shown } = found;
      const digests = approvedDigests(ports.seal.unseal(row.id, row.view)) ?? [];
      const given = { ...evidence, approvedBy, approvalId: row.id };
      const consent: Consent = { digests, level: 'approve', overwrite: true, evidence: given };
      return { kind: 'agreed', batch: withReason(batch, shown), consent, consumes: { approvalId: row.id } };
    }
    case 'pending': {
      const { row, isNew, note } = found;
      const url = await approval.link(row.id);
      const pending = { id: row.id, expiresAt: row.expiresAt, url, isNew, note };
      // What is resumed is stored already, the changes that ended before included.
      if (batch.isKept && !batch.isResumed) await storeWaiting(batch, ports);
      const then = batch.isKept
        ? `Then: ${ports.commandLine('apply', '--resume', batch.id)}`
        : 'Then call again with the same arguments.';
      const shown = {
        id: row.id,
        expires_at: new Date(row.expiresAt).toISOString(),
        ...(url !== undefined && { url }),
      };
      const text = waitingText(reason, pending, then, ports.commandLine);
      const outcome: Outcome = { kind: 'needs_approval', reason, approval: pending };
      return await endAll(batch, plan, outcome, ports, evidence, text, { approval: shown });
    }
    case 'in_flight':
      return await endAll(batch, plan, { kind: 'failed', error: inFlight() }, ports, evidence);
    default:
      return await endAll(batch, plan, found, ports, evidence);
  }
}

/** The approval was used meanwhile: what it covered is being written, and a later call sees how it ended. */
function inFlight(): AppError {
  const next = 'Wait until it has ended, then call again.';
  return new AppError('record_changed', 'Another call is carrying out this batch at this moment.', { facts: { next } });
}

function agreed(batch: BatchCall, plan: BatchPlan): Agreed {
  const consent: Consent = { digests: digestsOf(batch, plan), level: 'allow', overwrite: false, evidence: {} };
  return { kind: 'agreed', batch, consent, consumes: {} };
}

import { type Finding, readAnswer } from '../confirm/answer.ts';
import type { Ports } from '../ports.ts';
import { confirmBatch, type EarlierQuestion, endAll } from './confirm/confirm.ts';
import { batchQuestionDigest, batchRequestKey } from './confirm/digest.ts';
import { endUnopened } from './confirm/unopened.ts';
import { labelOf, toMember } from './end.ts';
import { planBatch } from './plan/plan.ts';
import { refuseSameRecord } from './plan/same-record.ts';
import type { BatchPlan } from './plan/types.ts';
import { strictestVerdict } from './plan/verdict.ts';
import { withShownReason } from './reason.ts';
import { inOrder, toBatchResult } from './result.ts';
import { endIfBlocked } from './run/all-or-nothing.ts';
import { carryOut, type Setback } from './run/carry-out.ts';
import { isStopped, notStarted, whyStopped } from './stop.ts';
import type { BatchCall, BatchReply, BatchResult } from './types.ts';

/**
 * Many changes with one question, from parsed requests to the result of each. A question ends the call; the answer comes
 * with another call. Every change goes through the pipeline of a single update: read, plan, policy, intent, write,
 * verification, entry. Throws an AppError if two changes turn out to be of the same user record: nothing is written then.
 */
export async function updateMany(call: BatchCall, ports: Ports): Promise<BatchReply> {
  const asked = withShownReason(call);
  const { answer } = asked;
  const finding = readBatchAnswer(asked, ports);
  if (!answer || finding.kind === 'ask') {
    const question = finding.kind === 'ask' ? finding : { wrongNames: 0 };
    // After a question without an answer the changes were planned before.
    return await planAndConfirm(asked, { ...question, evidence: {}, isRepeated: asked.unanswered ?? false }, ports);
  }
  const { token } = answer;
  const batch = { ...asked, id: token.batch?.id ?? asked.id };
  const evidence = { answeredAfterMs: answer.afterMs };
  switch (finding.kind) {
    case 'no':
      // A no is final: the question cannot be answered again.
      await ports.store.approvals.consume({ id: token.id, expiresAt: token.expiresAt });
      return await endAll(
        batch,
        await planAgain(batch, ports),
        { kind: 'refused', answer: finding.refusal },
        ports,
        evidence,
      );
    case 'no_person':
      return await planAndConfirm(
        batch,
        { wrongNames: 0, noPerson: finding.answer, evidence, isRepeated: true },
        ports,
      );
    case 'yes': {
      const { overwrite } = finding;
      const consent = { digests: token.batch?.digests ?? [], level: 'confirm' as const, overwrite, evidence };
      const agreed = { kind: 'agreed' as const, batch, consent, consumes: { token } };
      return await orAgain(await carryOut(batch, agreed, undefined, ports), asked, ports);
    }
  }
}

async function planAndConfirm(batch: BatchCall, asked: EarlierQuestion, ports: Ports): Promise<BatchReply> {
  const plan = await planBatch(batch, ports, { isRepeated: asked.isRepeated ?? false });
  refuseSameRecord(batch, plan);
  if (batch.dryRun) return preview(batch, plan);
  if (isStopped(batch)) return await endUnopened(batch, endStopped(batch, plan), ports);
  const blocked = await endIfBlocked(batch, plan, ports);
  if (blocked) return await endUnopened(batch, toBatchResult(batch, inOrder(batch.changes.length, blocked)), ports);
  await batch.observer?.planned?.(plan);
  if (plan.planned.length === 0) return await endAll(batch, plan, { kind: 'unchanged' }, ports, {});
  const confirmed = await confirmBatch(batch, plan, asked, ports);
  if (confirmed.kind !== 'agreed') return confirmed;
  return await orAgain(await carryOut(confirmed.batch, confirmed, plan, ports), batch, ports);
}

/** The caller has left, or the time is up: no one is asked, and nothing more is begun. */
function endStopped(batch: BatchCall, { planned, ended }: BatchPlan): BatchResult {
  const results = new Map([...ended].map(([index, result]) => [index, toMember(result)] as const));
  for (const one of planned) results.set(one.index, notStarted(one.call, whyStopped(batch), labelOf(one)));
  return toBatchResult(batch, inOrder(batch.changes.length, results));
}

/** Plans again if the batch was not carried out: after a yes that was used before without it. */
async function orAgain(done: BatchResult | Setback, call: BatchCall, ports: Ports): Promise<BatchReply> {
  if (typeof done !== 'string') return done;
  const { answer: _, ...batch } = call;
  const askedAgain = done === 'consumed' ? { askedAgain: 'Asked again: the earlier yes was used already.' } : {};
  return await planAndConfirm(batch, { wrongNames: 0, evidence: {}, isRepeated: true, ...askedAgain }, ports);
}

async function planAgain(batch: BatchCall, ports: Ports): Promise<BatchPlan> {
  return await planBatch(batch, ports, { isRepeated: true });
}

/** Every change of a preview ended with its plan; the strictest decision of all counts for all. */
function preview(batch: BatchCall, { ended }: BatchPlan): BatchResult {
  const results = new Map([...ended].map(([index, result]) => [index, toMember(result)] as const));
  const judged = [...ended.values()].flatMap(({ verdict, rule }) => {
    return verdict === undefined ? [] : [{ verdict: { decision: verdict, rule: rule ?? '', stripped: [] } }];
  });
  const { decision, rule } = strictestVerdict(judged);
  const more = judged.length > 0 ? { verdict: decision, rule } : {};
  return toBatchResult(batch, inOrder(batch.changes.length, results), more);
}

/** Without a question of ours about exactly these changes there is no answer: the call is asked. */
function readBatchAnswer(batch: BatchCall, ports: Ports): Finding {
  const binding = batch.answer?.token.batch;
  const requestKey = batchRequestKey(batch, ports);
  return readAnswer(batch.answer, {
    digest: binding ? batchQuestionDigest(batch, requestKey, binding, ports) : NO_BATCH,
    typed: binding?.typed,
    now: ports.clock.now(),
    minAnswerMs: ports.confirmation.minAnswerMs,
    asked: batch.place ?? 'client',
    notBefore: ports.store.notBefore,
  });
}

/** No question has it as its digest: the answer to a question about a single change is none here. */
const NO_BATCH = 'not about a batch';

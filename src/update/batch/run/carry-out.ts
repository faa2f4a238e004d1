import type { EntryBody } from '../../../store/log/entry.ts';
import { notePeople } from '../../policy/people/counts.ts';
import type { Ports } from '../../ports.ts';
import type { Agreed } from '../confirm/confirm.ts';
import { endPlanned, toMember } from '../end.ts';
import { batchBody, finishedEntry, openedEntry } from '../entry.ts';
import { recordsUnder } from '../plan/people.ts';
import { planBatch } from '../plan/plan.ts';
import type { BatchPlan } from '../plan/types.ts';
import { inOrder, toBatchResult } from '../result.ts';
import { notStarted } from '../stop.ts';
import { toStoredBatch } from '../stored.ts';
import type { BatchCall, BatchResult, Consent, MemberResult } from '../types.ts';
import { endIfBlocked } from './all-or-nothing.ts';
import { whileClaimed } from './claim.ts';
import { putBack } from './compensate.ts';
import { runBatch } from './run.ts';

/** Why a batch is not carried out now: the yes was used before, or policy has to judge again. */
export type Setback = 'consumed' | 'recounted';

/**
 * Carries out a batch that was agreed to. `plan`: as it was just made, if no question came between; without it every
 * change counts for `people` in rules by itself.
 */
export async function carryOut(
  call: BatchCall,
  { consent, consumes }: Agreed,
  plan: BatchPlan | undefined,
  ports: Ports,
): Promise<BatchResult | Setback> {
  if (plan && !(await notePeople(ports, plan.people, recordsUnder(plan.planned)))) return 'recounted';
  const batch = plan ? { ...call, people: plan.people } : call;
  const results = await settled(batch, consent, plan, ports);
  const blocked = await blockedSince(batch, consent, plan, ports);
  const people = consent.digests.filter((digest) => digest !== null).length;
  const body = batchBody(batch, { people, decision: consent.level }, consent.evidence);
  const { token, approvalId } = consumes;
  const opened = await ports.store.batches.open({
    batch: toStoredBatch(batch, consent, ports),
    entry: openedEntry(batch, body),
    ...(token && { nonce: { id: token.id, expiresAt: token.expiresAt } }),
    ...(approvalId !== undefined && { approval: approvalId }),
  });
  if (opened === 'consumed') return opened;
  batch.observer?.opened?.(batch.id);
  if (!blocked) await whileClaimed(batch.id, ports, () => run(batch, consent, results, ports));
  return await finish(batch, body, blocked ?? results, ports);
}

/** Goes on with a batch that is open, after an interruption. `results` has what ended before. */
export async function goOn(
  batch: BatchCall,
  consent: Consent,
  results: Map<number, MemberResult>,
  isUndoing: boolean,
  ports: Ports,
): Promise<BatchResult> {
  const body = batchBody(batch, { people: batch.changes.length, decision: consent.level }, consent.evidence);
  batch.observer?.opened?.(batch.id);
  if (batch.allOrNothing && (isUndoing || ![...results.values()].every(isDone))) {
    leaveOthers(batch, results);
    await whileClaimed(batch.id, ports, () => putBack(batch, consent, results, ports));
  } else {
    for (const [index, result] of await settled(batch, consent, undefined, ports, results)) results.set(index, result);
    await whileClaimed(batch.id, ports, () => run(batch, consent, results, ports));
  }
  return await finish(batch, body, results, ports);
}

async function finish(
  batch: BatchCall,
  body: EntryBody,
  results: ReadonlyMap<number, MemberResult>,
  ports: Ports,
): Promise<BatchResult> {
  const ended = toBatchResult(batch, inOrder(batch.changes.length, results));
  const isToResume = batch.isKept === true && !batch.allOrNothing && (ended.counts.failed ?? 0) > 0;
  const entry = finishedEntry(batch, body, ended.counts);
  try {
    await ports.store.batches.finish(batch.id, entry, isToResume ? 'keep' : 'drop');
  } catch (error) {
    // The changes have entries of their own, and what was stored expires.
    ports.log.error({ batch: batch.id, problem: String(error) }, 'the end of a batch could not be recorded');
  }
  ports.telemetry?.batch(ended.outcome);
  return ended;
}

function isDone({ outcome }: MemberResult): boolean {
  return outcome === 'updated' || outcome === 'unchanged';
}

/** What was not begun before the batch had to be taken back. */
function leaveOthers({ changes }: BatchCall, results: Map<number, MemberResult>): void {
  for (const [index, change] of changes.entries()) {
    if (!results.has(index)) results.set(index, notStarted(change, 'all_or_nothing'));
  }
}

async function run(
  batch: BatchCall,
  consent: Consent,
  results: Map<number, MemberResult>,
  ports: Ports,
): Promise<void> {
  await runBatch(batch, consent, results, ports, (result) => batch.allOrNothing && !isDone(result));
  const isWhole = [...results.values()].every(isDone);
  if (batch.allOrNothing && !isWhole) await putBack(batch, consent, results, ports);
}

/** The results of what the yes does not cover: those changes ended before the question, and are not made now. */
async function settled(
  batch: BatchCall,
  { digests }: Consent,
  plan: BatchPlan | undefined,
  ports: Ports,
  ended: ReadonlyMap<number, MemberResult> = new Map(),
): Promise<Map<number, MemberResult>> {
  const isUncovered = (index: number) => typeof digests[index] !== 'string' && !ended.has(index);
  const known = plan ?? (await planBatch(batch, ports, { includes: isUncovered, isRepeated: true }));
  const results = new Map([...known.ended].map(([index, result]) => [index, toMember(result)] as const));
  for (const one of known.planned.filter(({ index }) => isUncovered(index))) {
    results.set(one.index, await endPlanned(one, { kind: 'moved_since_question' }, ports));
  }
  return results;
}

/** All or nothing: whether a record moved while the question waited. */
async function blockedSince(
  batch: BatchCall,
  { digests }: Consent,
  plan: BatchPlan | undefined,
  ports: Ports,
): Promise<Map<number, MemberResult> | undefined> {
  if (!batch.allOrNothing) return undefined;
  return await endIfBlocked(batch, plan ?? (await planBatch(batch, ports, { isRepeated: true })), ports, digests);
}

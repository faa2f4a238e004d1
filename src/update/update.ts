import { isOver, paused } from '../deadline.ts';
import { AppError } from '../errors.ts';
import type { Json } from '../json-value.ts';
import { newChangeId } from './change-id.ts';
import { type Consent, obtainConsent } from './consent.ts';
import { entryBody, newEntry, personOf } from './entry.ts';
import { execute } from './execute.ts';
import { imageOf } from './image.ts';
import { type Call, type Journey, sensitiveIn, startJourney } from './journey.ts';
import { NEXT } from './next-steps.ts';
import { failureWords, makeResult, strippedFacts, type Words } from './outcome.ts';
import { makePlan } from './plan.ts';
import { decide } from './policy.ts';
import type { Ports } from './ports.ts';
import { createQueue } from './queue.ts';
import { settleOrphan } from './reconcile.ts';
import { abandoned, ended } from './refusals.ts';
import { sideEffects } from './side-effects.ts';
import type { Current, Outcome, Plan, Result, Verdict } from './types.ts';
import { sensitiveTexts } from './view.ts';

/**
 * The road of one request: read → plan → policy → confirm → open → write → verify → close. A question is an exit, not
 * a wait: when the answer comes the same road is walked again from the top, which is also what notices that the record
 * moved in between. Never throws.
 */
export async function update(call: Call, ports: Ports): Promise<Outcome> {
  const journey = startJourney(call, ports);
  try {
    for (;;) {
      const { connection, request } = journey.call;
      // Not by connection: two of them may lead to one account.
      const person = `${connection.provider.id} ${request.userId}`;
      const outcome = await oneByOne(person, () => walkToTheEnd(journey));
      if (outcome !== 'somebody else') return outcome;
    }
  } catch (error) {
    // What was under way broke off for that reason, whatever it said of itself.
    if (call.signal?.aborted) return await abandoned(journey);
    const cause = error instanceof AppError ? error.code : error instanceof Error ? error.name : 'unknown';
    ports.log.warn({ tool: call.request.tool, connection: call.connection.name, code: cause }, 'update failed');
    return await ended(journey, failureWords(call, error, sensitiveIn(journey)));
  }
}

const oneByOne = createQueue();

async function walkToTheEnd(journey: Journey): Promise<Outcome | 'somebody else'> {
  // Its turn may have come too late; that is nothing to be laid at the vendor's door.
  if (isOver(journey.within)) throw inTheWay();
  for (;;) {
    const outcome = await walk(journey);
    if (outcome !== 'again') return outcome;
    if (!(await paused(20 + Math.random() * 40, journey.within))) throw inTheWay();
  }
}

async function walk(journey: Journey): Promise<Outcome | 'again' | 'somebody else'> {
  const { call, ports, within } = journey;
  const { connection, request } = call;
  const since = await ports.store.lastSeq(personOf(call));
  journey.since = since;
  const reading = ports.records.read(connection, request.userId, within);
  // While the vendor answers: what does not depend on the answer costs nobody time.
  const changeId = newChangeId();
  const seal = ports.seal.prepare(changeId);
  const current = await reading;
  if (current.id !== undefined && current.id !== request.userId && !journey.renamed) {
    // One person under two spellings of the id would be two in the queue, the record and every yes.
    journey.call = { ...call, request: { ...request, userId: current.id } };
    journey.renamed = true;
    return 'somebody else';
  }
  journey.met.records.push(current.record);

  const { plan, verdict } = judge(journey, current);
  if (plan.changes.length > 0) ports.observe?.verdict(connection.provider.id, verdict.decision);
  const result = (words: Words) => makeResult(call, ports.redaction, words, plan, strippedFacts(verdict));
  if (plan.changes.length === 0 && verdict.stripped.length === 0) {
    return result({ outcome: 'unchanged', message: 'The record already is so; nothing was sent.' });
  }
  if (request.dryRun) return { ...result(previewWords(journey, verdict, plan)), ...contestedFacts(plan) };
  if (verdict.decision === 'deny' || plan.changes.length === 0) {
    return await ended(journey, deniedWords(verdict), plan, verdict);
  }

  const consent = await obtainConsent(journey, plan, verdict);
  if (consent.kind === 'again') return 'again';
  if (consent.kind === 'stop') return consent.outcome;
  if (consent.approval) journey.approvedBy = consent.approval.by;
  const agreed = agreedPlan(journey, current, plan, consent);

  if (isOver(within)) throw new AppError('internal', 'The call ended before anything was sent.');
  const body = entryBody(journey, agreed, verdict);
  const image = imageOf(agreed, current.record);
  const opened = await ports.store.open({
    entry: newEntry(call, changeId, 'unverified', body),
    since,
    ...(consent.approval && { approval: consent.approval.id }),
    ...(consent.ticket && { spend: { id: consent.ticket.id, expiresAt: consent.ticket.expiresAt } }),
    image: { sealed: seal(image), expiresAt: Date.now() + ports.limits.imageDays * 86_400_000 },
  });
  switch (opened.kind) {
    case 'opened':
      return await execute({ journey, plan: agreed, verdict, current, changeId, body, image, left: consent.leave });
    case 'orphan':
      await settleOrphan(opened.entry, connection, ports);
      return 'again';
    case 'spent': {
      // A yes counts once. Without it the road is walked again: the record may well be as wanted by now.
      const { answer: _, ...unanswered } = call;
      journey.call = unanswered;
      journey.again = 'Asked again: the earlier yes was used already.';
      return 'again';
    }
    case 'busy':
    case 'moved':
      return 'again';
  }
}

/** The plan and the verdict on it; what a rule strips, or a person leaves, is planned anew without. */
function judge(
  { call, ports }: Journey,
  current: Current,
  leave: readonly string[] = [],
  typed: readonly [string, Json][] = [],
): { plan: Plan; verdict: Verdict } {
  const { connection, caller } = call;
  const { provider } = connection;
  const request = { ...call.request, set: new Map([...call.request.set, ...typed]) };
  const plan = makePlan(provider, request, current, new Set(leave));
  const subject = { connection, caller, userId: request.userId, emails: plan.emails };
  const verdict = decide(ports.policy.rules, subject, plan.changes);
  if (verdict.stripped.length === 0) return { plan, verdict };
  return { plan: makePlan(provider, request, current, new Set([...leave, ...verdict.stripped])), verdict };
}

/** The plan as it was agreed to: without what was left, with what an approver typed in. */
function agreedPlan(
  journey: Journey,
  current: Current,
  plan: Plan,
  { leave, secrets = {} }: Consent & { kind: 'go' },
): Plan {
  const typed = Object.entries(secrets);
  journey.met.texts.push(...typed.flatMap(([, value]) => sensitiveTexts(value)));
  const agreed = leave.length + typed.length === 0 ? plan : judge(journey, current, leave, typed).plan;
  if (agreed.changes.some((change) => change.asked))
    throw new AppError('internal', 'A secret that was asked for is missing.');
  return agreed;
}

function previewWords({ call }: Journey, verdict: Verdict, plan: Plan): Words {
  const free = plan.changes.length - plan.contested.length;
  const rest =
    call.canAsk || free === 0 ? 'A person would be asked first.' : 'Policy allows what nobody changed since.';
  const typedElsewhere = verdict.decision !== 'deny' && plan.changes.some((change) => change.asked);
  const decision = plan.changes.length === 0 ? 'deny' : typedElsewhere ? 'approve' : verdict.decision;
  const would = {
    allow: plan.contested.length === 0 ? 'Policy allows it without a question.' : rest,
    confirm: 'A person would be asked first.',
    approve: 'It would need approval out of band.',
    deny: 'Policy forbids it.',
  }[decision];
  const changed = plan.contested.join(', ');
  const notes = [
    ...(changed === '' ? [] : [`Somebody changed since: ${changed}. To overwrite that needs a yes of its own.`]),
    ...sideEffects(call.connection.provider, plan).map((warning) => `Warning: ${warning}.`),
    ...(call.request.undo?.beyond ?? []),
  ];
  return { outcome: 'preview', message: ['A preview; nothing was sent.', would, ...notes].join(' ') };
}

function contestedFacts({ contested }: Plan): Partial<Result> {
  return contested.length > 0 ? { contested } : {};
}

function deniedWords(verdict: Verdict): Words {
  const what =
    verdict.decision === 'deny' ? 'The operator’s policy forbids this change' : 'Policy left every field out';
  return {
    outcome: 'denied',
    code: 'denied_by_policy',
    message: `${what} (${verdict.rule}). Nothing was changed.`,
    next: NEXT.denied_by_policy,
  };
}

function inTheWay(): AppError {
  return new AppError('record_changed', 'Other changes of this person were in the way the whole time.', {
    facts: { next: 'Call again. A change that broke off on another machine is settled within three minutes.' },
  });
}

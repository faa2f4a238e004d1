import { AppError } from '../errors.ts';
import { isOver, paused } from '../lib/async/deadline.ts';
import { createKeyedMutex } from '../lib/async/keyed-mutex.ts';
import type { Json } from '../lib/json/json-value.ts';
import { newChangeId } from '../lib/uuid7.ts';
import { entryBody, newEntry, personOf } from './audit/entry.ts';
import { abandoned, ended } from './audit/record.ts';
import { type Consent, obtainConsent } from './confirm/confirm.ts';
import { countGuesses } from './confirm/guess-budget.ts';
import { type Call, createContext, failureFacts, sensitiveIn, type UpdateContext } from './context.ts';
import { makePlan } from './plan/plan.ts';
import { decide } from './policy/policy.ts';
import type { Ports } from './ports.ts';
import { sensitiveTexts } from './redact/view.ts';
import { NEXT } from './results/next-steps.ts';
import { failureWords, makeResult, ruleText, strippedFacts, type Words } from './results/result.ts';
import type { Current, Outcome, Plan, Result, Verdict } from './types.ts';
import { imageOf } from './write/before-image.ts';
import { execute } from './write/execute.ts';
import { settleOrphan } from './write/recovery.ts';

/**
 * The road of one request: read → plan → policy → confirm → open → write → verify → close. A question is an exit, not
 * a wait: when the answer comes the same road is walked again from the top, which is also what notices that the record
 * moved in between. Never throws.
 */
export async function update(call: Call, ports: Ports): Promise<Outcome> {
  const context = createContext(call, ports);
  const outcome = await walkThrough(context);
  if (outcome.kind === 'result') {
    const { change_id: change, code } = outcome;
    const facts = { change, tool: call.request.tool, connection: call.connection.name, outcome: outcome.outcome, code };
    ports.log.debug(facts, 'update ended');
  }
  return outcome;
}

async function walkThrough(context: UpdateContext): Promise<Outcome> {
  const { call, ports } = context;
  try {
    for (;;) {
      const { connection, request } = context.call;
      // Not by connection: two of them may lead to one account.
      const person = `${connection.provider.id} ${request.userId}`;
      const outcome = await oneByOne(person, () => walkToTheEnd(context));
      if (outcome !== 'somebody else') return outcome;
    }
  } catch (error) {
    // What was under way broke off for that reason, whatever it said of itself.
    if (call.signal?.aborted) return await abandoned(context);
    const result = await ended(context, failureWords(call, error, sensitiveIn(context)));
    const where = { change: result.change_id, tool: call.request.tool, connection: call.connection.name };
    ports.log.warn({ ...where, ...failureFacts(context, error) }, 'update failed');
    return result;
  }
}

const oneByOne = createKeyedMutex();

async function walkToTheEnd(context: UpdateContext): Promise<Outcome | 'somebody else'> {
  // Its turn may have come too late; that is nothing to be laid at the vendor's door.
  if (isOver(context.within)) throw inTheWay();
  for (;;) {
    const outcome = await walk(context);
    if (outcome !== 'again') return outcome;
    if (!(await paused(20 + Math.random() * 40, context.within))) throw inTheWay();
  }
}

async function walk(context: UpdateContext): Promise<Outcome | 'again' | 'somebody else'> {
  const { call, ports, within } = context;
  const { connection, request } = call;
  const since = await ports.store.lastSeq(personOf(call));
  context.since = since;
  const reading = ports.records.read(connection, request.userId, within);
  // While the vendor answers: what does not depend on the answer costs nobody time.
  const changeId = newChangeId();
  const seal = ports.seal.prepare(changeId);
  const current = await reading;
  if (current.id !== undefined && current.id !== request.userId && !context.renamed) {
    // One person under two spellings of the id would be two in the queue, the record and every yes.
    context.call = { ...call, request: { ...request, userId: current.id } };
    context.renamed = true;
    return 'somebody else';
  }
  context.met.records.push(current.record);

  const { plan, verdict } = await judgeOrCount(context, current);
  if (plan.leaves.length > 0) ports.telemetry?.verdict(connection.provider.id, verdict.decision);
  const isUnchanged = plan.leaves.length === 0 && verdict.stripped.length === 0;
  if (isUnchanged || request.dryRun) {
    const spent = await countGuesses(context, isUnchanged ? 'unchanged' : 'preview', plan, verdict);
    if (spent) return await ended(context, spent);
    const words = isUnchanged ? UNCHANGED : previewWords(context, verdict, plan);
    const facts = isUnchanged ? {} : previewFacts(plan, verdict);
    return makeResult(call, ports.redaction, words, plan, { ...strippedFacts(verdict), ...facts });
  }
  const isDenied = verdict.decision === 'deny' || plan.leaves.length === 0;
  const isFree = verdict.decision === 'allow' && plan.contested.length === 0 && !plan.leaves.some((leaf) => leaf.asked);
  // Before anyone is asked: whether a request waits for an approver would tell, too.
  const spent = isDenied || !isFree ? await countGuesses(context, undefined) : undefined;
  if (spent) return await ended(context, spent);
  const consent: Consent = isDenied
    ? { kind: 'stop', end: () => ended(context, deniedWords(verdict), plan, verdict) }
    : await obtainConsent(context, plan, verdict);
  if (consent.kind === 'again') return 'again';
  if (consent.kind === 'stop') return await consent.end();
  if (consent.approval) context.approvedBy = consent.approval.by;
  const agreed = agreedPlan(context, current, plan, consent);

  if (isOver(within)) throw new AppError('internal', 'The call ended before anything was sent.');
  const body = entryBody(context, agreed, verdict);
  const image = imageOf(agreed, current.record);
  const opened = await ports.store.open({
    entry: newEntry(call, changeId, 'unverified', body),
    since,
    ...(consent.approval && { approval: consent.approval.id }),
    ...(consent.token && { nonce: { id: consent.token.id, expiresAt: consent.token.expiresAt } }),
    beforeImage: { sealed: seal(image), expiresAt: Date.now() + ports.limits.imageDays * 86_400_000 },
  });
  switch (opened.kind) {
    case 'opened':
      return await execute({ context, plan: agreed, verdict, current, changeId, body, image, left: consent.leave });
    case 'in_doubt':
      await settleOrphan(opened.entry, connection, ports);
      return 'again';
    case 'consumed': {
      // A yes counts once. Without it the road is walked again: the record may well be as wanted by now.
      const { answer: _, ...unanswered } = call;
      context.call = unanswered;
      context.again = 'Asked again: the earlier yes was used already.';
      return 'again';
    }
    case 'busy':
    case 'moved':
      return 'again';
  }
}

/** What cannot be planned, because of what the record holds, tells of it too. */
async function judgeOrCount(context: UpdateContext, current: Current): Promise<ReturnType<typeof judge>> {
  try {
    return judge(context, current);
  } catch (error) {
    const spent = await countGuesses(context, undefined);
    throw spent ? new AppError('guess_limit', spent.message) : error;
  }
}

/** The plan and the verdict on it; what a rule strips, or a person leaves, is planned anew without. */
function judge(
  { call, ports }: UpdateContext,
  current: Current,
  leave: readonly string[] = [],
  typed: readonly [string, Json][] = [],
): { plan: Plan; verdict: Verdict } {
  const { connection, caller } = call;
  const { provider } = connection;
  const request = { ...call.request, set: new Map([...call.request.set, ...typed]) };
  const plan = makePlan(provider, request, current, new Set(leave));
  const subject = { connection, caller, userId: request.userId, emails: plan.emails };
  const verdict = decide(ports.policy.rules, subject, plan);
  if (verdict.stripped.length === 0) return { plan, verdict };
  return { plan: makePlan(provider, request, current, new Set([...leave, ...verdict.stripped])), verdict };
}

/** The plan as it was agreed to: without what was left, with what an approver typed in. */
function agreedPlan(
  context: UpdateContext,
  current: Current,
  plan: Plan,
  { leave, secrets = {} }: Consent & { kind: 'go' },
): Plan {
  const typed = Object.entries(secrets);
  context.met.texts.push(...typed.flatMap(([, value]) => sensitiveTexts(value)));
  const agreed = leave.length + typed.length === 0 ? plan : judge(context, current, leave, typed).plan;
  if (agreed.leaves.some((leaf) => leaf.asked))
    throw new AppError('internal', 'A secret that was asked for is missing.');
  return agreed;
}

const UNCHANGED: Words = { outcome: 'unchanged', message: 'The record already is so; nothing was sent.' };

function previewWords({ call }: UpdateContext, verdict: Verdict, plan: Plan): Words {
  const free = plan.changes.length - plan.contested.length;
  const rest =
    call.canAsk || free === 0 ? 'A person would be asked first.' : 'Policy allows what has not changed since.';
  const would = {
    allow: plan.contested.length === 0 ? 'Policy allows it without a question.' : rest,
    confirm: 'A person would be asked first.',
    approve: 'It would need approval out of band.',
    deny: 'Policy forbids it.',
  }[previewedDecision(plan, verdict)];
  const changed = plan.contested.join(', ');
  const notes = [
    ...plan.warnings,
    ...(changed === '' ? [] : [`Changed since by someone else: ${changed}. To overwrite that needs its own yes.`]),
    ...(call.request.undo?.beyond ?? []),
  ];
  return { outcome: 'preview', message: ['A preview; nothing was sent.', would, ...notes].join(' ') };
}

function previewFacts(plan: Plan, verdict: Verdict): Partial<Result> {
  const facts = { verdict: previewedDecision(plan, verdict), rule: verdict.rule };
  return plan.contested.length > 0 ? { ...facts, contested: plan.contested } : facts;
}

/** What would come of it: a plan of which nothing is left is refused, a secret that is asked for needs an approver. */
function previewedDecision(plan: Plan, { decision }: Verdict): Verdict['decision'] {
  if (plan.leaves.length === 0) return 'deny';
  return decision !== 'deny' && plan.leaves.some((leaf) => leaf.asked) ? 'approve' : decision;
}

function deniedWords(verdict: Verdict): Words {
  const what =
    verdict.decision === 'deny' ? 'The operator’s policy forbids this change' : 'Policy left every field out';
  return {
    outcome: 'denied',
    code: 'denied_by_policy',
    message: `${what} (${ruleText(verdict)}). Nothing was changed.`,
    next: NEXT.denied_by_policy,
  };
}

function inTheWay(): AppError {
  return new AppError('record_changed', 'Other changes of this person were in the way the whole time.', {
    facts: { next: 'Call again. A change that broke off on another machine is settled within three minutes.' },
  });
}

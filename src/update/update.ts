import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import { digestOf, readConsent } from './confirm.ts';
import { entryBody, newEntry, personOf } from './entry.ts';
import { execute } from './execute.ts';
import { failureWords, makeResult, strippedFacts, type Words } from './outcome.ts';
import { makePlan } from './plan.ts';
import { decide } from './policy.ts';
import type { Ports } from './ports.ts';
import { makeQuestion } from './question.ts';
import { createQueue } from './queue.ts';
import { settleOrphan } from './reconcile.ts';
import { ended, unavailable } from './refusals.ts';
import type { Answer, Caller, ChangeRequest, Connection, Current, Outcome, Plan, Verdict } from './types.ts';
import { sensitiveTexts, sensitiveValues, viewPlan } from './view.ts';

/** One call of an update tool, its arguments parsed. */
export interface Call {
  connection: Connection;
  request: ChangeRequest;
  caller: Caller;
  /** The answer to an earlier question, its ticket's signature checked. */
  answer?: Answer;
  /** Whether the client can put a question to a person at all. */
  canAsk: boolean;
  /** Ends when the caller no longer waits. After the intent is on disk it no longer counts. */
  signal: AbortSignal;
}

/**
 * The road of one request: read → plan → policy → confirm → open → write → verify → close. A question is an exit, not
 * a wait: when the answer comes the same road is walked again from the top, which is also what notices that the record
 * moved in between. Never throws.
 */
export async function update(call: Call, ports: Ports): Promise<Outcome> {
  const sensitive = [...requestTexts(call), ...credentialTexts(call)];
  const deadline = Date.now() + ports.limits.callMs;
  const within = AbortSignal.any([call.signal, AbortSignal.timeout(ports.limits.callMs)]);
  const person = Object.values(personOf(call)).join('\0');
  try {
    return await oneByOne(person, async () => {
      for (;;) {
        const outcome = await walk(call, ports, { within, deadline, sensitive });
        if (outcome !== 'again') return outcome;
        await pause(within);
      }
    });
  } catch (error) {
    const cause = error instanceof AppError ? error.code : error instanceof Error ? error.name : 'unknown';
    ports.log.warn({ tool: call.request.tool, connection: call.connection.name, code: cause }, 'update failed');
    return await ended(call, ports, failureWords(call, error, sensitive));
  }
}

const oneByOne = createQueue();

interface Trip {
  within: AbortSignal;
  /** Milliseconds since the epoch. */
  deadline: number;
  /** Every value of this call that must not turn up in free text; grows with what is read. */
  sensitive: string[];
}

async function walk(call: Call, ports: Ports, { within, deadline, sensitive }: Trip): Promise<Outcome | 'again'> {
  const { connection, request } = call;
  const since = await ports.store.lastSeq(personOf(call));
  const current = await ports.records.read(connection, request.userId, within);
  sensitive.push(...sensitiveValues(connection.provider, current.record));

  const { plan, verdict } = judge(call, ports, current);
  const result = (words: Words) => makeResult(call, ports.redaction, words, plan, strippedFacts(verdict));
  if (plan.changes.length === 0 && verdict.stripped.length === 0) {
    return result({ outcome: 'unchanged', message: 'The record already is so; nothing was sent.' });
  }
  if (request.dryRun) return result(previewWords(verdict, plan));
  if (verdict.decision === 'deny' || plan.changes.length === 0) {
    return await ended(call, ports, deniedWords(verdict), plan, verdict);
  }

  const consent = await obtainConsent(call, ports, plan, verdict);
  if (consent.kind !== 'go') return consent.outcome;

  if (within.aborted) throw new AppError('internal', 'The call ended before anything was sent.');
  const changeId = randomUUID();
  const opened = await ports.store.open({
    entry: newEntry(call, changeId, 'unverified', entryBody(call, ports.redaction, plan, verdict)),
    since,
    ...(consent.ticket && { spend: { id: consent.ticket.id, expiresAt: consent.ticket.expiresAt } }),
    image: {
      sealed: ports.seal.seal(changeId, imageOf(plan)),
      expiresAt: Date.now() + ports.limits.imageDays * 86_400_000,
    },
  });
  switch (opened.kind) {
    case 'opened':
      return await execute({ call, ports, plan, verdict, current, changeId, sensitive, deadline });
    case 'orphan':
      await settleOrphan(opened.entry, connection, ports);
      return 'again';
    case 'spent':
      return ask(call, ports, plan, verdict, 'Asked again: the earlier yes was used already.');
    case 'busy':
    case 'moved':
      return 'again';
  }
}

/** The plan and the verdict on it; what a rule strips is planned anew without. */
function judge(call: Call, ports: Ports, current: Current): { plan: Plan; verdict: Verdict } {
  const { connection, request, caller } = call;
  const { provider } = connection;
  const plan = makePlan(provider, request, current, new Set());
  const subject = { connection, caller, userId: request.userId, emails: plan.emails };
  const verdict = decide(ports.policy.rules, subject, plan.changes);
  if (verdict.stripped.length === 0) return { plan, verdict };
  return { plan: makePlan(provider, request, current, new Set(verdict.stripped)), verdict };
}

type GoOrStop = { kind: 'go'; ticket?: Answer['ticket'] } | { kind: 'stop'; outcome: Outcome };

async function obtainConsent(call: Call, ports: Ports, plan: Plan, verdict: Verdict): Promise<GoOrStop> {
  if (verdict.decision === 'allow') return { kind: 'go' };
  const stop = async (words: Words): Promise<GoOrStop> => ({
    kind: 'stop',
    outcome: await ended(call, ports, words, plan, verdict),
  });
  if (verdict.decision === 'approve') return await stop(unavailable('needs approval by a person outside this client'));
  if (!call.canAsk)
    return await stop(unavailable('needs a person’s yes, and this client cannot put a question to one'));

  const question = questionFor(call, ports, plan, verdict);
  const digest = digestOf(ports.seal.hmac, call.connection, call.request, plan, call.caller);
  const consent = readConsent(call.answer, digest, question.typed, Date.now());
  switch (consent.kind) {
    case 'granted':
      return { kind: 'go', ticket: consent.ticket };
    case 'refused':
      return await stop({
        outcome: 'refused',
        code: 'refused_by_person',
        message: `${consent.how} Nothing was changed.`,
        next: 'Do not call again for the same change unless the person asks for it.',
      });
    case 'ask':
      return { kind: 'stop', outcome: ask(call, ports, plan, verdict, consent.why) };
  }
}

function ask(call: Call, ports: Ports, plan: Plan, verdict: Verdict, why?: string): Outcome {
  const digest = digestOf(ports.seal.hmac, call.connection, call.request, plan, call.caller);
  const expiresAt = Date.now() + ports.confirmation.expiresMs;
  return {
    kind: 'ask',
    question: questionFor(call, ports, plan, verdict, why),
    ticket: { id: randomUUID(), digest, expiresAt },
  };
}

function questionFor(call: Call, ports: Ports, plan: Plan, verdict: Verdict, again?: string) {
  const view = viewPlan(call.connection, plan, 'person', ports.redaction, call.request.valuesFromCaller);
  return makeQuestion(view, {
    providerTitle: call.connection.provider.title,
    caller: call.caller,
    stripped: verdict.stripped,
    emails: [...new Set(plan.emails)],
    ...(call.request.reason !== undefined && { reason: call.request.reason }),
    ...(again !== undefined && { again }),
  });
}

function previewWords(verdict: Verdict, plan: Plan): Words {
  const would = {
    allow: 'Policy allows it without a question.',
    confirm: 'A person would be asked first.',
    approve: 'It would need approval out of band.',
    deny: 'Policy forbids it.',
  }[plan.changes.length === 0 ? 'deny' : verdict.decision];
  return { outcome: 'preview', message: `A preview; nothing was sent. ${would}` };
}

function deniedWords(verdict: Verdict): Words {
  const what =
    verdict.decision === 'deny' ? 'The operator’s policy forbids this change' : 'Policy left every field out';
  return {
    outcome: 'denied',
    code: 'denied_by_policy',
    message: `${what} (${verdict.rule}). Nothing was changed.`,
    next: 'Do not retry; only the operator can change the policy.',
  };
}

/** What a write displaces and puts there, secrets aside: for reconciling after a crash and for undo. */
function imageOf(plan: Plan) {
  const open = plan.changes.filter((change) => change.definition.sensitivity !== 'secret');
  return {
    changes: open.map(({ field, before, after }) => ({ field, before, after })),
    secrets: plan.changes.length - open.length,
  };
}

function requestTexts(call: Call): string[] {
  const { provider } = call.connection;
  return [...call.request.set].flatMap(([field, value]) =>
    provider.fields[field]?.sensitivity === 'public' ? [] : sensitiveTexts(value),
  );
}

function credentialTexts({ connection }: Call): string[] {
  const named = connection.provider.credentials.map((key) => connection.settings[key]);
  return [...named, ...Object.values(connection.provider.auth(connection.settings))].filter(
    (text) => typeof text === 'string',
  );
}

async function pause(signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    throw new AppError('record_changed', 'Other changes of this person were in the way the whole time.');
  }
  await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 40));
}

import type { ApprovalView } from '../approvals/view.ts';
import { canonicalJson } from '../json.ts';
import { isObject, type JsonObject } from '../json-value.ts';
import type { ApprovalRow } from '../store/approvals.ts';
import { digestOf } from './confirm.ts';
import { entryBody, personOf } from './entry.ts';
import type { Journey } from './journey.ts';
import { NEXT } from './next-steps.ts';
import type { Words } from './outcome.ts';
import { makeQuestion } from './question.ts';
import { contextOf } from './question-context.ts';
import type { Plan, Verdict } from './types.ts';
import { viewPlan } from './view.ts';

/** Where a plan stands that a person has to approve out of band. */
export type Standing =
  | { kind: 'approved'; row: ApprovalRow; secrets: JsonObject }
  /** `isNew`: this call put it up. */
  | { kind: 'pending'; row: ApprovalRow; isNew: boolean; note?: string }
  | { kind: 'ended'; words: Words }
  /** Another call is carrying it out, or has just done so. */
  | { kind: 'stale' };

/**
 * Looks the plan's approval up, or puts it up. Fits by digest, so a record that moved is another plan: the earlier
 * request is withdrawn and a new one says what moved. The writing itself spends the approval, in one transaction.
 */
export async function approvalFor(journey: Journey, plan: Plan, verdict: Verdict): Promise<Standing> {
  const { call, ports } = journey;
  const { approvals } = ports.store;
  const digest = digestOf(ports.seal.hmac, call.connection, call.request, plan, call.caller);
  const requestKey = ports.seal.hmac('request', canonicalJson(requestOf(journey)));
  const existing = await approvals.byDigest(digest);
  const over = existing !== undefined && existing.expiresAt <= Date.now();
  if (existing && over && (existing.state === 'pending' || existing.state === 'approved')) {
    await approvals.withdraw(existing.id);
    return { kind: 'ended', words: expiredWords };
  }
  if (existing && !over) {
    if (existing.state === 'approved')
      return { kind: 'approved', row: existing, secrets: secretsOf(journey, existing) };
    if (existing.state === 'pending') return { kind: 'pending', row: existing, isNew: false };
    if (existing.state === 'declined') return { kind: 'ended', words: declinedWords(existing) };
    if (existing.state === 'used' && (await isStale(journey))) return { kind: 'stale' };
  }
  const earlier = await approvals.byRequest(requestKey);
  const overtaken =
    earlier && earlier.digest !== digest && (await approvals.withdraw(earlier.id)) ? earlier : undefined;
  const moved = overtaken && movedSince(journey, overtaken, plan, verdict);
  const id = crypto.randomUUID();
  const row = await putUp(journey, plan, verdict, { id, digest, requestKey }, moved);
  // Another process may have put up the same at the same time.
  return { kind: 'pending', row, isNew: row.id === id, ...(moved !== undefined && { note: moved }) };
}

/** Whether a change of this person is in flight, or ended since the record was read. An orphan is nobody's flight. */
async function isStale({ call, ports: { store }, since }: Journey): Promise<boolean> {
  const person = personOf(call);
  if ((await store.lastSeq(person)) !== since) return true;
  const open = (await store.list({ ...person, limit: 3 })).find((change) => change.open);
  return open !== undefined && !(await store.orphans()).some(({ changeId }) => changeId === open.changeId);
}

async function putUp(
  journey: Journey,
  plan: Plan,
  verdict: Verdict,
  keys: { id: string; digest: string; requestKey: string },
  again: string | undefined,
): Promise<ApprovalRow> {
  const { call, ports } = journey;
  return await ports.store.approvals.request({
    ...personOf(call),
    ...keys,
    caller: call.caller.principal,
    expiresAt: Date.now() + ports.approval.expiresMs,
    needed: ports.approval.needed,
    view: ports.seal.seal(keys.id, viewFor(journey, plan, verdict, again)),
  });
}

function viewFor(journey: Journey, plan: Plan, verdict: Verdict, again: string | undefined): ApprovalView {
  const { connection, request, caller } = journey.call;
  const { provider } = connection;
  const view = viewPlan(connection, plan, 'person', journey.ports.redaction, request.undo === undefined);
  const context = contextOf(journey, plan, verdict);
  const { typed } = makeQuestion(view, context);
  return {
    ...view,
    fields: [...view.fields],
    tool: request.tool,
    providerTitle: provider.title,
    emails: [...new Set(plan.emails)],
    stripped: [...verdict.stripped],
    warnings: [...(context.warnings ?? [])],
    contested: [...plan.contested],
    askFor: plan.changes.filter((change) => change.asked).map(({ field }) => field),
    caller: caller.principal,
    verdict: verdict.decision,
    rule: verdict.rule,
    record: declaredFields(journey, plan),
    entry: entryBody(journey, plan, verdict),
    ...(typed !== undefined && { typed }),
    ...(caller.client !== undefined && { client: caller.client }),
    ...(context.reason !== undefined && { reason: context.reason }),
    ...(request.undo && { undoes: request.undo.changeId }),
    ...(again !== undefined && { again }),
  };
}

function declaredFields({ call }: Journey, plan: Plan): JsonObject {
  const { fields } = call.connection.provider;
  const open = Object.entries(plan.before).filter(
    ([name]) => Object.hasOwn(fields, name) && fields[name]?.sensitivity !== 'secret',
  );
  return Object.fromEntries(open);
}

/**
 * All of what a yes is bound to that does not come from the record. Less would let one request overtake another that
 * is only similar, and void an approval its caller still waits to use.
 */
function requestOf({ call }: Journey) {
  const { request, connection, caller } = call;
  return {
    tool: request.tool,
    connection: connection.name,
    user: request.userId,
    set: Object.fromEntries(request.set),
    clear: request.clear,
    askFor: request.askFor,
    reason: request.reason,
    undo: request.undo?.changeId,
    principal: caller.principal,
    client: caller.clientName,
  };
}

function secretsOf({ ports }: Journey, row: ApprovalRow): JsonObject {
  const secrets = row.secret && ports.seal.unseal(row.id, row.secret);
  return isObject(secrets) ? secrets : {};
}

/** Names what is no longer as it was when the earlier request was put up. */
function movedSince({ call, ports }: Journey, earlier: ApprovalRow, plan: Plan, { stripped }: Verdict): string {
  const old = ports.seal.unseal(earlier.id, earlier.view) as ApprovalView; // sealed by us
  const now = viewPlan(call.connection, plan, 'person', ports.redaction, call.request.undo === undefined);
  const before = (fields: readonly { field: string; before: unknown }[]) =>
    new Map(fields.map((one) => [one.field, canonicalJson(one.before)]));
  const [was, is] = [before(old.fields), before(now.fields)];
  const names = [...new Set([...was.keys(), ...is.keys()])]
    .filter((field) => was.get(field) !== is.get(field))
    .map((field) => (old.stripped.includes(field) === stripped.includes(field) ? field : `${field} (by policy)`));
  const what = names.length > 0 ? names.join(', ') : 'another part of the record';
  return `Asked again: changed since the earlier request: ${what}.`;
}

const expiredWords: Words = {
  outcome: 'failed',
  code: 'approval_expired',
  message: 'The approval was not given, or not used, in time. Nothing was changed.',
  next: NEXT.approval_expired,
};

function declinedWords(row: ApprovalRow): Words {
  const no = row.decisions.find((decision) => !decision.yes);
  return {
    outcome: 'refused',
    code: 'declined',
    message: `${no ? `${no.approver} declined` : 'An approver declined'} this change. Nothing was changed.`,
    next: `${NEXT.declined} The no stands until ${new Date(row.expiresAt).toISOString()}; a call after that asks anew.`,
  };
}

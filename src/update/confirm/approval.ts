import { createDecisionRule, TooManyPending } from '../../approvals/eligibility.ts';
import { namesOfCaller } from '../../approvals/identity.ts';
import { type ApprovalSnapshot, readSnapshot } from '../../approvals/snapshot.ts';
import { bounds } from '../../bounds.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import { isObject, type JsonObject } from '../../lib/json/json-value.ts';
import { quoteName } from '../../lib/text/quote.ts';
import type { ApprovalRow, DecisionRule } from '../../store/approvals.ts';
import { entryBody, personOf } from '../audit/entry.ts';
import type { UpdateContext } from '../context.ts';
import { leafName } from '../plan/leaf-changes.ts';
import { viewPlan } from '../redact/view.ts';
import { declinedWords, expiredWords, tooManyWords } from '../results/approval-messages.ts';
import type { Words } from '../results/result.ts';
import type { Plan, Verdict } from '../types.ts';
import { boundLeaves, digestOf } from './digest.ts';
import { makeQuestion } from './question.ts';
import { contextOf } from './question-context.ts';

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
 * request is withdrawn and a new one says what moved. A no is found whatever else the caller says of the same change.
 * The writing itself spends the approval, in one transaction.
 */
export async function approvalFor(context: UpdateContext, plan: Plan, verdict: Verdict): Promise<Standing> {
  const { call, ports } = context;
  const { approvals } = ports.store;
  const digest = digestOf(ports.seal.hmac, call.connection, call.request, plan, call.caller);
  const requestKey = ports.seal.hmac('request', canonicalJson(requestOf(context)));
  const changeKey = changeKeyOf(context, plan);
  const declined = await approvals.declined(changeKey);
  if (declined) return { kind: 'ended', words: declinedWords(declined) };
  const existing = await approvals.byDigest(digest);
  const over = existing !== undefined && existing.expiresAt <= Date.now();
  if (existing && over && (existing.state === 'pending' || existing.state === 'approved')) {
    await approvals.withdraw(existing.id);
    return { kind: 'ended', words: expiredWords };
  }
  if (existing && !over) {
    const found = await settledStanding(context, existing);
    if (found) return found;
    if (existing.state === 'declined') return { kind: 'ended', words: declinedWords(existing) };
    if (existing.state === 'used' && (await isStale(context))) return { kind: 'stale' };
  }
  const earlier = await approvals.byRequest(requestKey);
  const overtaken =
    earlier && earlier.digest !== digest && (await approvals.withdraw(earlier.id)) ? earlier : undefined;
  const moved = overtaken && movedSince(context, overtaken, plan, verdict);
  const id = crypto.randomUUID();
  try {
    const row = await putUp(context, plan, verdict, { id, digest, requestKey, changeKey }, moved);
    // Another process may have made the same request at the same time.
    return { kind: 'pending', row, isNew: row.id === id, ...(moved !== undefined && { note: moved }) };
  } catch (error) {
    if (error instanceof TooManyPending) return { kind: 'ended', words: tooManyWords };
    throw error;
  }
}

/** A request that waits or was approved, by the yeses that count now; undefined where it is neither. */
async function settledStanding(context: UpdateContext, existing: ApprovalRow): Promise<Standing | undefined> {
  const { call, ports } = context;
  const { approvals } = ports.store;
  if (existing.state !== 'pending' && existing.state !== 'approved') return undefined;
  const { principal, identities } = call.caller;
  const { callerMayApprove } = ports.approval;
  const needed = Math.max(ports.approval.needed, existing.needed);
  const caller = namesOfCaller(principal, identities);
  const rule = createDecisionRule({ approvers: await approvals.approvers(), needed, caller, callerMayApprove });
  const isEnough = rule.counted(existing.decisions).length >= needed;
  const row = isEnough === (existing.state === 'approved') ? existing : await approvals.recount(existing.id, rule);
  if (row?.state === 'pending') {
    const lost = existing.state === 'approved' ? { note: lostWords(existing, rule) } : {};
    return { kind: 'pending', row, isNew: false, ...lost };
  }
  if (row?.state !== 'approved') return { kind: 'stale' };
  recordReasonOf(context, row);
  return {
    kind: 'approved',
    row: { ...row, decisions: [...rule.counted(row.decisions)] },
    secrets: secretsOf(context, row),
  };
}

/** The approver agreed to the reason that was shown; another one given since is not put on record with the yes. */
function recordReasonOf(context: UpdateContext, row: ApprovalRow): void {
  const { reason } = readSnapshot(context.ports.seal.unseal(row.id, row.view));
  const { reason: _, ...request } = context.call.request;
  context.call = { ...context.call, request: { ...request, ...(reason !== undefined && { reason }) } };
}

function lostWords({ decisions }: ApprovalRow, rule: DecisionRule): string {
  const counted = rule.counted(decisions);
  const lost = decisions.filter((one) => one.yes && !counted.includes(one)).map(({ approver }) => approver);
  if (lost.length === 0) return `Approved before by fewer than the ${rule.needed} approvers it takes now.`;
  return `Approved before, but the yes of ${lost.join(', ')} does not count any more.`;
}

/** Whether a change of this person is in flight, or ended since the record was read. An orphan is nobody's flight. */
async function isStale({ call, ports: { store }, since }: UpdateContext): Promise<boolean> {
  const person = personOf(call);
  if ((await store.lastSeq(person)) !== since) return true;
  const open = (await store.list({ ...person, limit: 3 })).find((change) => change.open);
  return open !== undefined && !(await store.inDoubt()).some(({ changeId }) => changeId === open.changeId);
}

async function putUp(
  context: UpdateContext,
  plan: Plan,
  verdict: Verdict,
  keys: { id: string; digest: string; requestKey: string; changeKey: string },
  again: string | undefined,
): Promise<ApprovalRow> {
  const { call, ports } = context;
  const { principal, identities = [] } = call.caller;
  const view = { ...viewFor(context, plan, verdict, again), identities: [...identities] };
  const request = {
    ...personOf(call),
    ...keys,
    caller: principal,
    expiresAt: Date.now() + ports.approval.expiresMs,
    needed: ports.approval.needed,
    view: ports.seal.seal(keys.id, view),
  };
  return await ports.store.approvals.request(request, bounds.pendingApprovals);
}

function viewFor(context: UpdateContext, plan: Plan, verdict: Verdict, again: string | undefined): ApprovalSnapshot {
  const { connection, request, caller } = context.call;
  const { provider } = connection;
  const view = viewPlan(context.call, plan, 'person', context.ports.redaction);
  const questionContext = contextOf(context, plan, verdict);
  const { typed } = makeQuestion(view, questionContext);
  return {
    ...view,
    changes: [...view.changes],
    tool: request.tool,
    providerTitle: provider.title,
    emails: [...new Set(plan.emails)],
    stripped: [...verdict.stripped],
    warnings: [...view.warnings],
    contested: [...plan.contested],
    askFor: plan.leaves.filter((leaf) => leaf.asked).map(leafName),
    caller: caller.principal,
    verdict: verdict.decision,
    rule: verdict.rule,
    record: declaredFields(context, plan),
    entry: entryBody(context, plan, verdict),
    ...(typed !== undefined && { typed }),
    ...(caller.client !== undefined && { client: caller.client }),
    ...(questionContext.reason !== undefined && { reason: questionContext.reason }),
    ...(request.undo && { undoes: request.undo.changeId }),
    ...(again !== undefined && { again }),
  };
}

function declaredFields({ call }: UpdateContext, plan: Plan): JsonObject {
  const { fields } = call.connection.provider;
  const open = Object.entries(plan.before).filter(
    ([name]) => Object.hasOwn(fields, name) && fields[name]?.sensitivity !== 'secret',
  );
  return Object.fromEntries(open);
}

/**
 * All of what a yes is bound to that does not come from the record. Less would let one request overtake another that
 * is only similar, and void an approval its caller still waits to use. The reason is not in it: the same change with
 * another reason is the same request.
 */
function requestOf({ call }: UpdateContext) {
  const { request, connection, caller } = call;
  return {
    tool: request.tool,
    connection: connection.name,
    user: request.userId,
    set: Object.fromEntries(request.set),
    clear: request.clear,
    askFor: request.askFor,
    undo: request.undo?.changeId,
    principal: caller.principal,
    client: caller.clientName,
  };
}

/**
 * What a no is bound to: the fields that would move, from what to what. Nothing the caller says besides is in it, not
 * even by which tool or client it asks, and nothing of the record that would stay as it is.
 */
export function changeKeyOf({ call, ports }: UpdateContext, plan: Plan): string {
  const change = {
    provider: call.connection.provider.id,
    connection: call.connection.name,
    user: plan.userId,
    leaves: boundLeaves(plan),
    principal: call.caller.principal,
  };
  return ports.seal.hmac('change', canonicalJson(change));
}

function secretsOf({ ports }: UpdateContext, row: ApprovalRow): JsonObject {
  const secrets = row.secret && ports.seal.unseal(row.id, row.secret);
  return isObject(secrets) ? secrets : {};
}

const MAX_NAMES = 10;

/** Names what is no longer as it was when the earlier request was put up. */
function movedSince({ call, ports }: UpdateContext, earlier: ApprovalRow, plan: Plan, { stripped }: Verdict): string {
  const old = readSnapshot(ports.seal.unseal(earlier.id, earlier.view));
  const now = viewPlan(call, plan, 'person', ports.redaction);
  const before = (fields: readonly { field: string; before: unknown }[]) =>
    new Map(fields.map((one) => [one.field, canonicalJson(one.before)]));
  const [was, is] = [before(old.changes), before(now.changes)];
  const names = [...new Set([...was.keys(), ...is.keys()])]
    .filter((field) => was.get(field) !== is.get(field))
    .map((field) => {
      const isByPolicy = old.stripped.includes(field) !== stripped.includes(field);
      return isByPolicy ? `${quoteName(field)} (by policy)` : quoteName(field);
    });
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  const what = names.length > 0 ? names.slice(0, MAX_NAMES).join(', ') + more : 'another part of the record';
  return `Asked again: changed since the earlier request: ${what}.`;
}

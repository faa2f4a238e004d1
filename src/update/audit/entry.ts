import type { EntryBody, NewEntry, RecordedField, UserRef } from '../../store/store.ts';
import { type Call, keptReason, type UpdateContext } from '../context.ts';
import type { Verification } from '../plan/verify.ts';
import { SECRET } from '../redact/mask.ts';
import type { PlanView } from '../redact/types.ts';
import { type Redaction, viewCollateral, viewPlan, viewValue } from '../redact/view.ts';
import type { Plan, Verdict } from '../types.ts';

/** What the change log says of a call: redacted for the record, whatever the caller may see. */

export function personOf(call: Call): UserRef {
  return { provider: call.connection.provider.id, connection: call.connection.name, userId: call.request.userId };
}

export function entryBody(context: UpdateContext, plan?: Plan, verdict?: Verdict): EntryBody {
  const { call, ports, approvedBy } = context;
  const { request, caller } = call;
  const reason = keptReason(call);
  return {
    tool: request.tool,
    caller: caller.principal,
    ...(caller.client !== undefined && { client: caller.client }),
    ...(reason !== undefined && { reason }),
    ...(request.undo && { undoes: request.undo.changeId }),
    ...(approvedBy !== undefined && { approvedBy }),
    ...(context.answeredAfterMs !== undefined && { answeredAfterMs: Math.round(context.answeredAfterMs) }),
    ...(verdict && { verdict: verdict.decision, rule: verdict.rule }),
    ...(verdict?.stripped.length && { stripped: [...verdict.stripped] }),
    fields: plan ? recordedFields(viewPlan(call, plan, 'audit', ports.redaction)) : wantedFields(call, ports.redaction),
  };
}

export function newEntry(call: Call, changeId: string, outcome: string, body: EntryBody): NewEntry {
  return { ...personOf(call), changeId, outcome, body };
}

export function recordedCollateral(
  call: Call,
  redaction: Redaction,
  found: Verification['collateral'],
): RecordedField[] {
  return found.map((one) => viewCollateral(call.connection.provider, one, 'audit', redaction));
}

function recordedFields(view: PlanView<'audit'>): RecordedField[] {
  return view.changes.map(({ field, effect, before, after }) => ({ field, effect, before, after }));
}

/** A call that failed before there was a plan: what was wanted. What it would have replaced was never seen. */
function wantedFields({ connection: { provider }, request }: Call, redaction: Redaction): RecordedField[] {
  const entryOf = (field: string, after: RecordedField['after']): RecordedField => {
    const definition = provider.fields[field];
    const before = definition?.sensitivity === 'secret' ? SECRET : NOT_READ;
    return { field, effect: definition?.effect ?? 'ordinary', before, after };
  };
  return [
    ...[...request.set].map(([field, value]) => entryOf(field, viewValue(provider, field, value, 'audit', redaction))),
    ...request.clear.map((field) => entryOf(field, null)),
    ...request.askFor.map((field) => entryOf(field, SECRET)),
  ];
}

/** Stands where nobody looked. */
const NOT_READ = '[not read]';

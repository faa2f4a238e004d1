import { toEmailKeys } from '../../audit/email-key.ts';
import { echoDefaults } from '../../providers/interpret/echo.ts';
import { emailsOf } from '../../providers/interpret/person.ts';
import type { EntryBody, NewEntry, RecordedField, UserRef } from '../../store/log/entry.ts';
import { type Call, keptReason, type UpdateContext } from '../context.ts';
import { leafName } from '../plan/leaf-changes.ts';
import type { Verification } from '../plan/verify.ts';
import { SECRET } from '../redact/mask.ts';
import type { PlanView } from '../redact/types.ts';
import { type Redaction, viewCollateral, viewPlan, viewValue } from '../redact/view.ts';
import type { Proposal } from '../types.ts';

/** What the audit log says about a call, redacted for the audit log regardless of what the caller may see. */

export function userRefOf(call: Call): UserRef {
  return { provider: call.connection.provider.id, connection: call.connection.name, userId: call.request.userId };
}

export function entryBody(context: UpdateContext, proposal?: Proposal): EntryBody {
  const { call, ports, evidence } = context;
  const { request, caller } = call;
  const { approvedBy, approvalId, answeredAfterMs } = evidence;
  const reason = keptReason(call);
  const emailKeys = emailKeysOf(context, proposal);
  // In the order of their names, as the audit log writes them.
  return {
    ...(answeredAfterMs !== undefined && { answeredAfterMs: Math.round(answeredAfterMs) }),
    ...(call.approvalId !== undefined && { approvalId: call.approvalId }),
    ...(approvalId !== undefined && { approvalId }),
    ...(approvedBy !== undefined && { approvedBy }),
    ...(call.batch && { batchId: call.batch.id }),
    caller: caller.principal,
    ...(caller.client !== undefined && { client: caller.client }),
    ...(emailKeys.length > 0 && { emailKeys }),
    fields: proposal
      ? recordedFields(viewPlan(call, proposal.plan, 'audit', ports.redaction))
      : requestedFields(call, ports.redaction),
    ...(reason !== undefined && { reason }),
    ...(proposal && { rule: proposal.verdict.rule }),
    ...(proposal &&
      echoDefaults(call.connection.provider.write).length > 0 && {
        sideEffects: proposal.plan.sideEffects.map(leafName),
      }),
    ...(proposal?.verdict.stripped.length && { stripped: [...proposal.verdict.stripped] }),
    tool: request.tool,
    ...(request.undo && { undoes: request.undo.changeId }),
    ...(proposal && { verdict: proposal.verdict.decision }),
  };
}

/** Of the user record as it was read, and as it is after the change. */
function emailKeysOf({ call, ports, known }: UpdateContext, proposal: Proposal | undefined): string[] {
  const records = proposal ? [proposal.plan.before, proposal.plan.expected] : known.records().slice(-1);
  const { provider } = call.connection;
  return toEmailKeys(
    records.flatMap((record) => emailsOf(provider, record)),
    ports.seal.hmac,
  );
}

export function newEntry(call: Call, changeId: string, outcome: string, body: EntryBody): NewEntry {
  return { ...userRefOf(call), changeId, outcome, body };
}

export function recordedCollateral(
  call: Call,
  redaction: Redaction,
  found: Verification['collateral'],
): RecordedField[] {
  return found.map((one) => viewCollateral(call.connection.provider, one, 'audit', redaction));
}

function recordedFields(view: PlanView<'audit'>): RecordedField[] {
  return view.changes.map(({ field, effect, before, after }) => ({ after, before, effect, field }));
}

/**
 * A call that failed before it was planned: the requested changes. The values it would have replaced were never read.
 */
function requestedFields({ connection: { provider }, request }: Call, redaction: Redaction): RecordedField[] {
  const entryOf = (field: string, after: RecordedField['after']): RecordedField => {
    const definition = provider.fields[field];
    const before = definition?.sensitivity === 'secret' ? SECRET : NOT_READ;
    return { after, before, effect: definition?.effect ?? 'ordinary', field };
  };
  return [
    ...[...request.set].map(([field, value]) => entryOf(field, viewValue(provider, field, value, 'audit', redaction))),
    ...request.clear.map((field) => entryOf(field, null)),
    ...request.askFor.map((field) => entryOf(field, SECRET)),
  ];
}

/** Marks a value that was never read. */
export const NOT_READ = '[not read]';

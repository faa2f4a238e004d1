import type { ApprovalSnapshot } from '../../approvals/snapshot.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';
import { questionContextOf } from '../confirm/ask.ts';
import { makeQuestion } from '../confirm/question.ts';
import { lookUpReferences, withReferences } from '../confirm/references.ts';
import type { UpdateContext } from '../context.ts';
import { leafName } from '../plan/leaf-changes.ts';
import { viewPlan } from '../redact/view.ts';
import type { Proposal } from '../types.ts';

/** The snapshot for the approver. `note`: why the same change is requested again. */
export async function approvalSnapshotOf(
  context: UpdateContext,
  proposal: Proposal,
  note: string | undefined,
): Promise<ApprovalSnapshot> {
  const { connection, request, caller } = context.call;
  const { plan, verdict } = proposal;
  const unnamed = viewPlan(context.call, plan, 'person', context.ports.redaction);
  const view = withReferences(unnamed, plan, await lookUpReferences(context, plan));
  const questionContext = questionContextOf(context, proposal, undefined);
  const { typed } = makeQuestion(view, questionContext);
  return {
    ...view,
    tool: request.tool,
    providerTitle: connection.provider.title,
    emails: [...new Set(plan.emails)],
    stripped: [...verdict.stripped],
    contested: [...plan.contested],
    askFor: plan.leaves.filter((leaf) => leaf.asked).map(leafName),
    caller: caller.principal,
    verdict: verdict.decision,
    rule: verdict.rule,
    ...(verdict.note !== undefined && { ruleNote: verdict.note }),
    record: declaredFields(context, plan.before),
    identities: [...(caller.identities ?? [])],
    ...(typed !== undefined && { typed }),
    ...(caller.client !== undefined && { client: caller.client }),
    ...(questionContext.reason !== undefined && { reason: questionContext.reason }),
    ...(request.undo && { undoes: request.undo.changeId }),
    ...(note !== undefined && { again: note }),
  };
}

function declaredFields({ call }: UpdateContext, record: JsonObject): JsonObject {
  const { fields } = call.connection.provider;
  const open = Object.entries(record).filter(
    ([name]) => Object.hasOwn(fields, name) && fields[name]?.sensitivity !== 'secret',
  );
  return Object.fromEntries(open);
}

import type { UpdateContext } from '../context.ts';
import type { CollateralView } from '../redact/types.ts';
import { viewCollateral, viewPlan } from '../redact/view.ts';
import type { ChangeResult, Proposal, Result } from '../types.ts';
import type { Message, Outcome } from './outcome.ts';
import { previewedDecision } from './preview-message.ts';

/** The result the model sees: the message, the plan as far as there was one, and the facts of the outcome. */
export function toResult(
  { call, ports: { redaction } }: UpdateContext,
  outcome: Outcome,
  { detail: _, note: __, ...told }: Message,
  proposal?: Proposal,
): Result {
  const { connection, request } = call;
  const view = proposal && viewPlan(call, proposal.plan, 'model', redaction);
  const changes = view?.changes ?? [];
  const cleared = changes.filter((change) => change.cleared).map(({ field }) => field);
  const stripped = proposal?.verdict.stripped ?? [];
  return {
    kind: 'result',
    provider: connection.provider.id,
    connection: connection.name,
    user: { id: request.userId, ...(view && view.label !== view.userId && { label: view.label }) },
    changes: changes.map(toChangeResult),
    ...(cleared.length > 0 && { cleared }),
    ...told,
    ...(stripped.length > 0 && { stripped }),
    ...outcomeFacts(outcome, (found) => toChangeResult(viewCollateral(connection.provider, found, 'model', redaction))),
  };
}

function outcomeFacts(
  outcome: Outcome,
  viewOf: (found: Parameters<typeof viewCollateral>[1]) => ChangeResult,
): Partial<Result> {
  if (outcome.kind === 'preview') {
    const { plan, verdict } = outcome;
    const facts = { verdict: previewedDecision(plan, verdict), rule: verdict.rule };
    return plan.contested.length > 0 ? { ...facts, contested: plan.contested } : facts;
  }
  if (outcome.kind === 'needs_approval') {
    const { id, expiresAt, url } = outcome.approval;
    return { approval: { id, expires_at: new Date(expiresAt).toISOString(), ...(url !== undefined && { url }) } };
  }
  const left = 'keptFields' in outcome && outcome.keptFields.length > 0 ? { left: outcome.keptFields } : {};
  if (!('seen' in outcome)) return left;
  const { collateral, writeOnly, unreadable } = outcome.seen;
  const hidden = [...writeOnly, ...unreadable];
  return {
    ...left,
    ...(collateral.length > 0 && { collateral: collateral.map(viewOf) }),
    ...(hidden.length > 0 && { unreadable: hidden }),
  };
}

function toChangeResult({ field, before, after }: CollateralView<'model'>): ChangeResult {
  return { field, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

import { endCall } from '../audit/record.ts';
import type { BatchConsent, UpdateContext } from '../context.ts';
import type { Proposal, Result } from '../types.ts';
import type { Confirmed } from './confirmed.ts';
import { digestOf } from './digest.ts';
import { isStricter } from './strictness.ts';

/**
 * Whether the consent to a batch covers this change: the change is what was shown, and policy asks for no more than was
 * given. A record that moved since ends in a conflict; no further question is put.
 */
export async function confirmInBatch(
  context: UpdateContext,
  proposal: Proposal,
  { covers, level, overwrite, evidence }: BatchConsent,
): Promise<Confirmed | Result> {
  const { plan, verdict } = proposal;
  const agreed = { ...context, evidence: { ...context.evidence, ...evidence } };
  if (covers !== 'put_back' && covers.digest !== digestOf(context, plan)) {
    return await endCall(agreed, { kind: 'moved_since_question' }, proposal);
  }
  if (isStricter(verdict.decision, level)) return await endCall(agreed, { kind: 'not_covered' }, proposal);
  const keptFields = overwrite ? [] : plan.contested;
  if (keptFields.length > 0 && keptFields.length === plan.changes.length) {
    return await endCall(agreed, { kind: 'refused', answer: { kind: 'did_not_overwrite' } }, proposal);
  }
  return { kind: 'confirmed', context: agreed, consumes: {}, secrets: {}, keptFields };
}

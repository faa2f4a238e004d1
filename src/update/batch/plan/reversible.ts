import { removingField } from '../../../providers/interpret/warning.ts';
import { strictest } from '../../confirm/strictness.ts';
import type { UpdateContext } from '../../context.ts';
import type { LeafChange, Plan } from '../../plan/types.ts';
import { decide } from '../../policy/policy.ts';
import type { Proposal, Verdict } from '../../types.ts';
import { isRestorable } from '../../undo/restore.ts';

/** All or nothing promises that a change can be taken back. */

/**
 * The proposal with the stricter verdict of that on the change and that on putting it back, since the yes to the batch
 * covers both; or why it could not be put back.
 */
export function withReverse(context: UpdateContext, proposal: Proposal): Proposal | { irreversible: string } {
  const { plan, verdict } = proposal;
  if (plan.leaves.length === 0 || verdict.decision === 'deny') return proposal;
  const reverse = reverseVerdict(context, proposal);
  const irreversible = whyNotReversible(plan, reverse);
  if (irreversible !== undefined) return { irreversible };
  const isStricter = strictest([verdict.decision, reverse.decision]) !== verdict.decision;
  return isStricter ? { ...proposal, verdict: { ...reverse, stripped: verdict.stripped } } : proposal;
}

function reverseVerdict({ call, ports }: UpdateContext, { plan, snapshot }: Proposal): Verdict {
  const { connection, caller, request } = call;
  const { people } = snapshot;
  const subject = { connection, caller, userId: request.userId, emails: plan.emails, people: people.of };
  return decide(ports.policy.rules, subject, { leaves: plan.leaves.map(reversed), sideEffects: [] }).verdict;
}

/** Undefined if it could be put back. */
function whyNotReversible(plan: Plan, reverse: Verdict): string | undefined {
  const removing = removingField(plan.changes);
  if (removing !== undefined) return `${removing} removes the user record`;
  for (const { field, definition, before, after } of plan.changes) {
    if (definition.sensitivity === 'secret') return `the old ${field} is not kept anywhere`;
    if (definition.readback === false) return `${field} cannot be read back`;
    if (!isRestorable(definition, { field, ...present({ before, after }) })) return `${field} cannot be emptied again`;
  }
  if (reverse.decision === 'deny') return `policy forbids putting it back (${reverse.rule})`;
  if (reverse.stripped.length > 0) return `policy leaves out ${reverse.stripped.join(', ')} when it is put back`;
  return undefined;
}

function reversed(leaf: LeafChange): LeafChange {
  const { before, after, list } = leaf;
  return {
    ...leaf,
    before: after,
    after: before,
    ...(list && { list: { ...list, removed: list.added, added: list.removed } }),
  };
}

function present({ before, after }: Pick<LeafChange, 'before' | 'after'>) {
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

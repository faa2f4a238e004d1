import { removingField } from '../../../providers/interpret/warning.ts';
import type { UpdateContext } from '../../context.ts';
import type { LeafChange, Plan } from '../../plan/types.ts';
import { decide } from '../../policy/policy.ts';
import type { Proposal, Verdict } from '../../types.ts';
import { isRestorable } from '../../undo/restore.ts';

/** All or nothing promises that a change can be taken back. */

/** What policy says of putting back what the plan changes: the yes to the batch covers that as well. */
export function reverseVerdict({ call, ports }: UpdateContext, { plan, snapshot }: Proposal): Verdict {
  const { connection, caller, request } = call;
  const { people } = snapshot;
  const subject = { connection, caller, userId: request.userId, emails: plan.emails, people: people.of };
  return decide(ports.policy.rules, subject, { leaves: plan.leaves.map(reversed), sideEffects: [] }).verdict;
}

/** Why the plan could not be undone once it is written; undefined if it could. */
export function whyNotReversible(plan: Plan, reverse: Verdict | undefined): string | undefined {
  const removing = removingField(plan.changes);
  if (removing !== undefined) return `${removing} removes the user record`;
  for (const { field, definition, before, after } of plan.changes) {
    if (definition.sensitivity === 'secret') return `the old ${field} is not kept anywhere`;
    if (definition.readback === false) return `${field} cannot be read back`;
    if (!isRestorable(definition, { field, ...present({ before, after }) })) return `${field} cannot be emptied again`;
  }
  if (reverse?.decision === 'deny') return `policy forbids putting it back (${reverse.rule})`;
  if (reverse && reverse.stripped.length > 0)
    return `policy leaves out ${reverse.stripped.join(', ')} when it is put back`;
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

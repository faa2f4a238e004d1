import type { Call } from '../context.ts';
import type { Plan } from '../plan/types.ts';
import type { Verdict } from '../types.ts';

/** The message of a preview: what would happen, the warnings, and what undo cannot restore. */
export function previewText({ plan, verdict }: { plan: Plan; verdict: Verdict }, call: Call): string {
  const contested = plan.contested.join(', ');
  const notes = [
    ...plan.warnings,
    ...(contested === '' ? [] : [`Changed since by someone else: ${contested}. To overwrite that needs its own yes.`]),
    ...(call.request.undo?.beyond ?? []),
  ];
  return ['A preview; nothing was sent.', decisionText(plan, verdict, call), ...notes].join(' ');
}

/** The decision a preview reports: a plan with nothing left is denied, and a secret to type needs an approver. */
export function previewedDecision(plan: Plan, { decision }: Verdict): Verdict['decision'] {
  if (plan.leaves.length === 0) return 'deny';
  return decision !== 'deny' && plan.leaves.some((leaf) => leaf.asked) ? 'approve' : decision;
}

function decisionText(plan: Plan, verdict: Verdict, { canAsk }: Call): string {
  switch (previewedDecision(plan, verdict)) {
    case 'allow': {
      if (plan.contested.length === 0) return 'Policy allows it without a question.';
      const isAsked = canAsk || plan.changes.length === plan.contested.length;
      return isAsked ? 'A person would be asked first.' : 'Policy allows what has not changed since.';
    }
    case 'confirm':
      return 'A person would be asked first.';
    case 'approve':
      return 'It would need approval out of band.';
    case 'deny':
      return 'Policy forbids it.';
  }
}

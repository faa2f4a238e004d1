import type { Journey } from './journey.ts';
import type { Words } from './outcome.ts';
import type { Plan, Verdict } from './types.ts';

/** Why a change is not settled where it was asked for, in the middle of a sentence, and what else would settle it. */
export interface Detour {
  why: string;
  /** Besides registering an approver; each is something a reader can do, and would help in this very case. */
  steps: readonly string[];
}

/** An approver has to decide, wherever the change was asked for. */
export function approvalDetour(plan: Plan): Detour {
  const typed = plan.changes.filter((change) => change.asked).map(({ field }) => field);
  if (typed.length > 0) return { why: `has a secret (${typed.join(', ')}) typed in by an approver`, steps: [] };
  return {
    why: 'needs approval by a person outside this client',
    steps: ['have the operator change the policy rule that wants approval for it'],
  };
}

/** A yes would do, and nobody can be asked for it here. */
export function questionDetour({ call, ports }: Journey, verdict: Verdict): Detour {
  // Policy allows the rest of such a plan already, and no rule speaks for overwriting.
  const allowed = verdict.decision === 'allow';
  const needs = allowed ? 'overwrites what somebody changed since, which needs a person’s yes' : 'needs a person’s yes';
  const rule = allowed ? [] : ['have the operator add a policy rule for this field'];
  const detour = (why: string, step: string) => ({ why: `${needs}, and ${why}`, steps: [step, ...rule] });
  if (call.unanswered) return detour('the question was not answered in time', 'call again when somebody can answer');
  if (ports.confirmation.channel === 'page') {
    return detour(
      'the operator has every question put to an approver (confirmation.channel)',
      'have the operator set confirmation.channel to auto',
    );
  }
  return call.place === 'terminal'
    ? detour('this command has no terminal to put the question at', 'run it at a terminal')
    : detour('this client cannot put a question to one', 'use a client that shows elicitation forms');
}

/** The detour leads nowhere: nobody could approve, or fewer than have to agree. */
export function unavailable(detour: Detour, needed: number): Words {
  const problem = needed > 1 ? `fewer than ${needed} approvers are registered` : 'no approver is registered';
  const whom = needed > 1 ? `${needed} approvers` : 'an approver';
  return deadEnd(detour, problem, `have the operator register ${whom} (update-user-mcp approver add NAME)`);
}

/** The detour may not be taken: the operator keeps questions in the client. */
export function keptInClient(detour: Detour): Words {
  const open = 'have the operator open the way to approvers (confirmation.channel is client)';
  return deadEnd(detour, 'the operator has questions put in the client only', open);
}

function deadEnd({ why, steps }: Detour, problem: string, last: string): Words {
  const next = [...steps, last].join('; or ');
  return {
    outcome: 'failed',
    code: 'confirmation_unavailable',
    message: `This change ${why}; ${problem}. Nothing was changed.`,
    next: `${next.charAt(0).toUpperCase()}${next.slice(1)}.`,
  };
}

import { bounds } from '../../bounds.ts';
import type { UpdateContext } from '../context.ts';
import { leafName } from '../plan/leaf-changes.ts';
import type { Words } from '../results/result.ts';
import type { Plan, Question, Verdict } from '../types.ts';

/** Why a change is not settled where it was asked for, in the middle of a sentence, and what else would settle it. */
export interface Detour {
  why: string;
  /** Besides registering an approver; each is something a reader can do, and would help in this very case. */
  steps: readonly string[];
}

/** An approver has to decide, wherever the change was asked for. */
export function approvalDetour(plan: Plan): Detour {
  const typed = plan.leaves.filter((leaf) => leaf.asked).map(leafName);
  if (typed.length > 0) return { why: `has a secret (${typed.join(', ')}) typed in by an approver`, steps: [] };
  return {
    why: 'needs approval by a person outside this client',
    steps: ['have the operator change the policy rule that wants approval for it'],
  };
}

/** A yes would do, and there is nobody to ask here. */
export function questionDetour({ call, ports }: UpdateContext, verdict: Verdict): Detour {
  const detour = (why: string, step: string) => needsYes(verdict, why, step);
  if (call.unanswered) return detour('the question was not answered in time', 'call again when a person can answer');
  if (ports.confirmation.channel === 'page') {
    return detour(
      'the operator has every question put to an approver (confirmation.channel)',
      'have the operator set confirmation.channel to auto',
    );
  }
  return call.place === 'terminal'
    ? detour('this command has no terminal to ask at', 'run it at a terminal')
    : detour('this client cannot ask one', 'use a client that shows elicitation forms');
}

/** The client answered without a person, as far as can be told. */
export function answeredByClientDetour(verdict: Verdict, how: string): Detour {
  return needsYes(verdict, how, 'use a client that shows elicitation forms to a person');
}

/** Part of a long question would not be seen in a client's form. */
export function tooLongDetour(verdict: Verdict, { message }: Question): Detour {
  const lines = message.split('\n').length;
  const why = `the question has ${lines} lines, more than the ${bounds.questionLines} short ones that a client’s form shows`;
  return needsYes(verdict, why, 'split the change: name fewer fields, entries or keys in each call');
}

function needsYes({ decision }: Verdict, why: string, step: string): Detour {
  // Policy allows the rest of such a plan already, and no rule speaks for overwriting.
  const isAllowed = decision === 'allow';
  const needs = isAllowed
    ? 'overwrites what someone changed since, which needs a person’s yes'
    : 'needs a person’s yes';
  const rule = isAllowed ? [] : ['have the operator add a policy rule for this field'];
  return { why: `${needs}, and ${why}`, steps: [step, ...rule] };
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

import type { Json } from '../../../src/lib/json/json-value.ts';
import type { LeafChange } from '../../../src/update/plan/types.ts';
import { decide } from '../../../src/update/policy/policy.ts';
import type { Decision, Rule } from '../../../src/update/policy/rules.ts';
import type { Verdict } from '../../../src/update/types.ts';
import { leafOf, leavesOf, providerOf } from './requests.ts';

/** Rules and leaf changes for tests of policy. */

export type Leaves = readonly LeafChange[];

/** The user record `3f2c` of a connection `main`, changed by the caller `nightly-sync`. */
export function subjectAt(provider: string) {
  return {
    connection: { name: 'main', provider: providerOf(provider), settings: {} },
    caller: { principal: 'nightly-sync', client: 'cursor 1.0' },
    userId: '3f2c',
    emails: ['jane.doe@acme.com', 'jane@home.example'],
    people: () => 1,
  };
}

export function change(
  field: string,
  before: Json | undefined,
  after: Json | undefined,
  provider = 'atlassian',
): Leaves {
  return leavesOf(provider, field, before, after);
}

export const title = change('title', 'Engineer', 'Staff Engineer');
export const nick = change('nickName', 'JD', 'Janie');
export const password = [leafOf('mediasilo', 'password', undefined, 'hunter2')];

/** The verdict on a plan at Atlassian. */
export function verdictOn(rules: readonly Rule[], ...changes: Leaves[]): Verdict {
  return decide(rules, subjectAt('atlassian'), { leaves: changes.flat(), sideEffects: [] }).verdict;
}

/** The decision of one rule with these conditions, or of the built-in rules where it does not match. */
export function decisionOn(
  rule: Omit<Rule, 'decision'>,
  on: Leaves,
  decision: Decision = 'deny',
  provider = 'atlassian',
): Verdict['decision'] {
  return decide([{ ...rule, decision }], subjectAt(provider), { leaves: on, sideEffects: [] }).verdict.decision;
}

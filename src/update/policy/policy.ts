import { leafName } from '../plan/leaf-changes.ts';
import type { Plan } from '../plan/types.ts';
import type { Verdict } from '../types.ts';
import { isStripped, type Judgement, judge, namedRule, rulesUnder } from './judge.ts';
import { textsOf } from './leaf-texts.ts';
import type { Subject } from './matchers.ts';
import type { Rule } from './rules.ts';

/** A plan of which everything is known. */
type KnownPlan = Pick<Plan, 'leaves' | 'sideEffects'>;

export interface Decided {
  verdict: Verdict;
  /** The rules with `people` under which the user record counts when the change is written. */
  under: readonly Rule[];
}

/** The verdict on a plan, and the leaves that a rule strips. */
export function decide(rules: readonly Rule[], subject: Subject, plan: KnownPlan): Decided {
  const judgement = judgePlan(rules, subject, plan);
  const { leaves, verdicts } = judgement;
  const [verdict] = verdicts;
  const decision = verdict?.decision ?? 'allow';
  const stripped = leaves.filter((ruled) => ruled.rulings.some((ruling) => isStripped(ruled, ruling)));
  return {
    verdict: {
      decision: decision === 'strip' ? 'deny' : decision,
      ...(verdict ? namedRule(rules, verdict.rule) : { rule: 'nothing to decide' }),
      stripped: [...new Set(stripped.map(({ leaf }) => leafName(leaf)))],
    },
    under: [...rulesUnder(judgement).keys()],
  };
}

/** Judges the leaves of a plan. Side effects of the vendor are judged like them. */
export function judgePlan(rules: readonly Rule[], subject: Subject, { leaves, sideEffects }: KnownPlan): Judgement {
  return judge(
    rules,
    subject,
    [...leaves, ...sideEffects].map((leaf) => ({ leaf, texts: () => textsOf(leaf) })),
  );
}

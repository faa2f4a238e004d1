import { leafName } from '../plan/leaf-changes.ts';
import type { Plan } from '../plan/types.ts';
import type { Verdict } from '../types.ts';
import { isStripped, type Judgement, judge, namedRule } from './judge.ts';
import { textsOf } from './leaf-texts.ts';
import type { Subject } from './matchers.ts';
import type { Rule } from './rules.ts';

/** A plan of which everything is known. */
type KnownPlan = Pick<Plan, 'leaves' | 'sideEffects'>;

/** The verdict on a plan, and the leaves that a rule strips. */
export function decide(rules: readonly Rule[], subject: Subject, plan: KnownPlan): Verdict {
  const { leaves, verdicts } = judgePlan(rules, subject, plan);
  const [verdict] = verdicts;
  const decision = verdict?.decision ?? 'allow';
  const stripped = leaves.filter((ruled) => ruled.rulings.some((ruling) => isStripped(ruled, ruling)));
  return {
    decision: decision === 'strip' ? 'deny' : decision,
    ...(verdict ? namedRule(rules, verdict.rule) : { rule: 'nothing to decide' }),
    stripped: [...new Set(stripped.map(({ leaf }) => leafName(leaf)))],
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

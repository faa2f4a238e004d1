import { approverOf } from '../../approvals/identity.ts';
import { leafName } from '../plan/leaf-changes.ts';
import type { LeafChange, Plan } from '../plan/types.ts';
import type { Verdict } from '../types.ts';
import { type Texts, textsOf } from './leaf-texts.ts';
import { matchRule, type Subject } from './matchers.ts';
import { DECISIONS, type Decision, type Rule } from './rules.ts';

/**
 * The verdict on a plan: each leaf gets the decision of the first rule that matches it, and the strictest one counts.
 * Without a matching rule a secret needs an approval and everything else a confirmation; nothing is ever allowed by
 * default. Side effects of the vendor are judged like the leaves. What an approver asks for needs the approval of another
 * one, whatever the rules say, unless they forbid it.
 */
export function decide(
  rules: readonly Rule[],
  subject: Subject,
  { leaves, sideEffects }: Pick<Plan, 'leaves' | 'sideEffects'>,
): Verdict {
  let verdict: Ruling | undefined;
  const stripped = new Set<string>();
  for (const leaf of [...leaves, ...sideEffects]) {
    const ruling = rulingOn(rules, subject, leaf);
    // A side effect is not sent, so it cannot be left out of the call.
    if (ruling.decision === 'strip' && !leaf.possible) stripped.add(leafName(leaf));
    else verdict = verdict ? stricterOf(verdict, ruling) : ruling;
  }
  if (verdict && approverOf(subject.caller.principal) !== undefined) verdict = stricterOf(verdict, BY_APPROVER);
  const { decision, rule } = verdict ?? { decision: 'allow', rule: undefined };
  const named = rule && { rule: ruleName(rules, rule), ...(rule.note !== undefined && { note: rule.note }) };
  return {
    decision: decision === 'strip' ? 'deny' : decision,
    ...(named ?? { rule: verdict ? 'built-in' : 'nothing to decide' }),
    stripped: [...stripped],
  };
}

/** `rule` is undefined for the built-in one. */
interface Ruling {
  decision: Decision;
  rule: Rule | undefined;
}

const BY_APPROVER: Ruling = { decision: 'approve', rule: undefined };

function ruleName(rules: readonly Rule[], rule: Rule): string {
  return rule.name ?? `rules[${rules.indexOf(rule)}]`;
}

/** Each added or removed entry of a list is judged by itself. */
function rulingOn(rules: readonly Rule[], subject: Subject, leaf: LeafChange): Ruling {
  return textsOf(leaf)
    .map((texts) => rulingOnTexts(rules, subject, leaf, texts))
    .reduce(stricterOf);
}

/** The first rule that matches decides, unless a stricter one before it may match. */
function rulingOnTexts(rules: readonly Rule[], subject: Subject, leaf: LeafChange, texts: Texts): Ruling {
  const input = { subject, leaf, texts };
  const uncertain: Ruling[] = [];
  for (const rule of rules) {
    const match = matchRule(rule, input);
    if (match === 'no') continue;
    const ruling = { decision: rule.decision, rule };
    if (match === 'yes') return uncertain.reduce(stricterOf, ruling);
    uncertain.push(ruling);
  }
  const builtIn: Ruling = { decision: leaf.effect === 'secret' ? 'approve' : 'confirm', rule: undefined };
  return uncertain.reduce(stricterOf, builtIn);
}

function stricterOf(one: Ruling, other: Ruling): Ruling {
  return DECISIONS.indexOf(other.decision) > DECISIONS.indexOf(one.decision) ? other : one;
}

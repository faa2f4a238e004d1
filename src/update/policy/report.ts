import { leafName } from '../plan/leaf-changes.ts';
import type { Verdict } from '../types.ts';
import { type Judgement, type LeafRulings, namedRule, type Ruling } from './judge.ts';
import type { Decision, Rule } from './rules.ts';

/** A decision and the rule behind it, as people see them. */
export interface PolicyFinding<D extends Decision = Verdict['decision']> {
  decision: D;
  rule: string;
  note?: string;
}

/** What policy says of one leaf; without any value. */
export interface LeafFinding {
  field: string;
  effect: string;
  /** The vendor may change it as well. */
  sideEffect: boolean;
  /** One, unless it cannot be told. */
  possible: readonly PolicyFinding<Decision>[];
}

/** The possible verdicts. If nothing is left of a change, the call ends denied. */
export function findingsOf(rules: readonly Rule[], { verdicts, leaves }: Judgement): PolicyFinding[] {
  const stripping = leaves.flatMap(({ rulings }) => rulings).find(({ decision }) => decision === 'strip');
  return verdicts.map((verdict) => {
    const { decision, rule } = verdict ?? { decision: 'deny', rule: stripping?.rule };
    return { decision: decision === 'strip' ? 'deny' : decision, ...namedRule(rules, rule) };
  });
}

export function leafFindings(rules: readonly Rule[], { leaves }: Judgement): LeafFinding[] {
  return leaves.map(({ leaf, rulings }) => ({
    field: leafName(leaf),
    effect: leaf.effect,
    sideEffect: leaf.possible ?? false,
    possible: rulings.map((ruling) => toFinding(rules, leaf, ruling)),
  }));
}

/** A side effect is not sent, so it cannot be left out. */
function toFinding(
  rules: readonly Rule[],
  leaf: LeafRulings['leaf'],
  { decision, rule }: Ruling,
): PolicyFinding<Decision> {
  return { decision: decision === 'strip' && leaf.possible ? 'deny' : decision, ...namedRule(rules, rule) };
}

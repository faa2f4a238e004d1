import { approverOf } from '../../approvals/identity.ts';
import type { Fit } from './hidden-text.ts';
import type { Texts } from './leaf-texts.ts';
import { type Condition, type LeafFacts, matchRule, type RuleInput, type Subject } from './matchers.ts';
import { DECISIONS, type Decision, type Rule } from './rules.ts';

/** What one rule says of a leaf. `rule` is undefined for the built-in one. */
export interface Ruling {
  decision: Decision;
  rule: Rule | undefined;
}

/** A leaf to be judged, as far as it is known. */
export interface JudgedLeaf {
  leaf: LeafFacts;
  texts(): readonly Texts[];
  /** It may be that the plan does not have it. */
  optional?: true;
}

/** The rulings that are possible on a leaf: one, unless that depends on something that is not known. */
export interface LeafRulings {
  leaf: LeafFacts;
  optional: boolean;
  rulings: readonly Ruling[];
  /** The conditions that ask for what is not known. */
  unknown: readonly Condition[];
  /** The rules with `people` that the leaf reaches and matches but for that key; `unknown` if it only may. */
  under: ReadonlyMap<Rule, Fit>;
}

export interface Judgement {
  leaves: readonly LeafRulings[];
  /** The possible verdicts: one if everything that counts is known. Undefined: nothing is left to decide. */
  verdicts: readonly (Ruling | undefined)[];
}

/**
 * Judges leaves by rules: each leaf gets the decision of the first rule that matches it, and the strictest one counts.
 * Without a matching rule a secret needs an approval and everything else a confirmation; nothing is ever allowed by
 * default. What an approver asks for needs the approval of another one, whatever the rules say, unless they forbid it.
 * Of leaves that are not fully known, every ruling that is possible.
 */
export function judge(rules: readonly Rule[], subject: Subject, judged: readonly JudgedLeaf[]): Judgement {
  let verdicts: readonly (Ruling | undefined)[] = [undefined];
  const leaves: LeafRulings[] = [];
  for (const one of judged) {
    const ruled = rulingsOn(rules, subject, one);
    leaves.push(ruled);
    const next = verdicts.flatMap((verdict) =>
      ruled.rulings.map((ruling) => {
        if (isStripped(ruled, ruling)) return verdict;
        return verdict ? stricterOf(verdict, ruling) : ruling;
      }),
    );
    verdicts = distinct(ruled.optional ? [...verdicts, ...next] : next);
  }
  if (approverOf(subject.caller.principal) === undefined) return { leaves, verdicts };
  return { leaves, verdicts: distinct(verdicts.map((verdict) => verdict && stricterOf(verdict, BY_APPROVER))) };
}

const BY_APPROVER: Ruling = { decision: 'approve', rule: undefined };

/** A side effect is not sent, so it cannot be left out of the call. */
export function isStripped({ leaf }: Pick<LeafRulings, 'leaf'>, { decision }: Ruling): boolean {
  return decision === 'strip' && !leaf.possible;
}

/** The rules with `people` under which the user record counts, if the leaves that are not stripped are written. */
export function rulesUnder({ leaves }: Pick<Judgement, 'leaves'>): ReadonlyMap<Rule, Fit> {
  const under = new Map<Rule, Fit>();
  for (const ruled of leaves) {
    const isLeft = ruled.rulings.filter((ruling) => !isStripped(ruled, ruling)).length;
    if (isLeft === 0) continue;
    const isCertain = !ruled.optional && isLeft === ruled.rulings.length;
    for (const [rule, fit] of ruled.under) putUnder(under, rule, isCertain ? fit : 'unknown');
  }
  return under;
}

function putUnder(under: Map<Rule, Fit>, rule: Rule, fit: Fit): void {
  if (fit !== 'no' && under.get(rule) !== 'yes') under.set(rule, fit);
}

/** What people see of a rule. */
export function namedRule(rules: readonly Rule[], rule: Rule | undefined): { rule: string; note?: string } {
  if (!rule) return { rule: 'built-in' };
  const name = rule.name ?? `rules[${rules.indexOf(rule)}]`;
  return { rule: name, ...(rule.note !== undefined && { note: rule.note }) };
}

/** Each added or removed entry of a list is judged by itself. */
function rulingsOn(rules: readonly Rule[], subject: Subject, { leaf, texts, optional }: JudgedLeaf): LeafRulings {
  const unknown = new Set<Condition>();
  const under = new Map<Rule, Fit>();
  let possible: readonly (Ruling | undefined)[] = [undefined];
  for (const one of texts()) {
    const rulings = rulingsOnTexts(rules, { subject, leaf, texts: one }, { unknown, under, optional: one.optional });
    const next = possible.flatMap((before) => rulings.map((ruling) => (before ? stricterOf(before, ruling) : ruling)));
    possible = distinct(one.optional ? [...possible, ...next] : next);
  }
  const rulings = possible.filter((ruling) => ruling !== undefined);
  return { leaf, optional: optional ?? false, rulings, unknown: [...unknown], under };
}

/** What is found on the way, of all texts of a leaf. */
interface TextsFindings {
  unknown: Set<Condition>;
  under: Map<Rule, Fit>;
  optional: true | undefined;
}

/**
 * The first rule that matches decides, unless a stricter one before it may match. Where it is not known whether a rule
 * matches, both ways are followed; a way is the strictest of the rules that may match so far.
 */
function rulingsOnTexts(
  rules: readonly Rule[],
  input: RuleInput,
  { unknown, under, optional }: TextsFindings,
): readonly Ruling[] {
  const decided: Ruling[] = [];
  let ways: readonly (Ruling | undefined)[] = [undefined];
  for (const rule of rules) {
    const match = matchRule(rule, input);
    const ruling = { decision: rule.decision, rule };
    for (const condition of match.unknown) unknown.add(condition);
    const isReached = decided.length === 0 && !optional;
    if (match.counts !== 'no') putUnder(under, rule, isReached ? match.counts : 'unknown');
    if (match.possible.includes('yes')) {
      for (const way of ways) decided.push(way ? stricterOf(ruling, way) : ruling);
      if (match.possible.length === 1) return distinct(decided);
    }
    if (!match.possible.includes('maybe')) continue;
    const more = ways.map((way) => (way ? stricterOf(way, ruling) : ruling));
    ways = distinct(match.possible.includes('no') ? [...ways, ...more] : more);
  }
  const builtIn: Ruling = { decision: input.leaf.effect === 'secret' ? 'approve' : 'confirm', rule: undefined };
  return distinct([...decided, ...ways.map((way) => (way ? stricterOf(builtIn, way) : builtIn))]);
}

function stricterOf(one: Ruling, other: Ruling): Ruling {
  return DECISIONS.indexOf(other.decision) > DECISIONS.indexOf(one.decision) ? other : one;
}

/** A rule always decides the same, so that there are no more alternatives than rules. */
function distinct<T extends Ruling | undefined>(rulings: readonly T[]): readonly T[] {
  if (rulings.length < 2) return rulings;
  return [...new Map(rulings.map((ruling) => [ruling?.rule ?? ruling?.decision, ruling])).values()];
}

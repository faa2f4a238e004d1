import type { LeafChange } from '../plan/types.ts';
import type { Caller, Connection } from '../types.ts';
import { type FieldPattern, matchPath, parseFieldPattern } from './field-pattern.ts';
import type { Texts } from './leaf-texts.ts';
import type { Pattern, Rule, RuleConditions } from './rules.ts';
import { isLike, matchWildcard } from './text-pattern.ts';

/** Whose user record a plan changes, and who asks for it. */
export interface Subject {
  connection: Connection;
  caller: Caller;
  userId: string;
  emails: readonly string[];
}

/** What a rule is matched against: a leaf change, or one entry of its list. */
export interface RuleInput {
  subject: Subject;
  leaf: LeafChange;
  texts: Texts;
}

/** `maybe`: a match would reveal a secret, so the rule counts only if it is stricter. */
export type RuleMatch = 'yes' | 'no' | 'maybe';

type Condition = keyof RuleConditions;

type Matcher<Key extends Condition> = (pattern: NonNullable<Rule[Key]>, input: RuleInput, rule: Rule) => RuleMatch;

/** One matcher for each condition of a rule, the cheap ones first. */
const MATCHERS: { readonly [Key in Condition]-?: Matcher<Key> } = {
  provider: (pattern, { subject }) => toMatch(isLike(pattern, subject.connection.provider.id)),
  connection: (pattern, { subject }) => toMatch(isLike(pattern, subject.connection.name)),
  effect: (pattern, { leaf }) => toMatch(isLike(pattern, leaf.effect)),
  // Compared exactly: an issuer may have a subject `alice` and another `ALICE`.
  caller: (pattern, { subject }) =>
    toMatch([pattern].flat().some((one) => matchWildcard(one, subject.caller.principal))),
  user: (pattern, { subject: { userId, emails } }) =>
    toMatch([userId, ...emails].some((text) => isLike(pattern, text))),
  field: matchField,
  oldValue: (pattern, { leaf, texts }, rule) => {
    return matchValue(rule, pattern, { side: 'before', leaf, texts: texts.before });
  },
  newValue: (pattern, { leaf, texts }, rule) => {
    return matchValue(rule, pattern, { side: 'after', leaf, texts: texts.after });
  },
};

const CONDITIONS = Object.keys(MATCHERS) as Condition[]; // the keys are exactly those of the type

/** Whether all conditions of a rule match. */
export function matchRule(rule: Rule, input: RuleInput): RuleMatch {
  let match: RuleMatch = 'yes';
  for (const key of CONDITIONS) {
    const one = matchCondition(key, rule, input);
    if (one === 'no') return 'no';
    if (one === 'maybe') match = 'maybe';
  }
  return match;
}

function matchCondition<Key extends Condition>(key: Key, rule: Rule, input: RuleInput): RuleMatch {
  const pattern = rule[key];
  return pattern === undefined ? 'yes' : MATCHERS[key](pattern, input, rule);
}

function toMatch(matches: boolean): RuleMatch {
  return matches ? 'yes' : 'no';
}

/**
 * A pattern covers the path it matches and everything below. A pattern that leads into an entry of a list matches if
 * the entry contains that path; it never allows the rest of the entry.
 */
function matchField(field: Pattern, input: RuleInput, { decision }: Rule): RuleMatch {
  const { subject, leaf, texts } = input;
  const path = [subject.connection.provider.id, ...leaf.path];
  const matches = fieldPatternsOf(field).some((pattern) => {
    if (matchPath(pattern, path)) return true;
    return decision !== 'allow' && texts.inside().some((keys) => matchPath(pattern, [...path, ...keys]));
  });
  return toMatch(matches);
}

const parsed = new WeakMap<readonly string[], readonly FieldPattern[]>();

function fieldPatternsOf(field: Pattern): readonly FieldPattern[] {
  if (typeof field === 'string') return [parseFieldPattern(field)];
  const known = parsed.get(field) ?? field.map(parseFieldPattern);
  parsed.set(field, known);
  return known;
}

/** One side of a leaf change, and the texts that a pattern is compared with. */
interface ValueSide {
  side: 'before' | 'after';
  leaf: LeafChange;
  texts: readonly string[];
}

/**
 * Of several texts, `allow` needs all to match; anything stricter needs one. `""` matches only the empty value; for
 * `allow`, a list with entries is not empty, whatever is added or removed.
 */
function matchValue(rule: Rule, pattern: Pattern, { side, leaf, texts }: ValueSide): RuleMatch {
  const patterns = [pattern].flat();
  if (leaf.sensitivity === 'secret') return matchSecret(patterns, side, leaf);
  const whole = leaf[side];
  const isAllow = rule.decision === 'allow';
  const holdsEntries = isAllow && Array.isArray(whole) && whole.length > 0;
  const isEmpty = !holdsEntries && texts.every((text) => text === '');
  const applicable = patterns.filter((one) => one !== '' || isEmpty);
  const matches = (text: string) => isLike(applicable, text);
  return memoized(texts, rule, () => toMatch(isAllow ? texts.every(matches) : texts.some(matches)));
}

const matchesByTexts = new WeakMap<readonly string[], Map<Rule, RuleMatch>>();

/** The entries of a list share the texts of the other side: a rule is matched with them once, however many entries. */
function memoized(texts: readonly string[], rule: Rule, match: () => RuleMatch): RuleMatch {
  const known = matchesByTexts.get(texts) ?? new Map<Rule, RuleMatch>();
  matchesByTexts.set(texts, known);
  const matched = known.get(rule) ?? match();
  known.set(rule, matched);
  return matched;
}

/**
 * A secret is compared only with the pattern that matches everything, since any other rule could be used to guess it.
 * Whether it is cleared is not a secret.
 */
function matchSecret(patterns: readonly string[], side: ValueSide['side'], { after, asked }: LeafChange): RuleMatch {
  if (patterns.includes('*')) return 'yes';
  const isCleared = after === undefined && !asked;
  if (side === 'after' && isCleared && patterns.includes('')) return 'yes';
  return side === 'after' && patterns.every((pattern) => pattern === '') ? 'no' : 'maybe';
}

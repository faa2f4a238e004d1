import { perObject } from '../../lib/per-object.ts';
import type { LeafChange } from '../plan/types.ts';
import type { Caller, Connection } from '../types.ts';
import { type FieldPattern, matchPath, parseFieldPattern } from './field-pattern.ts';
import { areEmpty, everyOf, type Fit, isLikeText, someOf, type Text, toFit } from './hidden-text.ts';
import type { Texts } from './leaf-texts.ts';
import { matchesPeople } from './people/comparison.ts';
import type { Pattern, Rule, RuleConditions } from './rules.ts';
import { isLike, matchWildcard } from './text-pattern.ts';

/** Whose user record a plan changes, and who asks for it. */
export interface Subject {
  connection: Connection;
  caller: Pick<Caller, 'principal'>;
  /** Undefined if it is not known. */
  userId: string | undefined;
  emails: readonly string[] | undefined;
  /** How many user records count for `people` in a rule; undefined if it is not known. */
  people(rule: Rule): number | undefined;
  /** Without `emails`: whether an address is one of them, as far as that can be told. */
  hasEmail?(address: string): Fit;
}

/** What rules look at in a leaf change besides its texts. */
export type LeafFacts = Pick<
  LeafChange,
  'path' | 'effect' | 'sensitivity' | 'before' | 'after' | 'asked' | 'possible'
> & {
  /** Nothing is known of the values. */
  hidden?: true;
};

/** What a rule is matched against: a leaf change, or one entry of its list. */
export interface RuleInput {
  subject: Subject;
  leaf: LeafFacts;
  texts: Texts;
}

/** `maybe`: a match would reveal a secret, so the rule counts only if it is stricter. */
type ConditionMatch = Fit | 'maybe';
type Match = Exclude<ConditionMatch, 'unknown'>;

export type Condition = keyof RuleConditions;

/** How a rule matches; several ways if that depends on something that is not known. */
export interface RuleMatch {
  possible: readonly Match[];
  /** The conditions that ask for it. */
  unknown: readonly Condition[];
  /** Of a rule with `people`: whether all other conditions match, so that the user record counts. */
  counts: Fit;
}

type Matcher<Key extends Condition> = (pattern: NonNullable<Rule[Key]>, input: RuleInput, rule: Rule) => ConditionMatch;

/** One matcher for each condition of a rule, the cheap ones first. `people` is last: it counts what the others match. */
const MATCHERS: { readonly [Key in Condition]-?: Matcher<Key> } = {
  provider: (pattern, { subject }) => toFit(isLike(pattern, subject.connection.provider.id)),
  connection: (pattern, { subject }) => toFit(isLike(pattern, subject.connection.name)),
  effect: (pattern, { leaf }) => toFit(isLike(pattern, leaf.effect)),
  // Compared exactly: an issuer may have a subject `alice` and another `ALICE`.
  caller: (pattern, { subject }) => toFit([pattern].flat().some((one) => matchWildcard(one, subject.caller.principal))),
  user: (pattern, { subject }) => someOf([pattern].flat(), (one) => matchUser(one, subject)),
  field: matchField,
  oldValue: (pattern, { leaf, texts }, rule) => {
    return matchValue(rule, pattern, { side: 'before', leaf, texts: texts.before });
  },
  newValue: (pattern, { leaf, texts }, rule) => {
    return matchValue(rule, pattern, { side: 'after', leaf, texts: texts.after });
  },
  people: (comparisons, { subject }, rule) => {
    const count = subject.people(rule);
    return count === undefined ? 'unknown' : toFit(matchesPeople(comparisons, count));
  },
};

const CONDITIONS = Object.keys(MATCHERS) as Condition[]; // the keys are exactly those of the type

/** Whether all conditions of a rule match. */
export function matchRule(rule: Rule, input: RuleInput): RuleMatch {
  let match: Match = 'yes';
  let unknown: Condition[] | undefined;
  for (const key of CONDITIONS) {
    const one = matchCondition(key, rule, input);
    if (one === 'no') return { possible: ['no'], unknown: [], counts: key === 'people' ? countsUnder(unknown) : 'no' };
    if (one === 'maybe') match = 'maybe';
    if (one === 'unknown') (unknown ??= []).push(key);
  }
  const counts = rule.people === undefined ? 'no' : countsUnder(unknown);
  if (!unknown) return { possible: [match], unknown: [], counts };
  // Whether a secret is cleared decides between a match and a possible one.
  const possible: Match[] = input.leaf.sensitivity === 'secret' ? ['yes', 'maybe', 'no'] : [match, 'no'];
  return { possible, unknown, counts };
}

function countsUnder(unknown: readonly Condition[] = []): Fit {
  return unknown.every((key) => key === 'people') ? 'yes' : 'unknown';
}

function matchCondition<Key extends Condition>(key: Key, rule: Rule, input: RuleInput): ConditionMatch {
  const pattern = rule[key];
  return pattern === undefined ? 'yes' : MATCHERS[key](pattern, input, rule);
}

/** Without a wildcard, only a pattern with an `@` can be that of an e-mail address. */
function matchUser(pattern: string, subject: Subject): Fit {
  const { userId, emails } = subject;
  if ([userId, ...(emails ?? [])].some((text) => text !== undefined && isLike(pattern, text))) return 'yes';
  if (userId !== undefined && emails) return 'no';
  if (/^\*+$/.test(pattern)) return 'yes';
  if (userId === undefined || pattern.includes('*')) return 'unknown';
  return pattern.includes('@') ? (subject.hasEmail?.(pattern) ?? 'unknown') : 'no';
}

/**
 * A pattern covers the path it matches and everything below. A pattern that leads into an entry of a list matches if
 * the entry contains that path; it never allows the rest of the entry.
 */
function matchField(_: Pattern, input: RuleInput, rule: Rule): Fit {
  const { subject, leaf, texts } = input;
  const path = [subject.connection.provider.id, ...leaf.path];
  return someOf(fieldPatternsOf(rule), (pattern) => {
    if (matchPath(pattern, path)) return 'yes';
    if (rule.decision === 'allow') return 'no';
    if (texts.inside().some((keys) => matchPath(pattern, [...path, ...keys]))) return 'yes';
    return texts.hidesPaths && matchPath(pattern.slice(0, path.length), path) ? 'unknown' : 'no';
  });
}

const fieldPatternsOf = perObject(({ field = [] }: Rule): readonly FieldPattern[] =>
  [field].flat().map(parseFieldPattern),
);

/** One side of a leaf change, and the texts that a pattern is compared with. */
interface ValueSide {
  side: 'before' | 'after';
  leaf: LeafFacts;
  texts: readonly Text[];
}

/**
 * Of several texts, `allow` needs all to match; anything stricter needs one. `""` matches only the empty value; for
 * `allow`, a list with entries is not empty, whatever is added or removed.
 */
function matchValue(rule: Rule, pattern: Pattern, { side, leaf, texts }: ValueSide): ConditionMatch {
  const patterns = [pattern].flat();
  if (leaf.sensitivity === 'secret') return matchSecret(patterns, side, leaf);
  const whole = leaf[side];
  const isAllow = rule.decision === 'allow';
  const holdsEntries = isAllow && Array.isArray(whole) && whole.length > 0;
  const isEmpty = holdsEntries ? 'no' : areEmpty(texts);
  const others = patterns.filter((one) => one !== '');
  const matches = (text: Text): Fit => {
    if (patterns.length === others.length) return isLikeText(others, text);
    return someOf([isEmpty, isLikeText(others, text)], (fit) => fit);
  };
  return memoized(texts, rule, () => (isAllow ? everyOf(texts, matches) : someOf(texts, matches)));
}

const matchesByTexts = new WeakMap<readonly Text[], Map<Rule, Fit>>();

/** The entries of a list share the texts of the other side: a rule is matched with them once, however many entries. */
function memoized(texts: readonly Text[], rule: Rule, match: () => Fit): Fit {
  const known = matchesByTexts.get(texts) ?? new Map<Rule, Fit>();
  matchesByTexts.set(texts, known);
  const matched = known.get(rule) ?? match();
  known.set(rule, matched);
  return matched;
}

/**
 * A secret is compared only with the pattern that matches everything, since any other rule could be used to guess it.
 * Whether it is cleared is not a secret.
 */
function matchSecret(
  patterns: readonly string[],
  side: ValueSide['side'],
  { after, asked, hidden }: LeafFacts,
): ConditionMatch {
  if (patterns.includes('*')) return 'yes';
  const isCleared = after === undefined && !asked;
  if (side === 'after' && isCleared && patterns.includes('')) return hidden ? 'unknown' : 'yes';
  return side === 'after' && patterns.every((pattern) => pattern === '') ? 'no' : 'maybe';
}

import { leafName } from '../plan/leaf-changes.ts';
import type { LeafChange, Plan } from '../plan/types.ts';
import type { Caller, Connection, Verdict } from '../types.ts';
import { type FieldPattern, matchPath, parseFieldPattern } from './field-pattern.ts';
import { type Texts, textsOf } from './leaf-texts.ts';
import { DECISIONS, type Decision } from './rules.ts';

/** One rule of the operator. Every key that is there must match; a list matches when one of its patterns does. */
export interface Rule {
  /** What people see instead of the rule's number. */
  name?: string;
  note?: string;
  provider?: Pattern;
  connection?: Pattern;
  field?: Pattern;
  effect?: Pattern;
  caller?: Pattern;
  user?: Pattern;
  oldValue?: Pattern;
  newValue?: Pattern;
  decision: Decision;
}

export type Pattern = string | readonly string[];

export interface Subject {
  connection: Connection;
  caller: Caller;
  userId: string;
  emails: readonly string[];
}

/**
 * The verdict on a plan: each leaf gets the decision of the first rule that matches it, and the strictest one counts.
 * Without a matching rule a secret needs approval and everything else a confirmation; nothing is ever allowed by
 * default. What the vendor may do besides is judged like the rest.
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
    // What is not sent cannot be left out of the call.
    if (ruling.decision === 'strip' && !leaf.possible) stripped.add(leafName(leaf));
    else verdict = verdict ? stricterOf(verdict, ruling) : ruling;
  }
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

function ruleName(rules: readonly Rule[], rule: Rule): string {
  return rule.name ?? `rules[${rules.indexOf(rule)}]`;
}

/** Each entry of a list that goes or comes is judged by itself: none vouches for another. */
function rulingOn(rules: readonly Rule[], subject: Subject, leaf: LeafChange): Ruling {
  return textsOf(leaf)
    .map((texts) => rulingOnTexts(rules, subject, leaf, texts))
    .reduce(stricterOf);
}

/** The first rule that fits decides, unless one before it that may fit, for all one can tell, is stricter. */
function rulingOnTexts(rules: readonly Rule[], subject: Subject, leaf: LeafChange, texts: Texts): Ruling {
  const uncertain: Ruling[] = [];
  for (const rule of rules) {
    const fit = fitOf(rule, subject, leaf, texts);
    if (fit === 'no') continue;
    const ruling = { decision: rule.decision, rule };
    if (fit === 'yes') return uncertain.reduce(stricterOf, ruling);
    uncertain.push(ruling);
  }
  const builtIn: Ruling = { decision: leaf.effect === 'secret' ? 'approve' : 'confirm', rule: undefined };
  return uncertain.reduce(stricterOf, builtIn);
}

function stricterOf(one: Ruling, other: Ruling): Ruling {
  return DECISIONS.indexOf(other.decision) > DECISIONS.indexOf(one.decision) ? other : one;
}

type Fit = 'yes' | 'no' | 'maybe';

function fitOf(rule: Rule, subject: Subject, leaf: LeafChange, texts: Texts): Fit {
  const { connection, caller } = subject;
  const fits = (pattern: Pattern | undefined, values: readonly string[]) =>
    pattern === undefined || values.some((value) => isLike(pattern, value));
  const isMeant =
    fits(rule.provider, [connection.provider.id]) &&
    fits(rule.connection, [connection.name]) &&
    fits(rule.effect, [leaf.effect]) &&
    isCaller(rule.caller, caller.principal) &&
    fits(rule.user, [subject.userId, ...subject.emails]) &&
    (rule.field === undefined || fitsField(rule, [connection.provider.id, ...leaf.path], texts));
  if (!isMeant) return 'no';
  const values = [valueFit(rule, 'oldValue', texts, leaf), valueFit(rule, 'newValue', texts, leaf)];
  return values.find((fit) => fit === 'no') ?? values.find((fit) => fit === 'maybe') ?? 'yes';
}

/**
 * A pattern covers the path it matches and everything below. One that leads further than the leaf, into an entry of a
 * list, fits where the entry holds that path; it never allows the rest of the entry.
 */
function fitsField(rule: Rule, path: readonly string[], { inside }: Texts): boolean {
  return patternsOf(rule.field ?? []).some((pattern) => {
    if (matchPath(pattern, path)) return true;
    return rule.decision !== 'allow' && inside().some((keys) => matchPath(pattern, [...path, ...keys]));
  });
}

const parsed = new WeakMap<readonly string[], readonly FieldPattern[]>();

function patternsOf(field: Pattern): readonly FieldPattern[] {
  if (typeof field === 'string') return [parseFieldPattern(field)];
  const known = parsed.get(field) ?? field.map(parseFieldPattern);
  parsed.set(field, known);
  return known;
}

/**
 * Of several texts an `allow` wants all to match, anything stricter wants one. `""` fits nothing but the empty value; to
 * `allow`, a list that holds something is not empty, whatever comes to it or goes.
 */
function valueFit(rule: Rule, key: 'oldValue' | 'newValue', texts: Texts, leaf: LeafChange): Fit {
  if (rule[key] === undefined) return 'yes';
  const patterns = [rule[key]].flat();
  if (leaf.sensitivity === 'secret') return secretFit(patterns, key, leaf);
  const [side, whole] = key === 'oldValue' ? [texts.before, leaf.before] : [texts.after, leaf.after];
  const holds = rule.decision === 'allow' && Array.isArray(whole) && whole.length > 0;
  const isEmpty = !holds && side.every((text) => text === '');
  const able = patterns.filter((pattern) => pattern !== '' || isEmpty);
  const like = (text: string) => isLike(able, text);
  const fits = () => ((rule.decision === 'allow' ? side.every(like) : side.some(like)) ? 'yes' : 'no');
  return remembered(rule, side, fits);
}

const fitsBySide = new WeakMap<readonly string[], Map<Rule, Fit>>();

/** The entries of a list share the texts of the other side: a rule looks at them once, however many entries there are. */
function remembered(rule: Rule, side: readonly string[], fits: () => Fit): Fit {
  const known = fitsBySide.get(side) ?? new Map<Rule, Fit>();
  fitsBySide.set(side, known);
  const fit = known.get(rule) ?? fits();
  known.set(rule, fit);
  return fit;
}

/**
 * Secrets are held against no pattern but the one that fits everything, or a rule could become a way to guess them.
 * Whether one is cleared is seen by everyone.
 */
function secretFit(patterns: readonly string[], key: 'oldValue' | 'newValue', { after, asked }: LeafChange): Fit {
  if (patterns.includes('*')) return 'yes';
  const cleared = after === undefined && !asked;
  if (key === 'newValue' && cleared && patterns.includes('')) return 'yes';
  return key === 'newValue' && patterns.every((pattern) => pattern === '') ? 'no' : 'maybe';
}

/** Without case, in Unicode NFC; `*` stands for any text. */
export function isLike(pattern: Pattern, value: string): boolean {
  const patterns = typeof pattern === 'string' ? [pattern] : pattern;
  const plain = (text: string) => text.normalize('NFC').toLowerCase();
  return patterns.some((one) => wildcard(plain(one), plain(value)));
}

/** Who calls is compared exactly: an issuer may have a subject `alice` and another `ALICE`. */
function isCaller(pattern: Pattern | undefined, principal: string): boolean {
  return pattern === undefined || [pattern].flat().some((one) => wildcard(one, principal));
}

/** `*` stands for any text. Linear in the value: no backtracking beyond the last star. */
export function wildcard(pattern: string, value: string): boolean {
  let [p, v, star, mark] = [0, 0, -1, 0];
  while (v < value.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = v;
    } else if (pattern[p] === value[v]) {
      p++;
      v++;
    } else if (star >= 0) {
      p = star + 1;
      v = ++mark;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

import { type Facet, facetsOf } from './facets.ts';
import type { Caller, Change, Connection, Decision, Verdict } from './types.ts';

/** One rule of the operator. Every key that is there must match; a list matches when one of its patterns does. */
export interface Rule {
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

const STRICTNESS: readonly Decision[] = ['allow', 'confirm', 'approve', 'strip', 'deny'];

export interface Subject {
  connection: Connection;
  caller: Caller;
  userId: string;
  emails: readonly string[];
}

/**
 * The verdict on a plan: each field gets the decision of the first rule that matches it, and the strictest one counts.
 * Where several things move in one field each is judged by itself. Without a matching rule a secret needs approval and
 * everything else a confirmation; nothing is ever allowed by default.
 */
export function decide(rules: readonly Rule[], subject: Subject, changes: readonly Change[]): Verdict {
  let verdict: Ruling = { decision: 'allow', rule: 'nothing to decide' };
  const stripped: string[] = [];
  for (const change of changes) {
    const ruling = rulingOn(rules, subject, change);
    if (ruling.decision === 'strip') stripped.push(change.field);
    else if (verdict.rule === 'nothing to decide' || isStricter(ruling, verdict)) verdict = ruling;
  }
  const { decision, rule } = verdict;
  // What is stripped was put aside above.
  return { decision: decision === 'strip' ? 'deny' : decision, rule, stripped };
}

interface Ruling {
  decision: Decision;
  rule: string;
}

function isStricter(one: Ruling, other: Ruling): boolean {
  return STRICTNESS.indexOf(one.decision) > STRICTNESS.indexOf(other.decision);
}

function rulingOn(rules: readonly Rule[], subject: Subject, change: Change): Ruling {
  const rulings = facetsOf(change).map((facet) => rulingOnFacet(rules, subject, change, facet));
  return rulings.reduce(stricterOf);
}

/** The first rule that fits decides, unless one before it that may fit, for all one can tell, is stricter. */
function rulingOnFacet(rules: readonly Rule[], subject: Subject, change: Change, facet: Facet): Ruling {
  const builtIn: Ruling = { decision: change.definition.effect === 'secret' ? 'approve' : 'confirm', rule: 'built-in' };
  const uncertain: Ruling[] = [];
  for (const [index, rule] of rules.entries()) {
    const fit = fitOf(rule, subject, change, facet);
    if (fit === 'no') continue;
    const ruling = { decision: rule.decision, rule: `rules[${index}]` };
    if (fit === 'yes') return uncertain.reduce(stricterOf, ruling);
    uncertain.push(ruling);
  }
  return uncertain.reduce(stricterOf, builtIn);
}

function stricterOf(one: Ruling, other: Ruling): Ruling {
  return isStricter(other, one) ? other : one;
}

type Fit = 'yes' | 'no' | 'maybe';

function fitOf(rule: Rule, subject: Subject, change: Change, facet: Facet): Fit {
  const { connection, caller } = subject;
  const fits = (pattern: Pattern | undefined, values: readonly string[]) =>
    pattern === undefined || values.some((value) => isLike(pattern, value));
  const isMeant =
    fits(rule.provider, [connection.provider.id]) &&
    fits(rule.connection, [connection.name]) &&
    fits(rule.field, [`${connection.provider.id}.${change.field}`]) &&
    fits(rule.effect, [change.definition.effect]) &&
    fits(rule.caller, [caller.principal]) &&
    fits(rule.user, [subject.userId, ...subject.emails]);
  if (!isMeant) return 'no';
  const values = [valueFit(rule, 'oldValue', facet, change), valueFit(rule, 'newValue', facet, change)];
  return values.find((fit) => fit === 'no') ?? values.find((fit) => fit === 'maybe') ?? 'yes';
}

/**
 * Of several texts an `allow` wants all to match, anything stricter wants one. `""` fits nothing but the empty value; to
 * `allow`, a list that holds something is not empty, whatever comes to it or goes.
 */
function valueFit(rule: Rule, key: 'oldValue' | 'newValue', facet: Facet, change: Change): Fit {
  if (rule[key] === undefined) return 'yes';
  const patterns = [rule[key]].flat();
  if (change.definition.sensitivity === 'secret') return secretFit(patterns, key, change);
  const [texts, whole] = key === 'oldValue' ? [facet.before, change.before] : [facet.after, change.after];
  const holds = rule.decision === 'allow' && Array.isArray(whole) && whole.length > 0;
  const isEmpty = !holds && texts.every((text) => text === '');
  const able = patterns.filter((pattern) => pattern !== '' || isEmpty);
  const like = (text: string) => isLike(able, text);
  return (rule.decision === 'allow' ? texts.every(like) : texts.some(like)) ? 'yes' : 'no';
}

/**
 * Secrets are held against no pattern but the one that fits everything, or a rule could become a way to guess them.
 * Whether one is cleared is seen by everybody.
 */
function secretFit(patterns: readonly string[], key: 'oldValue' | 'newValue', change: Change): Fit {
  if (patterns.includes('*')) return 'yes';
  if (key === 'newValue' && change.cleared && patterns.includes('')) return 'yes';
  return key === 'newValue' && patterns.every((pattern) => pattern === '') ? 'no' : 'maybe';
}

export function isLike(pattern: Pattern, value: string): boolean {
  const patterns = typeof pattern === 'string' ? [pattern] : pattern;
  const plain = (text: string) => text.normalize('NFC').toLowerCase();
  return patterns.some((one) => wildcard(plain(one), plain(value)));
}

/** `*` stands for any text. Linear in the value: no backtracking beyond the last star. */
function wildcard(pattern: string, value: string): boolean {
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

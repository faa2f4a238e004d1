import type { Field, Json } from '../providers/provider.ts';
import type { Caller, Change, Connection, Decision, Verdict } from './types.ts';

/** One rule of the operator. Every key that is there must match; a list matches when one of its patterns does. */
export interface Rule {
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

const STRICTNESS = ['allow', 'confirm', 'approve', 'deny'] as const;

export interface Subject {
  connection: Connection;
  caller: Caller;
  userId: string;
  emails: readonly string[];
}

/**
 * The verdict on a plan: each field gets the decision of the first rule that matches it, and the strictest one counts.
 * Without a matching rule a secret needs approval and everything else a confirmation; nothing is ever allowed by default.
 */
export function decide(rules: readonly Rule[], subject: Subject, changes: readonly Change[]): Verdict {
  let verdict: Pick<Verdict, 'decision' | 'rule'> = { decision: 'allow', rule: 'nothing to decide' };
  const stripped: string[] = [];
  for (const change of changes) {
    const index = rules.findIndex((rule) => matches(rule, subject, change));
    const decision = rules[index]?.decision ?? (change.definition.effect === 'secret' ? 'approve' : 'confirm');
    if (decision === 'strip') {
      stripped.push(change.field);
      continue;
    }
    const first = verdict.rule === 'nothing to decide';
    if (first || STRICTNESS.indexOf(decision) > STRICTNESS.indexOf(verdict.decision)) {
      verdict = { decision, rule: index < 0 ? 'built-in' : `rules[${index}]` };
    }
  }
  return { ...verdict, stripped };
}

function matches(rule: Rule, subject: Subject, change: Change): boolean {
  const { connection, caller } = subject;
  const fits = (pattern: Pattern | undefined, values: readonly string[]) =>
    pattern === undefined || values.some((value) => isLike(pattern, value));
  return (
    fits(rule.provider, [connection.provider.id]) &&
    fits(rule.connection, [connection.name]) &&
    fits(rule.field, [`${connection.provider.id}.${change.field}`]) &&
    fits(rule.effect, [change.definition.effect]) &&
    fits(rule.caller, [caller.principal]) &&
    fits(rule.user, [subject.userId, ...subject.emails]) &&
    valueFits(rule, rule.oldValue, change.before, change) &&
    valueFits(rule, rule.newValue, change.after, change)
  );
}

/**
 * A composite value (e-mails, an address) matches an `allow` only when every part does, anything stricter as soon as
 * one does. Secrets match no value pattern: a rule must not become a way to guess them.
 */
function valueFits(rule: Rule, pattern: Pattern | undefined, value: Json | undefined, change: Change): boolean {
  if (pattern === undefined) return true;
  if (change.definition.sensitivity === 'secret') return false;
  const texts = textsOf(value, change.definition.parts ?? {});
  const like = (text: string) => isLike(pattern, text);
  return rule.decision === 'allow' ? texts.every(like) : texts.some(like);
}

/** Every text in a value; `parts` are its labels, such as the type of an e-mail, which say nothing by themselves. */
function textsOf(value: Json | undefined, parts: NonNullable<Field['parts']>): string[] {
  if (value === undefined || value === null) return [''];
  if (typeof value !== 'object') return [String(value)];
  const members = Array.isArray(value)
    ? value
    : Object.entries(value).flatMap(([key, member]) => (Object.hasOwn(parts, key) ? [] : [member]));
  return members.length === 0 ? [''] : members.flatMap((member) => textsOf(member, parts));
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

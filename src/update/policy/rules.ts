import * as z from 'zod';
import { described } from '../../lib/described.ts';
import { EFFECTS } from '../../providers/effects.ts';
import { PEOPLE_COMPARISON } from './people/comparison.ts';

/** Decisions of policy on a leaf change, the most lenient first: the strictest of several counts. */
export const DECISIONS = ['allow', 'confirm', 'approve', 'strip', 'deny'] as const;
export type Decision = (typeof DECISIONS)[number];

/** One rule of the operator. All conditions that are given must match; a list matches when one of its patterns does. */
export type Rule = z.output<ReturnType<typeof ruleSchema>>;

/** Strings in which `*` stands for any text. */
export type Pattern = NonNullable<Rule['field']>;

/**
 * The conditions that restrict a rule. Every key of the schema is a condition unless it is listed here: `MATCHERS` then
 * has to match it, so that a new key without a matcher does not compile, instead of widening the rules that use it.
 */
export type RuleConditions = Omit<Rule, 'name' | 'note' | 'decision'>;

/** The schema of `policy.rules`. */
export function rulesSchema() {
  const rules = z.array(ruleSchema()).check(({ value, issues }) => {
    for (const { index, message } of nameFaults(value)) {
      issues.push({ code: 'custom', input: value, path: [index, 'name'], message });
    }
  });
  return described('Rules, tried in order for each leaf change; the first that matches decides.', rules);
}

/** Created on demand: every schema costs startup time. */
function ruleSchema() {
  const shown = (max: number) =>
    z
      .string()
      .max(max, `expected at most ${max} characters`)
      .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'expected one line without invisible characters')
      .refine((text) => text.trim() !== '', 'expected a string that is not empty');
  const pattern = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
    error: 'expected a string or a list of strings, none of them empty',
  });
  const value = z.union([z.string(), z.array(z.string()).min(1)], {
    error:
      'expected a string or a list of strings; numbers and booleans are written as strings, and the empty value as ""',
  });
  const compared =
    'expected a comparison with a positive whole number, such as "<=5" or ">10", or a list of them; the operators are <, <=, >, >= and =';
  const comparison = z.string().regex(PEOPLE_COMPARISON, compared);
  const people = z.union([comparison, z.array(comparison).min(1, compared)], { error: compared });
  return z.strictObject({
    name: described("What people see instead of the rule's number.", shown(80)).optional(),
    note: described('Shown to people beside the name.', shown(200)).optional(),
    provider: described('Ids of providers.', pattern.optional()),
    connection: described('Names of connections.', pattern.optional()),
    field: described(
      'Paths of fields, `provider.field.key`. `*` stays between two dots; a pattern covers everything below.',
      pattern.optional(),
    ),
    effect: described(
      `What the field does to the user: ${EFFECTS.map((name) => `\`${name}\``).join(', ')}.`,
      pattern.optional(),
    ),
    caller: described('Callers, as the transport verified them; case counts.', pattern.optional()),
    user: described('Ids or e-mail addresses of users.', pattern.optional()),
    oldValue: described('Values before the change; `""` is the empty value.', value.optional()),
    newValue: described('Values after the change; `""` is the empty value.', value.optional()),
    people: described(
      'How many user records the call changes, with those that the caller changed under this rule in the hour before: `<=5`, `>10`.',
      people.optional(),
    ),
    decision: described('What the rule decides.', z.enum(DECISIONS)),
  });
}

/** People see a rule by its name: two rules of one name, or a name like those of unnamed rules, would mislead them. */
function nameFaults(rules: readonly { name?: string | undefined }[]): { index: number; message: string }[] {
  const seen = new Set<string>();
  return rules.flatMap(({ name }, index) => {
    const plain = name?.normalize('NFKC').trim().toLowerCase();
    if (plain === undefined) return [];
    if (seen.has(plain)) return [{ index, message: 'another rule has this name' }];
    seen.add(plain);
    return isReservedName(plain) ? [{ index, message: 'unnamed rules are shown like this; choose another name' }] : [];
  });
}

function isReservedName(plain: string): boolean {
  return plain === 'built-in' || /^rules\[\d+\]$/.test(plain);
}

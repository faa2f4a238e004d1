import { UsageError } from '../errors.ts';
import { EFFECTS } from '../providers/effects.ts';
import type { Field } from '../providers/field.ts';
import type { Provider } from '../providers/provider.ts';
import { type FieldPattern, matchPath, parseFieldPattern } from '../update/policy/field-pattern.ts';
import { decisiveCount, matchesPeople } from '../update/policy/people/comparison.ts';
import type { Rule, RuleConditions } from '../update/policy/rules.ts';
import { isLike } from '../update/policy/text-pattern.ts';
import type { Connection } from '../update/types.ts';

/** The providers and configured connections that patterns are checked against. */
interface Configured {
  providers: readonly Provider[];
  connections: readonly Connection[];
}

/** Throws a UsageError for a pattern that can match nothing. `place` is the path of its key. */
type Check = (pattern: string, place: string, configured: Configured) => void;

/** One entry for each condition of a rule; undefined if any text may match. */
const CHECKS: Readonly<Record<keyof RuleConditions, Check | undefined>> = {
  provider(pattern, place, { providers }) {
    const ids = providers.map(({ id }) => id);
    checkNames(pattern, place, ids, ids.join(', '));
  },
  connection(pattern, place, { connections }) {
    const names = connections.map(({ name }) => name);
    checkNames(pattern, place, names, names.join(', ') || 'none, since nothing is connected');
  },
  field: checkField,
  effect: (pattern, place) => checkNames(pattern, place, EFFECTS, EFFECTS.join(', ')),
  caller: undefined,
  user: undefined,
  oldValue: undefined,
  newValue: undefined,
  people(comparison, place) {
    const decisive = decisiveCount(comparison);
    if ([1, decisive - 1, decisive].some((count) => matchesPeople(comparison, count))) return;
    throw new UsageError(`${place}: "${comparison}" matches nothing; a call changes at least one user record`);
  },
};

const CONDITIONS = Object.keys(CHECKS) as (keyof RuleConditions)[]; // the keys are exactly those of the type

/** Refuses patterns that match nothing: with a mistyped one, a `deny` would deny nothing. Throws a UsageError. */
export function checkRules(
  providers: readonly Provider[],
  connections: readonly Connection[],
  rules: readonly Rule[],
): void {
  for (const [index, rule] of rules.entries()) {
    for (const key of CONDITIONS) {
      for (const pattern of [rule[key] ?? []].flat()) {
        CHECKS[key]?.(pattern, `policy.rules[${index}].${key}`, { providers, connections });
      }
    }
  }
}

function checkNames(pattern: string, place: string, names: readonly string[], shown: string): void {
  if (names.some((name) => isLike(pattern, name))) return;
  throw new UsageError(`${place}: "${pattern}" matches nothing; expected one of ${shown}`);
}

function checkField(text: string, place: string, { providers }: Configured): void {
  const pattern = parseFieldPattern(text);
  const [first] = providers;
  const expected = `expected provider.field, such as ${first?.id}.title or *.title; * stands for any text between two dots`;
  if (pattern.length === 0) throw new UsageError(`${place}: "${text}" is not a valid pattern; ${expected}`);
  if (!providers.some((provider) => matchesSome(pattern, provider)))
    throw new UsageError(`${place}: "${text}" matches nothing; ${expected}`);
}

/** Whether a pattern can match a field of a provider, or a key of one. */
function matchesSome(pattern: FieldPattern, provider: Provider): boolean {
  if (!matchPath(pattern.slice(0, 1), [provider.id])) return false;
  if (pattern.length === 1) return true;
  return Object.entries(provider.fields).some(
    ([name, field]) => matchPath(pattern.slice(1, 2), [name]) && reachesInto(pattern.slice(2), field),
  );
}

/** Whether the rest of a pattern can match inside a field: any key of a free-form object, or a declared one. */
function reachesInto(rest: FieldPattern, { merge, parts }: Field): boolean {
  if (rest.length === 0 || (merge && !merge.keys)) return true;
  const known = [...(merge?.keys ?? []), ...Object.keys(parts ?? {})];
  return rest.length === 1 && known.some((key) => matchPath(rest, [key]));
}

/**
 * One notice for each pattern that matched other fields in version 0.1.0, where `*` crossed dots and case was ignored.
 */
export function changedPatterns(providers: readonly Provider[], rules: readonly Rule[]): string[] {
  const fields = providers.flatMap((provider) =>
    Object.keys(provider.fields).map((name) => [provider.id, name] as const),
  );
  return rules.flatMap((rule, index) =>
    [rule.field ?? []].flat().flatMap((text) => {
      const pattern = parseFieldPattern(text);
      const hasChanged = fields.some(
        (path) => pattern.length <= 2 && isLike(text, path.join('.')) !== matchPath(pattern, path),
      );
      return hasChanged
        ? [
            `policy.rules[${index}].field: "${text}" means other fields than it did in version 0.1.0: * no longer crosses a dot, and case counts.`,
          ]
        : [];
    }),
  );
}

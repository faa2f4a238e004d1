import { UsageError } from '../errors.ts';
import { EFFECTS, type Field, type Provider } from '../providers/provider.ts';
import { type FieldPattern, matchPath, parseFieldPattern } from '../update/policy/field-pattern.ts';
import { isLike } from '../update/policy/policy.ts';
import type { Connection } from '../update/types.ts';
import type { ConfigFile } from './schema.ts';

type Rules = NonNullable<NonNullable<ConfigFile['policy']>['rules']>;

/**
 * A mistyped pattern would make a rule match nothing, and a `deny` that matches nothing is an accident: refuse it.
 * `connections` are all there are.
 */
export function checkRules(providers: readonly Provider[], connections: readonly Connection[], rules: Rules): void {
  const ids = providers.map((provider) => provider.id);
  const names = connections.map(({ name }) => name);
  for (const [index, rule] of rules.entries()) {
    const check = (key: Checked, known: Iterable<string>, expected: string) => {
      const patterns = rule[key] === undefined ? [] : [rule[key]].flat();
      const dead = patterns.find((pattern) => !isSomeLike(pattern, known));
      if (dead !== undefined)
        throw new UsageError(`policy.rules[${index}].${key}: "${dead}" matches nothing; expected ${expected}`);
    };
    check('provider', ids, `one of ${ids.join(', ')}`);
    check('connection', names, `one of ${names.join(', ') || 'none, since nothing is connected'}`);
    for (const pattern of [rule.field ?? []].flat()) checkField(providers, `policy.rules[${index}].field`, pattern);
    check('effect', EFFECTS, `one of ${EFFECTS.join(', ')}`);
  }
}

type Checked = 'provider' | 'connection' | 'effect';

function isSomeLike(pattern: string, known: Iterable<string>): boolean {
  for (const name of known) if (isLike(pattern, name)) return true;
  return false;
}

function checkField(providers: readonly Provider[], place: string, text: string): void {
  const pattern = parseFieldPattern(text);
  const [first] = providers;
  const expected = `expected provider.field, such as ${first?.id}.title or *.title; * stands for any text between two dots`;
  if (pattern.length === 0) throw new UsageError(`${place}: "${text}" is no pattern; ${expected}`);
  if (!providers.some((provider) => matchesSome(pattern, provider)))
    throw new UsageError(`${place}: "${text}" matches nothing; ${expected}`);
}

/** Whether some field of a provider, or a key of one, can be meant. */
function matchesSome(pattern: FieldPattern, provider: Provider): boolean {
  if (!matchPath(pattern.slice(0, 1), [provider.id])) return false;
  if (pattern.length === 1) return true;
  return Object.entries(provider.fields).some(
    ([name, field]) => matchPath(pattern.slice(1, 2), [name]) && reachesInto(pattern.slice(2), field),
  );
}

/** Whether a field can have something at the rest of a pattern: any key of a free-form object, or a declared one. */
function reachesInto(rest: FieldPattern, { merge, parts }: Field): boolean {
  if (rest.length === 0 || (merge && !merge.keys)) return true;
  const known = [...(merge?.keys ?? []), ...Object.keys(parts ?? {})];
  return rest.length === 1 && known.some((key) => matchPath(rest, [key]));
}

/**
 * Rules of a configuration written when `*` crossed dots and case did not count in `field`, which now mean something
 * else: a sentence for each.
 */
export function changedPatterns(providers: readonly Provider[], rules: Rules): string[] {
  const fields = providers.flatMap(({ id, fields: of }) => Object.keys(of).map((name) => [id, name] as const));
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

import { UsageError } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import { isLike } from '../update/policy.ts';
import type { Connection } from '../update/types.ts';
import type { ConfigFile } from './schema.ts';

type Rules = NonNullable<NonNullable<ConfigFile['policy']>['rules']>;

const EFFECTS = ['ordinary', 'identity', 'access', 'lifecycle', 'secret'];

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
    check('field', fieldsOf(providers, connections), `provider.field, such as ${ids[0]}.title or *.title`);
    check('effect', EFFECTS, `one of ${EFFECTS.join(', ')}`);
  }
}

type Checked = 'provider' | 'connection' | 'field' | 'effect';

function isSomeLike(pattern: string, known: Iterable<string>): boolean {
  for (const name of known) if (isLike(pattern, name)) return true;
  return false;
}

/** Each field as `provider.field`, those of connected providers first: the others are looked at only when none fits. */
function fieldsOf(providers: readonly Provider[], connections: readonly Connection[]): Iterable<string> {
  const connected = new Set(connections.map(({ provider }) => provider.id));
  const ordered = [...providers].sort((a, b) => Number(connected.has(b.id)) - Number(connected.has(a.id)));
  return {
    *[Symbol.iterator]() {
      for (const provider of ordered) yield* Object.keys(provider.fields).map((name) => `${provider.id}.${name}`);
    },
  };
}

import { UsageError } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import { isLike } from '../update/policy.ts';
import type { ConfigFile } from './schema.ts';

type Rules = NonNullable<NonNullable<ConfigFile['policy']>['rules']>;

const EFFECTS = ['ordinary', 'identity', 'access', 'lifecycle', 'secret'];

/**
 * A mistyped pattern would make a rule match nothing, and a `deny` that matches nothing is an accident: refuse it.
 * `connections` are the names of all there are.
 */
export function checkRules(providers: readonly Provider[], connections: readonly string[], rules: Rules): void {
  const ids = providers.map((provider) => provider.id);
  const fields = providers.flatMap((provider) => Object.keys(provider.fields).map((name) => `${provider.id}.${name}`));
  for (const [index, rule] of rules.entries()) {
    const check = (key: 'provider' | 'connection' | 'field' | 'effect', known: readonly string[], expected: string) => {
      const patterns = rule[key] === undefined ? [] : [rule[key]].flat();
      const dead = patterns.find((pattern) => !known.some((name) => isLike(pattern, name)));
      if (dead !== undefined)
        throw new UsageError(`policy.rules[${index}].${key}: "${dead}" matches nothing; expected ${expected}`);
    };
    check('provider', ids, `one of ${ids.join(', ')}`);
    check('connection', connections, `one of ${connections.join(', ') || 'none, since nothing is connected'}`);
    check('field', fields, `provider.field, such as ${fields[0]} or *.title`);
    check('effect', EFFECTS, `one of ${EFFECTS.join(', ')}`);
  }
}

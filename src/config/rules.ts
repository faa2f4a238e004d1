import { UsageError } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import { isLike } from '../update/policy.ts';
import { suggest } from '../update/suggest.ts';
import type { ConfigFile } from './schema.ts';

type Rules = NonNullable<NonNullable<ConfigFile['policy']>['rules']>;

const EFFECTS = ['ordinary', 'identity', 'access', 'lifecycle', 'secret'];

/** A mistyped pattern would make a rule match nothing, and a `deny` that matches nothing is an accident: refuse it. */
export function checkRules(providers: readonly Provider[], rules: Rules, redacted: readonly string[]): void {
  const ids = providers.map((provider) => provider.id);
  const fields = providers.flatMap((provider) => Object.keys(provider.fields).map((name) => `${provider.id}.${name}`));
  for (const [index, rule] of rules.entries()) {
    const check = (key: 'provider' | 'field' | 'effect', known: readonly string[], expected: string) => {
      const patterns = rule[key] === undefined ? [] : [rule[key]].flat();
      const dead = patterns.find((pattern) => !known.some((name) => isLike(pattern, name)));
      if (dead !== undefined)
        throw new UsageError(`policy.rules[${index}].${key}: "${dead}" matches nothing; expected ${expected}`);
    };
    check('provider', ids, `one of ${ids.join(', ')}`);
    check('field', fields, `provider.field, such as ${fields[0]} or *.title`);
    check('effect', EFFECTS, `one of ${EFFECTS.join(', ')}`);
  }
  for (const path of redacted) {
    const [id = '', name = ''] = [path.slice(0, path.indexOf('.')), path.slice(path.indexOf('.') + 1)];
    const mine = providers.filter((provider) => id === '*' || provider.id === id);
    if (!path.includes('.') || mine.length === 0) {
      throw new UsageError(`redaction.fields: "${path}": expected provider.field, such as ${fields[0]}`);
    }
    // Attributes nobody declared may be named too; one that is nearly a declared one is a slip.
    const declared = mine.flatMap((provider) => [...Object.keys(provider.fields), ...Object.keys(provider.readOnly)]);
    const near = declared.includes(name) ? undefined : suggest(name, declared);
    if (near !== undefined) throw new UsageError(`redaction.fields: "${path}": did you mean ${id}.${near}?`);
  }
}

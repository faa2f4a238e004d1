import { splitPath } from '../../lib/json/field-path.ts';
import type { Provider } from '../../providers/provider.ts';
import { matchPath, parseFieldPattern } from '../../update/policy/field-pattern.ts';
import type { Rule } from '../../update/policy/rules.ts';
import { isLike } from '../../update/policy/text-pattern.ts';

/** A rule that was perhaps written before the file was named: `[index of the rule, fields that it may allow]`. */
export type WildcardAllowance = readonly [index: number, fields: readonly string[]];

/**
 * The rules that allow fields of a provider without a question, although they do not name that provider. Whether an
 * earlier rule decides first, or a condition on caller, user or values is not met, is left open: none is missed.
 */
export function wildcardAllowances(rules: readonly Rule[], provider: Provider): WildcardAllowance[] {
  return rules.flatMap((rule, index) => {
    if (rule.decision !== 'allow' || names(rule, provider.id)) return [];
    const fields = Object.entries(provider.fields)
      .filter(
        ([name, { effect }]) =>
          reaches(rule, provider.id, name) && (rule.effect === undefined || isLike(rule.effect, effect)),
      )
      .map(([name]) => `${provider.id}.${name}`);
    return fields.length > 0 ? [[index, fields] as const] : [];
  });
}

/** Whether a rule says the provider's id itself, in every pattern. */
function names({ provider, field }: Rule, id: string): boolean {
  const isOwn = (pattern: string) => pattern.toLowerCase() === id;
  if (provider !== undefined && [provider].flat().every(isOwn)) return true;
  return field !== undefined && [field].flat().every((pattern) => splitPath(pattern)?.[0] === id);
}

function reaches({ provider, field }: Rule, id: string, name: string): boolean {
  if (provider !== undefined && !isLike(provider, id)) return false;
  if (field === undefined) return true;
  return [field].flat().some((text) => {
    const pattern = parseFieldPattern(text);
    // A pattern may also lead into a field: `*.custom.*`.
    return matchPath(pattern.slice(0, 2), [id, name]);
  });
}

import { parseFieldPattern } from '../update/policy/field-pattern.ts';
import type { Rule } from '../update/policy/rules.ts';
import { isLike } from '../update/policy/text-pattern.ts';

/**
 * Rules that never decide, since an earlier one matches everything they match: `[index, index of the earlier one]`. May
 * miss one, and never names one that could decide.
 */
export function shadowedRules(rules: readonly Rule[]): [number, number][] {
  return rules.flatMap((rule, index): [number, number][] => {
    const earlier = rules.slice(0, index).findIndex((other) => isAsBroad(other, rule));
    return earlier < 0 ? [] : [[index, earlier]];
  });
}

/** Whether every change that `rule` matches is matched by `other`, too. */
function isAsBroad(other: Rule, rule: Rule): boolean {
  const given = new Map(Object.entries(rule));
  const { name: _, note: __, decision: ___, ...conditions } = other;
  return Object.entries(conditions).every(([key, patterns]) => {
    if (patterns === undefined) return true;
    const narrower = given.get(key);
    if (narrower === undefined) return false;
    const broad = [patterns].flat().map(String);
    return [narrower].flat().every((one) => broad.some((pattern) => covers(key, pattern, String(one))));
  });
}

function covers(key: string, pattern: string, narrower: string): boolean {
  // Each rule counts for itself.
  if (key === 'people') return false;
  if (pattern === narrower) return true;
  if (key === 'field') return parseFieldPattern(pattern).length === 1 && pattern === '*';
  if (key === 'oldValue' || key === 'newValue' || key === 'caller') return pattern === '*' && key === 'caller';
  return pattern === '*' || (!narrower.includes('*') && isLike(pattern, narrower));
}

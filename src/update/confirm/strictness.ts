import { DECISIONS } from '../policy/rules.ts';
import type { Verdict } from '../types.ts';

/** Whether policy asks for more by one decision than by another. */
export function isStricter(one: Verdict['decision'], other: Verdict['decision']): boolean {
  return DECISIONS.indexOf(one) > DECISIONS.indexOf(other);
}

/** The strictest decision of all; `allow` for none. */
export function strictest(decisions: readonly Verdict['decision'][]): Verdict['decision'] {
  return decisions.reduce<Verdict['decision']>((most, one) => (isStricter(one, most) ? one : most), 'allow');
}

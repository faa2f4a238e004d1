import { splitIds } from '../lib/text/name-list.ts';
import { EFFECTS } from '../providers/effects.ts';

/** May decide on everything, like the approvers of earlier versions. */
export const ANY_RIGHT: readonly string[] = ['*:*'];

const ANY_EFFECT = ['*', ...EFFECTS];

/** What a change touches, as far as rights are concerned. */
export interface RightsNeeded {
  provider: string;
  /** An effect that is not known, as in a request of an earlier version, is covered by `*` only. */
  effects: readonly string[];
}

/** Whether exactly the right to everything is held. */
export function isAnyRight(may: readonly string[]): boolean {
  return may.length === 1 && may[0] === '*:*';
}

/** Rights as they are kept: without repetitions, and `*:*` by itself. `wrong` is the first that is no right. */
export function toRights(given: readonly string[]): { may: string[] } | { wrong: string } {
  const wrong = given.find((one) => !isRight(one));
  if (wrong !== undefined) return { wrong };
  if (given.length === 0 || given.includes('*:*')) return { may: [...ANY_RIGHT] };
  return { may: [...new Set(given)].sort() };
}

/** What `--may` and `may` expect. */
export const RIGHT_SYNTAX = `PROVIDER:EFFECT, EFFECT one of ${ANY_EFFECT.join(', ')}, and * for any provider`;

/** The provider a right names; `*` for any. */
export function providerOfRight(right: string): string {
  return right.slice(0, right.indexOf(':'));
}

/** Whether these rights include one to each effect at that provider. */
export function mayDecide(may: readonly string[], provider: string, effects: readonly string[]): boolean {
  const held = new Set(may);
  return [...new Set(effects)].every((effect) =>
    [`${provider}:${effect}`, `${provider}:*`, `*:${effect}`, '*:*'].some((right) => held.has(right)),
  );
}

/** The rights that are missing for a yes; an empty list if these are enough. */
export function missingRights(may: readonly string[], needed: readonly RightsNeeded[]): RightsNeeded[] {
  return needed.flatMap(({ provider, effects }) => {
    const missing = effects.filter((effect) => !mayDecide(may, provider, [effect]));
    return missing.length > 0 ? [{ provider, effects: missing }] : [];
  });
}

/**
 * Whether these rights include any at that provider: others do not see its requests and changes. `provider`: as in a row or
 * an entry; of a batch at several, there has to be one at each.
 */
export function maySee(may: readonly string[], provider: string): boolean {
  const named = new Set(may.map(providerOfRight));
  return named.has('*') || splitIds(provider).every((one) => named.has(one));
}

function isRight(text: string): boolean {
  const [, effect] = /^(?:\*|[a-z][a-z0-9_]{0,63}):(.+)$/.exec(text) ?? [];
  return effect !== undefined && ANY_EFFECT.includes(effect);
}

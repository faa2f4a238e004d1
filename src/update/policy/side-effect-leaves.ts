import { echoDefaults } from '../../providers/interpret/echo.ts';
import { fieldOf, type Provider } from '../../providers/provider.ts';
import type { JudgedLeaf } from './judge.ts';
import { textsOf } from './leaf-texts.ts';

/**
 * The fields that the vendor sets to a default where the user record does not show them, but for those in `sent`, which
 * the body has. Without the user record each of them may be a side effect or not.
 */
export function sideEffectLeaves(provider: Provider, sent: ReadonlySet<string>): (JudgedLeaf & { name: string })[] {
  return echoDefaults(provider.write).flatMap(([name, after]) => {
    const definition = sent.has(name) ? undefined : fieldOf(provider, name);
    if (!definition) return [];
    const { effect, sensitivity } = definition;
    const leaf = { path: [name], definition, exact: false, effect, sensitivity, before: undefined, after };
    return [{ name, leaf: { ...leaf, possible: true as const }, texts: () => textsOf(leaf), optional: true as const }];
  });
}

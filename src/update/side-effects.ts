import type { Provider } from '../providers/provider.ts';
import { quote } from './question.ts';
import type { Plan } from './types.ts';

/**
 * What the vendor may change besides what is planned, for whoever is asked: a default it writes for what is left out
 * cannot be kept away by sending the field along where there is nothing to send.
 */
export function sideEffects(provider: Provider, plan: Plan): string[] {
  if (plan.changes.length === 0) return [];
  return Object.entries(provider.write.echo ?? {})
    .filter(([field]) => !Object.hasOwn(plan.body, field))
    .map(
      ([field, value]) =>
        `${field} is empty or not shown, so it cannot be sent along as it is; ${provider.title} may set it to its default, ${quote(value)}`,
    );
}

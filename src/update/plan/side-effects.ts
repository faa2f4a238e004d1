import type { JsonObject } from '../../lib/json/json-value.ts';
import type { Provider } from '../../providers/provider.ts';
import type { LeafChange } from './types.ts';

/**
 * What a vendor that takes partial bodies may write by itself, because its documents give a default for what is left
 * out and the record shows nothing that could be sent along. Nothing is sent for it, but it is judged and shown.
 */
export function sideEffectsOf(provider: Provider, record: JsonObject, body: JsonObject): LeafChange[] {
  return Object.entries(provider.write.echo ?? {}).flatMap(([field, value]): LeafChange[] => {
    const definition = Object.hasOwn(body, field) ? undefined : provider.fields[field];
    if (!definition) return [];
    const { effect, sensitivity } = definition;
    const before = record[field];
    return [{ path: [field], definition, effect, sensitivity, before, after: value, exact: false, possible: true }];
  });
}

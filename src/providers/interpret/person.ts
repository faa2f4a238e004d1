import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { Provider } from '../provider.ts';

/** The person's e-mail addresses in a user record, in the order of the definition, each once. */
export function emailsOf({ emails }: Pick<Provider, 'emails'>, record: JsonObject): string[] {
  const found = emails.flatMap(({ at, value, where = {} }): (Json | undefined)[] => {
    const held = valueAt(record, at);
    if (value === undefined) return Array.isArray(held) ? held : [held];
    const entries = Array.isArray(held) ? held.filter(isObject) : [];
    const fits = (entry: JsonObject) => Object.entries(where).every(([key, expected]) => entry[key] === expected);
    return entries.filter(fits).map((entry) => valueAt(entry, [value]));
  });
  const texts = found.filter((one) => typeof one === 'string');
  return [...new Set(texts.filter((text) => text.includes('@')))];
}

/** Whether the person can log in, in the vendor's word; undefined if the record does not say. */
export function statusOf({ status }: Pick<Provider, 'status'>, record: JsonObject): string | undefined {
  const fits = (when: Readonly<Record<string, readonly Json[]>>) =>
    Object.entries(when).every(([name, values]) => values.includes(valueAt(record, [name]) ?? null));
  return status.find(({ when }) => fits(when))?.is;
}

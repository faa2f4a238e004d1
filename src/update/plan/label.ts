import { isObject, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { Provider } from '../../providers/provider.ts';

/** The name of the user, or undefined if the user record has none. */
export function labelOf(provider: Provider, record: JsonObject): string | undefined {
  for (const paths of provider.label) {
    const parts = partsOf(record, paths);
    if (parts.every((part) => part !== '')) return parts.join(' ').trim();
  }
  return undefined;
}

function partsOf(record: JsonObject, paths: readonly string[]): string[] {
  // `['name', 'formatted']` is a path into an object; `['first_name', 'last_name']` is a list of attributes.
  const [head = '', ...rest] = paths;
  const container = valueAt(record, [head]);
  const values = isObject(container) ? rest.map((key) => container[key]) : paths.map((key) => valueAt(record, [key]));
  return values.map((value) => (typeof value === 'string' ? value.trim() : ''));
}

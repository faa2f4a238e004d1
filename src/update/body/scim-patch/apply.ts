import { isObject, type JsonObject } from '../../../lib/json/json-value.ts';
import type { PatchOperation } from './operation.ts';

/**
 * What operations on one list make of its entries, by RFC 7644 section 3.5.2: the operations that `entries.ts` makes, and
 * no others. Undefined if a filter does not find exactly one entry.
 */
export function applyToEntries(
  entries: readonly JsonObject[],
  list: string,
  operations: readonly PatchOperation[],
): JsonObject[] | undefined {
  let result = entries.map((entry) => ({ ...entry }));
  for (const operation of operations) {
    const selector = (operation.path ?? '').slice(list.length);
    if (selector === '') {
      const added = operation.op === 'add' && Array.isArray(operation.value) ? operation.value.filter(isObject) : [];
      for (const entry of added) result = [...demoted(result, entry), { ...entry }];
      continue;
    }
    const [, name = '', quoted = '', part] = /^\[(\w+) eq (".*")\](?:\.([\w$]+))?$/s.exec(selector) ?? [];
    const chosen = result.filter((entry) => isNamed(entry, name, quoted));
    const [entry] = chosen;
    if (chosen.length !== 1 || !entry) return undefined;
    if (part === undefined) result = result.filter((other) => other !== entry);
    else if (operation.op === 'remove') delete entry[part];
    else {
      entry[part] = operation.value;
      result = result.map((other) => (other === entry ? other : (demoted([other], entry)[0] ?? other)));
    }
  }
  return result;
}

function isNamed(entry: JsonObject, name: string, quoted: string): boolean {
  const value = entry[name];
  return typeof value === 'string' && JSON.stringify(value).toLowerCase() === quoted.toLowerCase();
}

/** When one entry becomes primary, the others no longer are. */
function demoted(others: readonly JsonObject[], entry: JsonObject): JsonObject[] {
  const isPrimary = entry['primary'] === true;
  return others.map((other) => (isPrimary && other['primary'] === true ? { ...other, primary: false } : other));
}

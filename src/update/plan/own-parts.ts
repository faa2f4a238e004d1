import { isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import type { Field } from '../../providers/field.ts';

/**
 * The target value of a list, with what its entries have besides the parts a caller can set: that stays with an entry
 * whose `value` stays, or, where entries have none, its `type`.
 */
export function withOwnParts(
  { ownParts, parts }: Pick<Field, 'ownParts' | 'parts'>,
  held: Json | undefined,
  target: Json | undefined,
): Json | undefined {
  if (!ownParts || !Array.isArray(held) || !Array.isArray(target)) return target;
  const isOwn = (key: string) => ownParts.includes(key) || !Object.hasOwn(parts ?? {}, key);
  const entries = held.filter(isObject);
  return target.map((entry) => {
    const same = isObject(entry) ? entries.filter((other) => isSameEntry(entry, other)) : [];
    const [only] = same;
    if (!isObject(entry) || !only || same.length > 1) return entry;
    const settable = Object.entries(entry).filter(([key]) => !isOwn(key));
    return {
      ...Object.fromEntries(settable),
      ...Object.fromEntries(Object.entries(only).filter(([key]) => isOwn(key))),
    };
  });
}

function isSameEntry(entry: JsonObject, other: JsonObject): boolean {
  const name = entry['value'] === undefined && other['value'] === undefined ? 'type' : 'value';
  return entry[name] !== undefined && entry[name] === other[name];
}

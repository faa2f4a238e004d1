import { isObject, type Json, type JsonObject } from '../../../src/lib/json/json-value.ts';
import { openPlaces } from '../../../src/providers/declared/open-places.ts';
import { formatPointer } from '../../../src/providers/declared/pointer.ts';

/** What a person decided: a value, or `undefined` to remove the key. By the end of the pointer; the first that fits counts. */
export type Decisions = readonly (readonly [pointer: RegExp, value: Json | undefined])[];

/** Takes each proposal that no decision is about. Throws for a place without either. */
export function decide(file: JsonObject, decisions: Decisions): JsonObject {
  return openPlaces(file).reduce((decided, { path }) => {
    const pointer = formatPointer(path);
    const found = decisions.find(([pattern]) => pattern.test(pointer));
    const [, proposal] = /^\? (.*)$/.exec(String(valueAt(decided, path))) ?? [];
    if (!found && proposal === undefined) throw new Error(`nothing is decided at ${pointer}`);
    return changed(decided, path, found ? found[1] : proposal) as JsonObject;
  }, file);
}

function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((found, key) => {
    if (Array.isArray(found)) return found[Number(key)];
    return isObject(found) ? found[key] : undefined;
  }, value);
}

function changed(value: Json | undefined, [key, ...rest]: readonly string[], to: Json | undefined): Json | undefined {
  if (key === undefined) return to;
  if (Array.isArray(value)) {
    return value.flatMap((entry, at) => (String(at) === key ? (changed(entry, rest, to) ?? []) : [entry]));
  }
  if (!isObject(value)) throw new Error(`nothing at ${key}`);
  const { [key]: held, ...others } = value;
  const inside = changed(held, rest, to);
  return inside === undefined ? others : { ...others, [key]: inside };
}

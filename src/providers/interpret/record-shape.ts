import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import { perObject } from '../../lib/per-object.ts';
import type { Path } from '../field.ts';
import type { Provider } from '../provider.ts';

/**
 * A user record has its declared attributes at the top, under their names; the vendor's record may have them anywhere.
 * Both forms hold the same: going there and back changes nothing, unknown attributes included.
 */

type Placed = Pick<Provider, 'fields' | 'readOnlyAt'>;

/**
 * Moves each declared attribute from its place to the top. An object that other attributes are in stays where it is when
 * nothing else is left in it: it is there for them.
 */
export function toUserRecord(provider: Placed, vendorRecord: JsonObject): JsonObject {
  const { deepestFirst, names } = placesOf(provider);
  if (names.size === 0) return vendorRecord;
  let rest = vendorRecord;
  const declared = new Map<string, Json>();
  for (const [name, path, holdsOthers] of deepestFirst) {
    const value = valueAt(rest, path);
    if (value === undefined || (holdsOthers && isEmptyObject(value))) continue;
    declared.set(name, value);
    rest = withoutValueAt(rest, path);
  }
  const others = Object.entries(rest).map(([key, value]) => [isTaken(key, names) ? `/${key}` : key, value] as const);
  return Object.fromEntries([...others, ...declared]);
}

/** Moves each declared attribute from the top to its place, and makes the objects that lead there. */
export function toVendorRecord(provider: Placed, record: JsonObject): JsonObject {
  const { deepestFirst, names } = placesOf(provider);
  if (names.size === 0) return record;
  const others = Object.entries(record).filter(([key]) => !names.has(key));
  let result: JsonObject = Object.fromEntries(
    others.map(([key, value]) => [isTaken(key, names) ? key.slice(1) : key, value]),
  );
  for (const [name, path] of [...deepestFirst].reverse()) {
    const value = valueAt(record, [name]);
    if (value !== undefined) result = withValueAt(result, path, value);
  }
  return result;
}

/** A user record as it is read from the vendor's form of it. */
export function asRead(provider: Placed, record: JsonObject): JsonObject {
  return placesOf(provider).deepestFirst.some(([, , holdsOthers]) => holdsOthers)
    ? toUserRecord(provider, toVendorRecord(provider, record))
    : record;
}

/** The place of a declared attribute in the vendor's record. */
export function placeOf({ fields, readOnlyAt }: Placed, name: string): Path {
  const at = Object.hasOwn(fields, name) ? fields[name]?.at : undefined;
  return at ?? (readOnlyAt && Object.hasOwn(readOnlyAt, name) ? readOnlyAt[name] : undefined) ?? [name];
}

/** The declared attribute that the value at a path of the vendor's record is part of. */
export function holderOf(provider: Placed, path: Path): string | undefined {
  const names = [...Object.keys(provider.fields), ...Object.keys(provider.readOnlyAt ?? {})];
  const holding = names.filter((name) => isWithin(path, placeOf(provider, name)));
  return holding.sort((one, other) => placeOf(provider, other).length - placeOf(provider, one).length)[0];
}

/** The object without the value at the path. Objects on the way are copied, and stay when they become empty. */
export function withoutValueAt(object: JsonObject, [key, ...rest]: Path): JsonObject {
  if (key === undefined || !Object.hasOwn(object, key)) return object;
  const { [key]: held, ...others } = object;
  if (rest.length === 0) return others;
  return isObject(held) ? { ...object, [key]: withoutValueAt(held, rest) } : object;
}

/** The object with the value at the path. Objects on the way are copied or made. */
export function withValueAt(object: JsonObject, [key, ...rest]: Path, value: Json): JsonObject {
  if (key === undefined) return object;
  if (rest.length === 0) return { ...object, [key]: value };
  const held = Object.hasOwn(object, key) ? object[key] : undefined;
  return { ...object, [key]: withValueAt(isObject(held) ? held : {}, rest, value) };
}

interface Places {
  /** Attributes that are not at the top, so that an attribute inside another is moved before it. */
  deepestFirst: readonly (readonly [name: string, path: Path, holdsOthers: boolean])[];
  names: ReadonlySet<string>;
}

const placesOf = perObject((provider: Placed): Places => {
  const { fields, readOnlyAt = {} } = provider;
  const placed = Object.entries(fields).flatMap(([name, { at }]) => (at ? [[name, at] as const] : []));
  const all = [...placed, ...Object.entries(readOnlyAt)].sort(([, one], [, other]) => other.length - one.length);
  const deepestFirst = all.map(([name, path]) => {
    const holdsOthers = all.some(([, other]) => other.length > path.length && isWithin(other, path));
    return [name, path, holdsOthers] as const;
  });
  return { deepestFirst, names: new Set(all.map(([name]) => name)) };
});

/** Whether a path is the outer one or leads further from there. */
export function isWithin(path: Path, outer: Path): boolean {
  return outer.every((key, at) => path[at] === key);
}

function isEmptyObject(value: Json): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** Whether the vendor's own key would be taken for a declared attribute. It gets a slash in front, and loses it again. */
function isTaken(key: string, names: ReadonlySet<string>): boolean {
  return names.has(key.replace(/^\/+/, ''));
}

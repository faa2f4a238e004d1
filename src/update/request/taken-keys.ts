import { formatPath } from '../../lib/json/field-path.ts';
import { isObject, type Json } from '../../lib/json/json-value.ts';
import { perObject } from '../../lib/per-object.ts';
import { type Echo } from '../../lib/text/printable.ts';
import type { Path } from '../../providers/field.ts';
import { placeOf } from '../../providers/interpret/record-shape.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ArgumentFault } from './validate.ts';

/** A change request, as far as it was parsed. */
interface Requested {
  set: Readonly<Record<string, Json | undefined>>;
  clear: readonly Path[];
}

/**
 * Keys of an open set that the vendor reserves, or where it keeps another declared attribute. Through the open set it would be changed with
 * the sensitivity and the effect of the set instead of its own. Names are compared without case: some vendors do so.
 */
export function takenKeys(provider: Provider, { set, clear }: Requested, echo: Echo): ArgumentFault[] {
  return openSets(provider).flatMap(({ name, attributes }) =>
    attributes.flatMap(({ attribute, path }) => {
      const given = isObject(set[name]) ? wayInto(set[name], path) : undefined;
      const cleared = clear.filter(([field, ...keys]) => field === name && keys.length > 0 && isWay(keys, path));
      const instead =
        attribute !== undefined && Object.hasOwn(provider.fields, attribute)
          ? `is the field ${attribute}; name it by itself`
          : `cannot be changed through ${name}`;
      return [
        ...(given ? [`set.${[name, ...given].map(echo).join('.')}`] : []),
        ...cleared.map((whole) => `clear: ${echo(formatPath(whole))}`),
      ].map((place) => () => `${place}: ${instead}`);
    }),
  );
}

interface OpenSet {
  name: string;
  /** The other attributes inside its place, with the keys that lead there; and keys that are reserved. */
  attributes: { attribute: string | undefined; path: Path }[];
}

const openSets = perObject((provider: Provider): OpenSet[] => {
  const { fields, readOnlyAt = {} } = provider;
  const names = [...Object.keys(fields), ...Object.keys(readOnlyAt)];
  return Object.entries(fields).flatMap(([name, { merge }]) => {
    if (!merge || merge.keys) return [];
    const container = placeOf(provider, name);
    const placed = names.flatMap((attribute) => {
      const place = placeOf(provider, attribute);
      const isInside = place.length > container.length && isWay(container, place);
      return isInside ? [{ attribute, path: place.slice(container.length) }] : [];
    });
    const reserved = (merge.reserved ?? []).map((key) => ({ attribute: undefined, path: [key] }));
    const attributes = [...placed, ...reserved];
    return attributes.length > 0 ? [{ name, attributes }] : [];
  });
});

/** The keys as given, as far as the value names something on the path, and not only beside it. */
function wayInto(value: Json | undefined, [key, ...rest]: Path): Path | undefined {
  if (key === undefined || !isObject(value)) return value === undefined ? undefined : [];
  for (const [given, member] of Object.entries(value)) {
    const further = isSameKey(given, key) ? wayInto(member, rest) : undefined;
    if (further) return [given, ...further];
  }
  return undefined;
}

/** Whether one of two paths leads to the other. */
function isWay(one: Path, other: Path): boolean {
  const shared = Math.min(one.length, other.length);
  return one.slice(0, shared).every((key, at) => isSameKey(key, other[at] ?? ''));
}

function isSameKey(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

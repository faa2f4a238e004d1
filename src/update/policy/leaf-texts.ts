import { isExact, isObject, type Json } from '../../lib/json/json-value.ts';
import type { Field } from '../../providers/field.ts';
import { bareReferences } from '../plan/references.ts';
import type { LeafChange } from '../plan/types.ts';
import type { Text } from './hidden-text.ts';

/** The texts that `oldValue` and `newValue` are compared with; `['']` for an empty value. */
export interface Texts {
  before: readonly Text[];
  after: readonly Text[];
  /** Paths inside the value, for `field` patterns that lead further than the leaf. */
  inside(): readonly (readonly string[])[];
  /** The value may contain other paths, too. */
  hidesPaths?: true;
  /** Of a list: it may be that no entry has these. */
  optional?: true;
}

/**
 * The texts of a leaf change; for a list, the texts of each added or removed entry. An added entry may replace any of
 * the removed ones. A removed entry is judged with all added ones, or as cleared if more are removed than added.
 */
export function textsOf({ before, after, list, definition }: LeafChange): Texts[] {
  const { parts = {} } = definition;
  const textsOfSide = (value: Json | undefined) => textsIn(value, parts);
  if (!list || list.removed.length + list.added.length === 0) {
    // A reference counts by its id, whatever else the vendor shows with it.
    const [old, target] = [before, after].map((value) => bareReferences(value, definition));
    return [{ before: textsOfSide(old), after: textsOfSide(target), inside: () => pathsIn([old, target]) }];
  }
  const { removed, added } = list;
  // Shared by all entries, so that the time stays linear.
  const [allRemoved, allAdded] = [textsOfSide([...removed]), textsOfSide([...added])];
  const replacement = removed.length > added.length ? [''] : allAdded;
  return [
    ...added.map((entry) => ({ before: allRemoved, after: textsOfSide(entry), inside: () => pathsIn([entry]) })),
    ...removed.map((entry) => ({ before: textsOfSide(entry), after: replacement, inside: () => pathsIn([entry]) })),
  ];
}

/** Every text in a value except its public `parts`: labels, such as the type of an e-mail address, say nothing alone. */
export function textsIn(value: Json | undefined, parts: NonNullable<Field['parts']>): string[] {
  if (value === undefined || value === null) return [''];
  if (typeof value !== 'object' || isExact(value)) return [String(value)];
  const members = Array.isArray(value)
    ? value
    : Object.entries(value).flatMap(([key, member]) => (parts[key] === 'public' ? [] : [member]));
  return members.length === 0 ? [''] : members.flatMap((member) => textsIn(member, parts));
}

/** The paths of all keys in a value; lists add no segment. */
export function pathsIn(values: readonly (Json | undefined)[], prefix: readonly string[] = []): string[][] {
  return values.flatMap((value) => {
    if (Array.isArray(value)) return pathsIn(value, prefix);
    if (!isObject(value)) return [];
    return Object.entries(value).flatMap(([key, member]) => {
      const path = [...prefix, key];
      return [path, ...pathsIn([member], path)];
    });
  });
}

import { isExact, isObject, type Json } from '../../lib/json/json-value.ts';
import type { Field } from '../../providers/provider.ts';
import { bareReferences } from '../plan/references.ts';
import type { LeafChange } from '../plan/types.ts';

/** What a rule on values is asked about: every text that goes, and every text that comes; `['']` for nothing. */
export interface Texts {
  before: readonly string[];
  after: readonly string[];
  /** Paths inside the value, for rules that lead further than the leaf. */
  inside(): readonly (readonly string[])[];
}

/**
 * The texts of a leaf. Of a list every entry that goes and every entry that comes, each by itself: one that comes may
 * stand in place of any that goes. One that goes is judged by what comes instead, or, where less comes than goes, as
 * taken away.
 */
export function textsOf({ before, after, list, definition }: LeafChange): Texts[] {
  const { parts = {} } = definition;
  const textsOfSide = (value: Json | undefined) => textsIn(value, parts);
  if (!list || list.removed.length + list.added.length === 0) {
    // By its id, whatever else the vendor shows of what is referred to.
    const [old, wanted] = [before, after].map((value) => bareReferences(value, definition));
    return [{ before: textsOfSide(old), after: textsOfSide(wanted), inside: () => pathsIn([old, wanted]) }];
  }
  const { removed, added } = list;
  // Shared by all entries, so that the time stays linear.
  const [gone, come] = [textsOfSide([...removed]), textsOfSide([...added])];
  const instead = removed.length > added.length ? [''] : come;
  return [
    ...added.map((entry) => ({ before: gone, after: textsOfSide(entry), inside: () => pathsIn([entry]) })),
    ...removed.map((entry) => ({ before: textsOfSide(entry), after: instead, inside: () => pathsIn([entry]) })),
  ];
}

/** Every text in a value, but for its public `parts`: labels, such as the type of an e-mail, say nothing by themselves. */
function textsIn(value: Json | undefined, parts: NonNullable<Field['parts']>): string[] {
  if (value === undefined || value === null) return [''];
  if (typeof value !== 'object' || isExact(value)) return [String(value)];
  const members = Array.isArray(value)
    ? value
    : Object.entries(value).flatMap(([key, member]) => (parts[key] === 'public' ? [] : [member]));
  return members.length === 0 ? [''] : members.flatMap((member) => textsIn(member, parts));
}

/** The paths of all keys in a value; lists add no segment. */
function pathsIn(values: readonly (Json | undefined)[], prefix: readonly string[] = []): string[][] {
  return values.flatMap((value) => {
    if (Array.isArray(value)) return pathsIn(value, prefix);
    if (!isObject(value)) return [];
    return Object.entries(value).flatMap(([key, member]) => {
      const path = [...prefix, key];
      return [path, ...pathsIn([member], path)];
    });
  });
}

import { isObject, type Json, type JsonObject } from '../../../lib/json/json-value.ts';
import type { Field } from '../../../providers/field.ts';
import { entryKey, isEmpty, isSame } from '../../plan/compare.ts';
import { applyToEntries } from './apply.ts';
import type { PatchOperation } from './operation.ts';

/** A list field that changes, as it was read and as it is to be. */
export interface ChangedList {
  path: string;
  definition: Field;
  before: readonly Json[];
  after: readonly Json[];
  /** The members by which a filter may name an entry, the first that is unique. */
  names: readonly string[];
  /** The service takes one entry: a new one takes the place of the old one. */
  single: boolean;
  order: 'any' | 'restored';
}

/**
 * Operations for the entries that change, and for the sub-attributes in which they do. Undefined if filters cannot name
 * them for certain: what the operations would do is computed and compared with the list that was planned.
 */
export function entryOperations(list: ChangedList): PatchOperation[] | undefined {
  const { path, before, after, definition } = list;
  const held = before.filter(isObject);
  const target = after.filter(isObject);
  if (held.length < before.length || target.length < after.length || held.length === 0) return undefined;
  const { pairs, removed, added } = pairUp(held, target, list);
  // Every entry is another one: the list is.
  if (removed.length === held.length) return undefined;
  const operations: PatchOperation[] = [];
  for (const [from, to] of pairs) {
    const changes = subAttributes(list, from, to, held);
    if (!changes) return undefined;
    operations.push(...changes);
  }
  for (const entry of removed) {
    const name = nameOf(entry, held, list.names);
    if (name === undefined) return undefined;
    operations.push({ op: 'remove', path: path + filterOf(entry, name) });
  }
  if (added.length > 0) operations.push({ op: 'add', path, value: added });
  const result = applyToEntries(held, path, operations);
  return result && operations.length > 0 && isPlanned(result, target, definition, list.order) ? operations : undefined;
}

interface Pairing {
  /** Entries that become another: with the same name, or the only one. */
  pairs: (readonly [from: JsonObject, to: JsonObject])[];
  removed: JsonObject[];
  added: JsonObject[];
}

function pairUp(held: JsonObject[], target: JsonObject[], { names, single }: ChangedList): Pairing {
  const isKept = keptIn(held);
  const added = target.filter((entry) => !isKept(entry));
  const isStill = keptIn(target);
  const removed = held.filter((entry) => !isStill(entry));
  const pairs: Pairing['pairs'] = [];
  for (const name of names) {
    for (const from of [...removed]) {
      const to = isUnique(from, held, name) ? added.find((entry) => isNamesake(from, entry, name)) : undefined;
      if (!to || !isUnique(to, target, name)) continue;
      pairs.push([from, to]);
      removed.splice(removed.indexOf(from), 1);
      added.splice(added.indexOf(to), 1);
    }
  }
  const [from, to] = [removed[0], added[0]];
  if (single && from && to) return { pairs: [...pairs, [from, to]], removed: [], added: [] };
  return { pairs, removed, added };
}

/** Whether an entry is among these; each counts once. */
function keptIn(entries: readonly JsonObject[]): (entry: JsonObject) => boolean {
  const left = entries.map(entryKey);
  return (entry) => {
    const at = left.indexOf(entryKey(entry));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  };
}

/** The sub-attributes that differ. The one that names the entry comes last, so that the filter fits until then. */
function subAttributes(list: ChangedList, from: JsonObject, to: JsonObject, held: readonly JsonObject[]) {
  const { definition, names, path } = list;
  const name = nameOf(from, held, names);
  if (name === undefined) return undefined;
  const own = definition.ownParts ?? [];
  const parts = Object.keys(definition.parts ?? {}).filter((part) => !own.includes(part));
  const ordered = [...parts.filter((part) => part !== name), name];
  return ordered.flatMap((part): PatchOperation[] => {
    const [old, value] = [from[part], to[part]];
    // `primary: false` is the same as none (RFC 7643 section 2.4).
    if (isSame(old === false ? undefined : old, value === false ? undefined : value)) return [];
    const place = `${path}${filterOf(from, name)}.${part}`;
    if (value === undefined || isEmpty(value)) return [{ op: 'remove', path: place }];
    return [{ op: isEmpty(old) ? 'add' : 'replace', path: place, value }];
  });
}

/** The member by which a filter finds this entry alone. */
function nameOf(entry: JsonObject, among: readonly JsonObject[], names: readonly string[]): string | undefined {
  return names.find((name) => isUnique(entry, among, name));
}

function isUnique(entry: JsonObject, among: readonly JsonObject[], name: string): boolean {
  const value = entry[name];
  return (
    typeof value === 'string' && value !== '' && among.filter((other) => isNamesake(entry, other, name)).length === 1
  );
}

/** Filters ignore the case of most attributes (RFC 7643 section 2.2). */
function isNamesake(entry: JsonObject, other: JsonObject, name: string): boolean {
  const [one, two] = [entry[name], other[name]];
  return typeof one === 'string' && typeof two === 'string' && one.toLowerCase() === two.toLowerCase();
}

function filterOf(entry: JsonObject, name: string): string {
  return `[${name} eq ${JSON.stringify(entry[name])}]`;
}

/** Parts that the service maintains itself may be as they were. */
function isPlanned(
  result: readonly JsonObject[],
  target: readonly JsonObject[],
  definition: Field,
  order: ChangedList['order'],
) {
  const parts = Object.keys(definition.parts ?? {});
  const own = new Set(definition.ownParts ?? []);
  const written = (entries: readonly JsonObject[]) =>
    entries.map((entry) =>
      entryKey(Object.fromEntries(Object.entries(entry).filter(([key]) => parts.includes(key) && !own.has(key)))),
    );
  const [found, expected] = [written(result), written(target)];
  if (order === 'any') return isSame([...found].sort(), [...expected].sort());
  return isSame(found, expected);
}

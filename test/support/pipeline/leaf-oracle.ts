import { canonicalJson } from '../../../src/lib/json/json.ts';
import { isObject, type Json, type JsonObject } from '../../../src/lib/json/json-value.ts';
import type { Provider } from '../../../src/providers/provider.ts';

/**
 * The leaves in which two states of a user record differ, computed from the two records alone and written as text:
 * `path: before → after`, and for lists the removed and added entries. In a declared field, `isEmpty` and the kind of
 * field say what is the same to the vendor; inside free-form objects values are compared exactly.
 */
export function differences(
  provider: Provider,
  before: JsonObject,
  after: JsonObject,
  lists: Lists = 'by entry',
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const leaves = names
    .filter((name) => !provider.volatile.includes(name) && name !== 'schemas' && name !== 'meta')
    .flatMap((name) => fieldDifferences(provider, name, before[name], after[name], lists));
  // A field that changes alike in both of its places is one leaf.
  return leaves.filter((leaf) => !/^urn:/.test(leaf) || !leaves.includes(leaf.replace(/^[^ ]*:(?=\w+: )/, ''))).sort();
}

type Lists = 'by entry' | 'whole';

/** One leaf as text; `undefined` means absent. */
export function leafText(path: string, before: unknown, after: unknown): string {
  return `${path}: ${toText(before)} → ${toText(after)}`;
}

export const losesText = (path: string, entry: unknown) => `${path} loses: ${toText(entry)}`;
export const gainsText = (path: string, entry: unknown) => `${path} gains: ${toText(entry)}`;

function fieldDifferences(
  provider: Provider,
  name: string,
  before: Json | undefined,
  after: Json | undefined,
  lists: Lists,
): string[] {
  const field = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
  if (!field) return mirroredDifferences(provider, name, before, after);
  if (field.merge && !field.merge.keys) return freeDifferences(escaped(name), before, after, lists);
  if (field.merge) {
    return keysOf(before, after).flatMap((key) => plainDifference(`${name}.${key}`, own(before, key), own(after, key)));
  }
  if (Array.isArray(before) || Array.isArray(after)) {
    const changed = entryDifferences(name, entries(before), entries(after));
    return lists === 'whole' && changed.length > 0 ? [leafText(name, known(before), known(after))] : changed;
  }
  return plainDifference(name, before, after);
}

/** In an extension, only fields that live there and the second places of others may change, alike or each by itself. */
function mirroredDifferences(
  provider: Provider,
  name: string,
  before: Json | undefined,
  after: Json | undefined,
): string[] {
  return keysOf(before, after).flatMap((key) => {
    const placed = Object.entries(provider.fields).find(([, { at }]) => at?.[0] === name && at[1] === key);
    if (placed) {
      const [field, { at = [] }] = placed;
      // What stands beside it is derived from it.
      const valueOf = (extension: Json | undefined) => at.slice(1).reduce<Json | undefined>(own, extension);
      return plainDifference(field, valueOf(before), valueOf(after));
    }
    const isMirror = Object.values(provider.fields).some(({ mirror }) => mirror?.[0] === name && mirror[1] === key);
    const path = isMirror ? `${name}:${key}` : `unplanned ${name}.${key}`;
    return plainDifference(path, own(before, key), own(after, key));
  });
}

function plainDifference(path: string, before: Json | undefined, after: Json | undefined): string[] {
  const [old, now] = [known(before), known(after)];
  return canonical(old) === canonical(now) ? [] : [leafText(path, old, now)];
}

function freeDifferences(path: string, before: Json | undefined, after: Json | undefined, lists: Lists): string[] {
  if (canonical(before) === canonical(after)) return [];
  const below = (old: Json | undefined, now: Json | undefined) =>
    keysOf(old, now).flatMap((key) => freeDifferences(`${path}.${escaped(key)}`, own(old, key), own(now, key), lists));
  if (isObject(before) && isObject(after)) return below(before, after);
  // Another kind of value: members are removed, the value changes, members are added.
  const members = [...(isObject(before) ? below(before, {}) : []), ...(isObject(after) ? below({}, after) : [])];
  const [old, now] = [emptied(before), emptied(after)];
  if (!Array.isArray(old) && !Array.isArray(now)) {
    const isImplied = before === undefined && isObject(after) && Object.keys(after).length > 0;
    return isImplied ? members : [...members, leafText(path, old, now)];
  }
  if (lists === 'whole') return [...members, leafText(path, old, now)];
  const isLine = (value: Json | undefined) => !Array.isArray(value);
  return [
    ...members,
    ...(isLine(old) && (old !== undefined || entries(now).length === 0) ? [leafText(path, old, [])] : []),
    ...entryDifferences(path, entries(old), entries(now), true),
    ...(isLine(now) ? [leafText(path, [], now)] : []),
  ];
}

function entryDifferences(path: string, before: Json[], after: Json[], ordered = false): string[] {
  const counts = new Map<string, number>();
  for (const entry of after) counts.set(canonical(entry), (counts.get(canonical(entry)) ?? 0) + 1);
  const removed: Json[] = [];
  const kept: Json[] = [];
  for (const entry of before) {
    const left = counts.get(canonical(entry)) ?? 0;
    if (left > 0) kept.push(entry);
    else removed.push(entry);
    counts.set(canonical(entry), left - 1);
  }
  const added = after.filter((_, at) => {
    const nth = after.slice(0, at + 1).filter((other) => canonical(other) === canonical(after[at])).length;
    return nth > kept.filter((other) => canonical(other) === canonical(after[at])).length;
  });
  const reordered =
    ordered && canonical([...kept, ...added]) !== canonical(after) ? [`${path}: its entries change places`] : [];
  return [
    ...removed.map((entry) => losesText(path, entry)),
    ...added.map((entry) => gainsText(path, entry)),
    ...reordered,
  ];
}

/** An object without its members. */
function emptied(value: Json | undefined): Json | undefined {
  return isObject(value) ? {} : value;
}

function entries(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function known(value: Json | undefined): Json | undefined {
  return isEmpty(value) ? undefined : value;
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function keysOf(...values: (Json | undefined)[]): string[] {
  return [...new Set(values.flatMap((value) => (isObject(value) ? Object.keys(value) : [])))];
}

function own(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function escaped(key: string): string {
  return key.replace(/[.*\\]/g, '\\$&');
}

function canonical(value: Json | undefined): string {
  return value === undefined ? 'absent' : canonicalJson(value);
}

function toText(value: unknown): string {
  return value === undefined ? 'absent' : canonicalJson(value);
}

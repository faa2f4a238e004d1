import { canonicalJson } from '../../src/lib/json/json.ts';
import { isObject, type Json, type JsonObject } from '../../src/lib/json/json-value.ts';
import type { Provider } from '../../src/providers/provider.ts';

/**
 * By which leaves two states of a record differ, worked out here from the two records alone and written as text:
 * `path: before → after`, and for lists what goes and what comes. What the vendor takes for the same in a declared field
 * is told by `isEmpty` and by the kind of field; inside free-form objects nothing is the same but itself.
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
  // A field that moves in step in both of its places is one leaf.
  return leaves.filter((leaf) => !/^urn:/.test(leaf) || !leaves.includes(leaf.replace(/^[^ ]*:(?=\w+: )/, ''))).sort();
}

type Lists = 'by entry' | 'whole';

/** One leaf as text; `undefined` stands for an absent value. */
export function leafText(path: string, before: unknown, after: unknown): string {
  return `${path}: ${toText(before)} → ${toText(after)}`;
}

export const goesText = (path: string, entry: unknown) => `${path} loses: ${toText(entry)}`;
export const comesText = (path: string, entry: unknown) => `${path} gains: ${toText(entry)}`;

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
    const moved = entryDifferences(name, entries(before), entries(after));
    return lists === 'whole' && moved.length > 0 ? [leafText(name, known(before), known(after))] : moved;
  }
  return plainDifference(name, before, after);
}

/** Of an extension only the second places of fields may move, in step or each by itself. */
function mirroredDifferences(
  provider: Provider,
  name: string,
  before: Json | undefined,
  after: Json | undefined,
): string[] {
  return keysOf(before, after).flatMap((key) => {
    const isMirror = Object.values(provider.fields).some(({ mirror }) => mirror?.[0] === name && mirror[1] === key);
    const path = isMirror ? `${name}:${key}` : `unasked ${name}.${key}`;
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
  // Another kind of value: what was in an object goes, it becomes something else, what is in that comes.
  const parts = [...(isObject(before) ? below(before, {}) : []), ...(isObject(after) ? below({}, after) : [])];
  const [old, now] = [emptied(before), emptied(after)];
  if (!Array.isArray(old) && !Array.isArray(now)) {
    const isImplied = before === undefined && isObject(after) && Object.keys(after).length > 0;
    return isImplied ? parts : [...parts, leafText(path, old, now)];
  }
  if (lists === 'whole') return [...parts, leafText(path, old, now)];
  const isLine = (value: Json | undefined) => !Array.isArray(value);
  return [
    ...parts,
    ...(isLine(old) && (old !== undefined || entries(now).length === 0) ? [leafText(path, old, [])] : []),
    ...entryDifferences(path, entries(old), entries(now), true),
    ...(isLine(now) ? [leafText(path, [], now)] : []),
  ];
}

function entryDifferences(path: string, before: Json[], after: Json[], ordered = false): string[] {
  const counts = new Map<string, number>();
  for (const entry of after) counts.set(canonical(entry), (counts.get(canonical(entry)) ?? 0) + 1);
  const gone: Json[] = [];
  const stayed: Json[] = [];
  for (const entry of before) {
    const left = counts.get(canonical(entry)) ?? 0;
    if (left > 0) stayed.push(entry);
    else gone.push(entry);
    counts.set(canonical(entry), left - 1);
  }
  const come = after.filter((_, at) => {
    const nth = after.slice(0, at + 1).filter((other) => canonical(other) === canonical(after[at])).length;
    return nth > stayed.filter((other) => canonical(other) === canonical(after[at])).length;
  });
  const moved =
    ordered && canonical([...stayed, ...come]) !== canonical(after) ? [`${path}: its entries change places`] : [];
  return [...gone.map((entry) => goesText(path, entry)), ...come.map((entry) => comesText(path, entry)), ...moved];
}

/** An object without its parts. */
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

import { formatPath } from '../../lib/json/field-path.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import { isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import type { Field, Path } from '../../providers/field.ts';
import { entryKey, isSame } from './compare.ts';
import { diffList } from './diff-list.ts';
import { bareReferences, toWritten } from './references.ts';
import type { LeafChange } from './types.ts';

/** The new value of a field, and the leaves in which it differs from the present one. */
export interface FieldDifference {
  leaves: LeafChange[];
  after: Json | undefined;
}

/**
 * Compares a field with its target value, leaf by leaf, and builds the value to write from the leaves: all else stays as
 * it was read, in the vendor's spelling. Omits leaves whose path is in `without`.
 *
 * Inside free-form objects values are compared exactly: absent, `null`, `""`, `[]` and `{}` are five values (four where
 * `null` is how the vendor empties a key), and two Unicode forms of a text are two. Elsewhere `definition.compare` says what is the same to the vendor.
 */
export function compareField(
  field: string,
  definition: Field,
  before: Json | undefined,
  target: Json | undefined,
  without: ReadonlySet<string> = new Set(),
): FieldDifference {
  const comparison: Comparison = { definition, without, leaves: [] };
  const path = [field];
  if (without.has(formatPath(path))) return { leaves: [], after: before };
  const { merge } = definition;
  const compare = merge ? (merge.keys ? compareKnownKeys : compareFreely) : compareWhole;
  const after = compare(comparison, path, before, target);
  return { leaves: comparison.leaves, after };
}

/** A leaf as policy, results and the audit log name it. */
export function leafName({ path }: Pick<LeafChange, 'path'>): string {
  return formatPath(path);
}

/**
 * The value at a path inside a field. A key of a free-form object that the vendor empties with `null` may stay there with
 * it, so `null` is no value then.
 */
export function presentValue({ merge }: Field, path: Path, value: Json | undefined): Json | undefined {
  return value === null && path.length === 2 && merge?.clear === 'null' ? undefined : value;
}

/** Whether the tenant chooses the keys of a field. */
export function isFreeForm({ merge }: Field): boolean {
  return merge !== undefined && merge.keys === undefined;
}

/** The entries of a leaf that is a list, by its values alone: what `compareField` found when the leaf was planned. */
export function listBetween(definition: Field, before: Json | undefined, after: Json | undefined): LeafChange['list'] {
  if (isFreeForm(definition)) return freeList(before, after);
  const { merge, mirror, readback } = definition;
  if (merge || mirror || readback === false || !areLists(before, after)) return undefined;
  const { after: _, ...list } = diffDeclared(definition, before, after);
  return list;
}

interface Comparison {
  definition: Field;
  without: ReadonlySet<string>;
  leaves: LeafChange[];
}

/** A value that is not changed key by key. */
function compareWhole(
  comparison: Comparison,
  path: Path,
  before: Json | undefined,
  target: Json | undefined,
): Json | undefined {
  const { definition } = comparison;
  if (areLists(before, target)) return compareList(comparison, path, before, target);
  return isSame(before, target, definition.compare) ? before : addLeaf(comparison, path, before, target);
}

/** A declared list: `null`, absent and `[]` are the same, and order counts only if the field says so. */
function compareList(
  comparison: Comparison,
  path: Path,
  before: Json | undefined,
  target: Json | undefined,
): Json | undefined {
  const { definition } = comparison;
  const { after, ...list } = diffDeclared(definition, before, target);
  if (list.added.length + list.removed.length === 0 && !list.reordered) return before;
  return addLeaf(comparison, path, before, Array.isArray(target) ? toWritten(after, definition) : target, list);
}

function areLists(before: Json | undefined, target: Json | undefined): boolean {
  const isList = (value: Json | undefined) => Array.isArray(value) || isSame(value, undefined);
  return (Array.isArray(before) || Array.isArray(target)) && isList(before) && isList(target);
}

function diffDeclared(definition: Field, before: Json | undefined, target: Json | undefined) {
  const ordered = definition.compare !== 'set' && definition.compare !== 'unordered';
  return diffList(asList(bareReferences(before, definition)), asList(target), { keyOf: entryKey, ordered });
}

/** An object with declared keys, each compared like a field. */
function compareKnownKeys(comparison: Comparison, path: Path, before: Json | undefined, target: Json | undefined) {
  if (!isObject(before) && !isSame(before, undefined)) return addLeaf(comparison, path, before, target);
  const after = combine(asObject(before), asObject(target), (key, old, value) =>
    isSame(old, value) ? old : addLeaf(comparison, [...path, key], old, value),
  );
  if (comparison.leaves.length === 0) return before;
  return Object.keys(after).length === 0 ? target : after;
}

/** Free-form values, exactly. If the kind of value changes: members are removed, the value changes, members are added. */
function compareFreely(
  comparison: Comparison,
  path: Path,
  held: Json | undefined,
  sought: Json | undefined,
): Json | undefined {
  const [before, target] = [held, sought].map((value) => presentValue(comparison.definition, path, value));
  if (isObject(before) && isObject(target)) return compareMembers(comparison, path, before, target);
  if (isIdentical(before, target)) return held;
  const emptied = isObject(before) ? compareMembers(comparison, path, before, {}) : before;
  if (isObject(emptied) && Object.keys(emptied).length > 0) return emptied; // a member is omitted from the change
  const container = isObject(target) ? {} : target;
  // An absent container comes with its first member; only an empty one is a leaf of its own.
  const isImplied = before === undefined && isObject(target) && Object.keys(target).length > 0;
  const hasChanged = !isImplied && !isIdentical(emptied, container);
  const changed = hasChanged ? addLeaf(comparison, path, emptied, container, freeList(emptied, container)) : container;
  if (!isObject(changed) || !isObject(target)) return changed;
  const after = compareMembers(comparison, path, changed, target);
  return isImplied && Object.keys(after).length === 0 ? undefined : after;
}

function compareMembers(comparison: Comparison, path: Path, before: JsonObject, target: JsonObject): JsonObject {
  return combine(before, target, (key, old, value) => compareFreely(comparison, [...path, key], old, value));
}

function freeList(before: Json | undefined, after: Json | undefined): LeafChange['list'] {
  if (!Array.isArray(before) && !Array.isArray(after)) return undefined;
  const { after: _, ...list } = diffList(asList(before), asList(after), { keyOf: canonicalJson, ordered: true });
  return list;
}

/** Adds a leaf and returns its new value, or the old value if the leaf is omitted. */
function addLeaf(
  { definition, without, leaves }: Comparison,
  path: Path,
  before: Json | undefined,
  after: Json | undefined,
  list?: LeafChange['list'],
): Json | undefined {
  if (without.has(formatPath(path))) return before;
  const { effect, merge } = definition;
  const isUnknown = path[1] !== undefined && merge?.keys?.includes(path[1]) === false;
  const sensitivity = isUnknown ? 'secret' : definition.sensitivity;
  const exact = isFreeForm(definition);
  leaves.push({ path, definition, effect, sensitivity, before, after, exact, ...(list && { list }) });
  return after;
}

/** Maps each key of either object with `valueOf`. Keys keep the order of `before`, and new ones follow. */
function combine(
  before: JsonObject,
  target: JsonObject,
  valueOf: (key: string, before: Json | undefined, target: Json | undefined) => Json | undefined,
): JsonObject {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(target)])];
  const own = (object: JsonObject, key: string) => (Object.hasOwn(object, key) ? object[key] : undefined);
  const members = keys.map((key) => [key, valueOf(key, own(before, key), own(target, key))] as const);
  return Object.fromEntries(members.filter((member): member is [string, Json] => member[1] !== undefined));
}

function asList(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isIdentical(one: Json | undefined, other: Json | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one === other || canonicalJson(one) === canonicalJson(other);
}

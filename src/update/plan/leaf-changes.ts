import { formatPath } from '../../lib/json/field-path.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import { isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import type { Field } from '../../providers/provider.ts';
import { entryKey, isSame } from './compare.ts';
import { listChanges } from './list-changes.ts';
import { bareReferences, toWritten } from './references.ts';
import type { LeafChange } from './types.ts';

/** What a field will hold, and every leaf by which that differs from what it holds. */
export interface FieldDifference {
  leaves: LeafChange[];
  after: Json | undefined;
}

/**
 * Compares a field with its target value, leaf by leaf, and builds the value to write from the leaves: what is in no
 * leaf stays as it was read, in the vendor's own spelling. A leaf whose path is in `without` is left out.
 *
 * Inside free-form objects values are compared exactly: absent, `null`, `""`, `[]` and `{}` are five values, and two
 * Unicode forms of one text are two. Elsewhere `definition.compare` tells what the vendor takes for the same.
 */
export function compareField(
  field: string,
  definition: Field,
  before: Json | undefined,
  target: Json | undefined,
  without: ReadonlySet<string> = new Set(),
): FieldDifference {
  const scope: Scope = { definition, without, leaves: [] };
  const path = [field];
  if (without.has(formatPath(path))) return { leaves: [], after: before };
  const { merge } = definition;
  const compare = merge ? (merge.keys ? compareKnownKeys : compareFreely) : compareWhole;
  const after = compare(scope, path, before, target);
  return { leaves: scope.leaves, after };
}

/** A leaf as policy, results and the audit log name it. */
export function leafName({ path }: Pick<LeafChange, 'path'>): string {
  return formatPath(path);
}

/** Whether every key of a field is the tenant's own. */
export function isFreeForm({ merge }: Field): boolean {
  return merge !== undefined && merge.keys === undefined;
}

interface Scope {
  definition: Field;
  without: ReadonlySet<string>;
  leaves: LeafChange[];
}

type Path = readonly string[];

/** A value without named parts. */
function compareWhole(scope: Scope, path: Path, before: Json | undefined, target: Json | undefined): Json | undefined {
  const { definition } = scope;
  const isList = (value: Json | undefined) => Array.isArray(value) || isSame(value, undefined);
  if ((Array.isArray(before) || Array.isArray(target)) && isList(before) && isList(target)) {
    return compareList(scope, path, before, target);
  }
  return isSame(before, target, definition.compare) ? before : noteLeaf(scope, path, before, target);
}

/** A declared list: `null`, absent and `[]` are one, and order counts only where the field says so. */
function compareList(scope: Scope, path: Path, before: Json | undefined, target: Json | undefined): Json | undefined {
  const { definition } = scope;
  const held = bareReferences(before, definition);
  const { after, ...list } = listChanges(asList(held), asList(target), {
    keyOf: entryKey,
    ordered: definition.compare !== 'set' && definition.compare !== 'unordered',
  });
  if (list.added.length + list.removed.length === 0 && !list.reordered) return before;
  return noteLeaf(scope, path, before, Array.isArray(target) ? toWritten(after, definition) : target, list);
}

/** An object whose keys the vendor declares; each is compared as a field would be. */
function compareKnownKeys(scope: Scope, path: Path, before: Json | undefined, target: Json | undefined) {
  if (!isObject(before) && !isSame(before, undefined)) return noteLeaf(scope, path, before, target);
  const after = combine(asObject(before), asObject(target), (key, old, value) =>
    isSame(old, value) ? old : noteLeaf(scope, [...path, key], old, value),
  );
  if (scope.leaves.length === 0) return before;
  return Object.keys(after).length === 0 ? target : after;
}

/** Free-form values, exactly. Where the kind of value changes, first its parts go, then it changes, then parts come. */
function compareFreely(scope: Scope, path: Path, before: Json | undefined, target: Json | undefined): Json | undefined {
  if (isObject(before) && isObject(target)) return compareMembers(scope, path, before, target);
  if (isIdentical(before, target)) return before;
  const emptied = isObject(before) ? compareMembers(scope, path, before, {}) : before;
  if (isObject(emptied) && Object.keys(emptied).length > 0) return emptied; // a part is left out of the change
  const container = isObject(target) ? {} : target;
  // A container that was absent comes with the first part in it; only an empty one is a leaf by itself.
  const isImplied = before === undefined && isObject(target) && Object.keys(target).length > 0;
  const hasChanged = !isImplied && !isIdentical(emptied, container);
  const changed = hasChanged ? noteLeaf(scope, path, emptied, container, freeList(emptied, container)) : container;
  if (!isObject(changed) || !isObject(target)) return changed;
  const after = compareMembers(scope, path, changed, target);
  return isImplied && Object.keys(after).length === 0 ? undefined : after;
}

function compareMembers(scope: Scope, path: Path, before: JsonObject, target: JsonObject): JsonObject {
  return combine(before, target, (key, old, value) => compareFreely(scope, [...path, key], old, value));
}

function freeList(before: Json | undefined, after: Json | undefined): LeafChange['list'] {
  if (!Array.isArray(before) && !Array.isArray(after)) return undefined;
  const { after: _, ...list } = listChanges(asList(before), asList(after), { keyOf: canonicalJson, ordered: true });
  return list;
}

/** Notes a leaf and answers with its new value; with the old one where the leaf is left out. */
function noteLeaf(
  { definition, without, leaves }: Scope,
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

/** Each key of either object with what `valueOf` makes of it; keys keep the order of `before`, new ones follow. */
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

import { formatPath } from '../../lib/json/field-path.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { Field } from '../../providers/field.ts';
import { fieldOf, type Provider } from '../../providers/provider.ts';
import { isEmpty, isSame, matchesTarget } from './compare.ts';
import { withoutDerived } from './derived.ts';
import { compareField, isFreeForm, leafName, presentValue } from './leaf-changes.ts';
import { readField } from './plan-field.ts';
import type { Collateral, FieldChange, LeafChange, Plan, UnplannedChange } from './types.ts';

/** The state of the user record after a write. Leaves of a merged object are named by their paths. */
export interface Verification {
  /** Fields with the new value. */
  seen: string[];
  /** Fields that still have the old value. */
  old: string[];
  /** Fields with another value. */
  other: string[];
  /** Fields the vendor never returns, according to its documents. */
  writeOnly: string[];
  /** Fields that are missing from the record that was read. */
  unreadable: string[];
  /** Unplanned changes: attributes, and leaves of planned fields. */
  collateral: Collateral[];
  /** The same by whole fields, for the before-image. */
  moved: UnplannedChange[];
}

/** Compares the user record that was read back with the plan: the whole record, not only the planned fields. Pure. */
export function verify(provider: Provider, plan: Plan, before: JsonObject, after: JsonObject): Verification {
  const result: Verification = {
    seen: [],
    old: [],
    other: [],
    writeOnly: [],
    unreadable: [],
    collateral: [],
    moved: [],
  };
  for (const change of plan.changes) {
    if (!change.definition.merge) result[readBackField(change, plan, after)].push(change.field);
    else for (const leaf of change.leaves) result[readBackLeaf(leaf, before, after)].push(leafName(leaf));
  }
  const planned = new Map(plan.changes.map((change) => [change.field, change]));
  const rest = withoutDerived(provider, after, plan.changes);
  for (const field of movedBetween(provider, plan.expected, rest)) {
    const change = planned.get(field);
    if (!change) {
      const moved = { field, before: before[field], after: after[field] };
      result.collateral.push(moved);
      result.moved.push(moved);
      continue;
    }
    const unplanned = change.definition.merge ? unplannedLeaves(change, plan.expected[field], after[field]) : [];
    if (unplanned.length === 0) continue;
    result.moved.push({ field, before: plan.expected[field], after: after[field] });
    for (const leaf of unplanned) {
      result.collateral.push({ field: leafName(leaf), before: leaf.before, after: leaf.after, leaf });
    }
  }
  return result;
}

/** The user record is gone, as the change of this field says. What else was changed can no longer be seen. */
export function removalSeen(plan: Plan, field: string): Verification {
  const others = plan.changes.map((change) => change.field).filter((name) => name !== field);
  return { seen: [field], old: [], other: [], writeOnly: others, unreadable: [], collateral: [], moved: [] };
}

/** The attributes in which two states of a user record differ, except for volatile ones. */
export function movedBetween(provider: Provider, before: JsonObject, after: JsonObject): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => {
    if (before[field] === after[field] || provider.volatile.includes(field)) return false;
    const definition = fieldOf(provider, field);
    if (definition?.merge) return differencesIn(field, definition, before[field], after[field]).length > 0;
    // Read-only lists, such as groups and tags, come in any order; the order of undeclared ones may mean something.
    const how = definition?.compare ?? (Object.hasOwn(provider.readOnly, field) ? 'unordered' : 'exact');
    return definition?.readback !== false && !isSame(before[field], after[field], how);
  });
}

type ReadBack = Exclude<keyof Verification, 'collateral' | 'moved'>;

function readBackField(change: FieldChange, plan: Plan, record: JsonObject): ReadBack {
  const { field, definition } = change;
  if (definition.readback === false) return 'writeOnly';
  const [old, now] = [plan.before, record].map((state) => readField(state, field, definition));
  const mirrored = definition.mirror
    ? isSame(valueAt(record, definition.mirror), valueAt(plan.expected, definition.mirror), definition.compare)
    : true;
  if (isSame(now, change.after, definition.compare) && mirrored) return 'seen';
  if (isEmpty(now) && !Object.hasOwn(record, field) && isEmpty(old)) return 'unreadable';
  if (isSame(now, old, definition.compare)) return 'old';
  // Checked last: where old and new value differ only by such a normalization, the old one must not pass for the new one.
  return mirrored && matchesTarget(now, change.after, definition.compare) ? 'seen' : 'other';
}

function readBackLeaf(leaf: LeafChange, before: JsonObject, after: JsonObject): ReadBack {
  const [field = ''] = leaf.path;
  const now = presentValue(leaf.definition, leaf.path, valueAt(after, leaf.path));
  const isLike = leaf.exact ? isIdentical : isSame;
  if (leaf.after !== undefined && !Object.hasOwn(after, field) && !Object.hasOwn(before, field)) return 'unreadable';
  if (isLike(now, leaf.after) || (!leaf.exact && matchesTarget(now, leaf.after) && !isSame(now, leaf.before)))
    return 'seen';
  return isLike(now, leaf.before) ? 'old' : 'other';
}

/** An empty object as a leaf is only the container: its members are leaves of their own. */
function isIdentical(now: Json | undefined, value: Json | undefined): boolean {
  if (now === undefined || value === undefined) return now === value;
  if (isObject(value) && Object.keys(value).length === 0) return isObject(now);
  return canonicalJson(now) === canonicalJson(value);
}

/** Leaves of a planned field that changed without being planned. */
function unplannedLeaves(change: FieldChange, expected: Json | undefined, now: Json | undefined): LeafChange[] {
  const planned = new Set(change.leaves.map(leafName));
  const isPlanned = ({ path }: LeafChange) => path.some((_, at) => planned.has(formatPath(path.slice(0, at + 1))));
  return differencesIn(change.field, change.definition, expected, now).filter((leaf) => !isPlanned(leaf));
}

/** Vendors leave out a container of custom fields without any: that is no change. */
function differencesIn(field: string, definition: Field, before: Json | undefined, after: Json | undefined) {
  const filled = (value: Json | undefined) =>
    isFreeForm(definition) && isObject(value) && Object.keys(value).length === 0 ? undefined : value;
  return compareField(field, definition, filled(before), filled(after)).leaves;
}

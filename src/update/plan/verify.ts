import { formatPath } from '../../lib/json/field-path.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import { type Provider } from '../../providers/provider.ts';
import type { Moved } from '../write/before-image.ts';
import { isEmpty, isSame } from './compare.ts';
import { isSeen } from './equivalent.ts';
import { compareField, leafName } from './leaf-changes.ts';
import { readField } from './plan-field.ts';
import type { FieldChange, LeafChange, Plan } from './types.ts';

/** What reading the record back told. Parts of an object that is changed key by key are named by their paths. */
export interface Verification {
  /** Fields that show the new value. */
  seen: string[];
  /** Fields that still show the old one. */
  old: string[];
  /** Fields that show neither. */
  other: string[];
  /** Fields the vendor never gives back, by its own documents. */
  writeOnly: string[];
  /** Fields that should be there and are not part of what was read. */
  unreadable: string[];
  /** What nobody asked for and is not as it was: attributes, and parts of a planned field, as leaves. */
  collateral: (Moved & { leaf?: LeafChange })[];
  /** The same by whole fields, for the before-image. */
  moved: Moved[];
}

/** Holds the record that was read back against the plan: the whole record, not only what was planned. Pure. */
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
    if (!change.definition.merge) result[standing(change, plan, after)].push(change.field);
    else for (const leaf of change.leaves) result[leafStanding(leaf, before, after)].push(leafName(leaf));
  }
  const planned = new Map(plan.changes.map((change) => [change.field, change]));
  for (const field of movedBetween(provider, plan.expected, after)) {
    const change = planned.get(field);
    if (!change) {
      const moved = { field, before: before[field], after: after[field] };
      result.collateral.push(moved);
      result.moved.push(moved);
      continue;
    }
    const unasked = change.definition.merge ? unaskedLeaves(change, plan.expected[field], after[field]) : [];
    if (unasked.length === 0) continue;
    result.moved.push({ field, before: plan.expected[field], after: after[field] });
    for (const leaf of unasked) {
      result.collateral.push({ field: leafName(leaf), before: leaf.before, after: leaf.after, leaf });
    }
  }
  return result;
}

/** The attributes in which two states of a record differ, but for those that move by themselves. */
export function movedBetween(provider: Provider, before: JsonObject, after: JsonObject): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => {
    if (provider.volatile.includes(field)) return false;
    const definition = Object.hasOwn(provider.fields, field) ? provider.fields[field] : undefined;
    if (definition?.merge) return compareField(field, definition, before[field], after[field]).leaves.length > 0;
    // What can only be read, groups and tags say, comes in any order; of what nobody declared the order may mean something.
    const how = definition?.compare ?? (Object.hasOwn(provider.readOnly, field) ? 'unordered' : 'exact');
    return definition?.readback !== false && !isSame(before[field], after[field], how);
  });
}

type Standing = 'seen' | 'old' | 'other' | 'writeOnly' | 'unreadable';

function standing(change: FieldChange, plan: Plan, record: JsonObject): Standing {
  const { field, definition } = change;
  if (definition.readback === false) return 'writeOnly';
  const [old, now] = [plan.before, record].map((state) => readField(state, field, definition));
  const mirrored = definition.mirror
    ? isSame(valueAt(record, definition.mirror), valueAt(plan.expected, definition.mirror), definition.compare)
    : true;
  if (isSame(now, change.after, definition.compare) && mirrored) return 'seen';
  if (isEmpty(now) && !Object.hasOwn(record, field) && isEmpty(old)) return 'unreadable';
  if (isSame(now, old, definition.compare)) return 'old';
  // Only now: where a change is of a kind the vendor may make itself, the old value must not pass for the new one.
  return mirrored && isSeen(now, change.after, definition.compare) ? 'seen' : 'other';
}

function leafStanding(leaf: LeafChange, before: JsonObject, after: JsonObject): Standing {
  const [field = ''] = leaf.path;
  const now = valueAt(after, leaf.path);
  const isLike = leaf.exact ? isIdentical : isSame;
  if (leaf.after !== undefined && !Object.hasOwn(after, field) && !Object.hasOwn(before, field)) return 'unreadable';
  if (isLike(now, leaf.after) || (!leaf.exact && isSeen(now, leaf.after) && !isSame(now, leaf.before))) return 'seen';
  return isLike(now, leaf.before) ? 'old' : 'other';
}

/** An empty object as a leaf is only the container: what comes in it is a leaf of its own. */
function isIdentical(now: Json | undefined, value: Json | undefined): boolean {
  if (now === undefined || value === undefined) return now === value;
  if (isObject(value) && Object.keys(value).length === 0) return isObject(now);
  return canonicalJson(now) === canonicalJson(value);
}

/** Parts of a planned field that moved and are in no planned leaf. */
function unaskedLeaves(change: FieldChange, expected: Json | undefined, now: Json | undefined): LeafChange[] {
  const planned = new Set(change.leaves.map(leafName));
  const isPlanned = ({ path }: LeafChange) => path.some((_, at) => planned.has(formatPath(path.slice(0, at + 1))));
  return compareField(change.field, change.definition, expected, now).leaves.filter((leaf) => !isPlanned(leaf));
}

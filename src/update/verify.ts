import { type Json, type JsonObject, valueAt } from '../json-value.ts';
import { type Provider } from '../providers/provider.ts';
import { isEmpty, isSame } from './compare.ts';
import { readField } from './plan.ts';
import { isSeen } from './read-back.ts';
import type { Change, Plan } from './types.ts';

/** What reading the record back told, field by field. */
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
  /** Attributes nobody asked for that are not as they were. */
  collateral: { field: string; before: Json | undefined; after: Json | undefined }[];
}

/** Holds the record that was read back against the plan: the whole record, not only what was planned. Pure. */
export function verify(provider: Provider, plan: Plan, before: JsonObject, after: JsonObject): Verification {
  const result: Verification = { seen: [], old: [], other: [], writeOnly: [], unreadable: [], collateral: [] };
  for (const change of plan.changes) result[standing(change, plan, after)].push(change.field);
  const planned = new Set(plan.changes.map((change) => change.field));
  for (const field of movedBetween(provider, plan.expected, after)) {
    if (!planned.has(field)) result.collateral.push({ field, before: before[field], after: after[field] });
  }
  return result;
}

/** The attributes in which two states of a record differ, but for those that move by themselves. */
export function movedBetween(provider: Provider, before: JsonObject, after: JsonObject): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => {
    if (provider.volatile.includes(field)) return false;
    const definition = Object.hasOwn(provider.fields, field) ? provider.fields[field] : undefined;
    // What can only be read, groups and tags say, comes in any order; of what nobody declared the order may mean something.
    const how = definition?.compare ?? (Object.hasOwn(provider.readOnly, field) ? 'unordered' : 'exact');
    return definition?.readback !== false && !isSame(before[field], after[field], how);
  });
}

function standing(change: Change, plan: Plan, record: JsonObject): Exclude<keyof Verification, 'collateral'> {
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

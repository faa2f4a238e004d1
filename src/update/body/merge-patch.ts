import { AppError } from '../../errors.ts';
import { formatPath } from '../../lib/json/field-path.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import { placeOf, toVendorRecord, withoutValueAt, withValueAt } from '../../providers/interpret/record-shape.ts';
import type { FieldChange } from '../plan/types.ts';
import type { Encoder, ToEncode } from './encoder.ts';
import { changedValues, compact, echoedFields } from './parts.ts';

/**
 * What changes, each at its place (RFC 7396): a key that is not named keeps its value, and `null` removes one. An object
 * that is not changed key by key is sent whole, with `null` for what the old one had besides.
 */
export const mergePatchBody: Encoder = (toEncode) => {
  const { provider, write, record, changes } = toEncode;
  const before = toVendorRecord(provider, record);
  const after = vendorRecordAfter(toEncode);
  const echoed = toVendorRecord(provider, echoedFields(write, record, changes));
  return changes.reduce((body, change) => {
    const patchAt = change.definition.merge ? patchOf : wholePatchOf;
    return placesOf(toEncode, change).reduce((patched, place) => {
      const path: PatchPath = { keys: [change.field], definition: change.definition };
      const patch = patchAt(path, valueAt(before, place), valueAt(after, place));
      return patch === undefined ? patched : withValueAt(patched, place, merged(valueAt(patched, place), patch));
    }, body);
  }, echoed);
};

function vendorRecordAfter({ provider, record, changes }: ToEncode): JsonObject {
  const after = toVendorRecord(provider, compact({ ...record, ...changedValues(changes) }));
  return changes.reduce((rest, { second }) => {
    if (!second) return rest;
    const { path, after: value } = second;
    return value === undefined ? withoutValueAt(rest, path) : withValueAt(rest, path, value);
  }, after);
}

function placesOf({ provider }: ToEncode, { field, second }: FieldChange) {
  return [placeOf(provider, field), ...(second ? [second.path] : [])];
}

/** Where a patch is, for messages. */
interface PatchPath {
  keys: readonly string[];
  definition: FieldChange['definition'];
}

/** The keys that differ, at any depth; undefined if none does. */
function patchOf(path: PatchPath, before: Json | undefined, after: Json | undefined): Json | undefined {
  if (after === undefined) return before === undefined ? undefined : null;
  if (isObject(before) && isObject(after)) {
    const patch = members(before, after, (key) => patchOf(below(path, key), own(before, key), own(after, key)));
    return Object.keys(patch).length > 0 ? patch : undefined;
  }
  return before !== undefined && canonicalJson(before) === canonicalJson(after) ? undefined : valueIn(path, after);
}

/** The value, and `null` for each key that the old one has besides. */
function wholePatchOf(path: PatchPath, before: Json | undefined, after: Json | undefined): Json | undefined {
  if (after === undefined) return before === undefined ? undefined : null;
  if (!isObject(after)) return valueIn(path, after);
  const old = isObject(before) ? before : {};
  return members(old, after, (key) => wholePatchOf(below(path, key), own(old, key), own(after, key)));
}

function members(before: JsonObject, after: JsonObject, patchOfKey: (key: string) => Json | undefined): JsonObject {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return compact(Object.fromEntries(keys.map((key) => [key, patchOfKey(key)])));
}

/**
 * A value that is sent as it is. `null` would remove the key instead, which is right where the vendor empties the field
 * or the key so.
 */
function valueIn(path: PatchPath, value: Json): Json {
  const { keys, definition } = path;
  const isEmptied = keys.length === 1 || (keys.length === 2 && definition.merge?.clear === 'null');
  if (value === null && !isEmptied) {
    throw new AppError('invalid_input', `${formatPath(keys)}: a merge patch cannot write null; clear it instead`);
  }
  if (isObject(value)) for (const [key, member] of Object.entries(value)) valueIn(below(path, key), member);
  return value;
}

function below({ keys, definition }: PatchPath, key: string): PatchPath {
  return { keys: [...keys, key], definition };
}

function own(object: JsonObject, key: string): Json | undefined {
  return valueAt(object, [key]);
}

/** A patch beside what other fields changed or sent along in the same object. */
function merged(held: Json | undefined, patch: Json): Json {
  if (!isObject(held) || !isObject(patch)) return patch;
  const added = Object.entries(patch).map(([key, member]) => [key, merged(own(held, key), member)] as const);
  return Object.fromEntries([...Object.entries(held), ...added]);
}

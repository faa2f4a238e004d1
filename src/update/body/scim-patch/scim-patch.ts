import { AppError } from '../../../errors.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../../../lib/json/json-value.ts';
import { placeOf, toVendorRecord, withoutValueAt, withValueAt } from '../../../providers/interpret/record-shape.ts';
import { isEmpty, isSame } from '../../plan/compare.ts';
import type { FieldChange } from '../../plan/types.ts';
import type { Encoder, ToEncode } from '../encoder.ts';
import { echoedFields } from '../parts.ts';
import { entryOperations } from './entries.ts';
import { isUrn, type PatchOperation, patchMessage, scimPath } from './operation.ts';

/** Operations for exactly the leaves that change, and for the fields that are sent along. */
export const scimPatchBody: Encoder = (toEncode) => {
  const { provider, write, record, changes } = toEncode;
  const planned = changes.filter(({ asked, after }) => !asked || after !== undefined);
  const changed = new Set(planned.map(({ field }) => field));
  const echoed = Object.entries(echoedFields(write, record, changes)).filter(([field]) => !changed.has(field));
  const alongside = planned.length === 0 ? [] : echoed;
  const operations = [
    ...alongside.map(([field, value]): PlacedOperation => ({ place: placeOf(provider, field), op: 'replace', value })),
    ...planned.flatMap((change) => operationsFor(toEncode, change)),
  ];
  const styled = write.patchStyle === 'object' ? inObjects(toEncode, operations) : operations.map(withPath);
  const { maxOperations } = write;
  if (maxOperations !== undefined && styled.length > maxOperations) {
    const message = `set: the change takes ${styled.length} operations, and ${provider.title} takes at most ${maxOperations} in one request; change fewer fields at once`;
    throw new AppError('invalid_input', message);
  }
  return patchMessage(styled);
};

/** An operation before it is styled: the place of what it sets as keys, or a finished path. */
type PlacedOperation =
  | { op: 'add' | 'replace'; place: readonly string[]; value: Json }
  | { op: 'remove'; place: readonly string[] }
  | PatchOperation;

function operationsFor(toEncode: ToEncode, change: FieldChange): PlacedOperation[] {
  const { provider } = toEncode;
  const { field, definition, before, after, leaves } = change;
  const place = placeOf(provider, field);
  if (definition.readback === false) return after === undefined ? [] : [{ op: 'replace', place, value: after }];
  if (isNothing(after)) return [{ op: 'remove', place: emptiedPlace(toEncode, change) }];
  if (definition.merge) {
    return leaves.map((leaf): PlacedOperation => {
      const inner = [...place, ...leaf.path.slice(1)];
      return isNothing(leaf.after) ? { op: 'remove', place: inner } : setAt(inner, leaf.before, leaf.after);
    });
  }
  if (Array.isArray(after)) return listOperations(toEncode, change, after);
  return [setAround(toEncode, change, after) ?? setAt(place, before, after)];
}

/** A complex value with parts that the service derives goes whole without them: not every service takes a path into it. */
function setAround({ provider, record }: ToEncode, change: FieldChange, after: Json): PlacedOperation | undefined {
  const place = placeOf(provider, change.field);
  const around = place.slice(0, -1);
  const { derives = [] } = change.definition;
  if (derives.length === 0 || around.length === 0) return undefined;
  const old = toVendorRecord(provider, record);
  const whole = withValueAt(withoutDerived(old, derives), place, after);
  return setAt(around, valueAt(old, around), valueAt(whole, around) ?? after);
}

function listOperations(
  { provider, write, listOrder }: ToEncode,
  change: FieldChange,
  after: Json[],
): PlacedOperation[] {
  const { field, definition, before } = change;
  const place = placeOf(provider, field);
  const { patchStyle = 'path', entryNames = ['type', 'value'], maxEntries } = write;
  const list = {
    path: scimPath(place),
    definition,
    before: Array.isArray(before) ? before : [],
    after,
    names: entryNames,
    single: maxEntries === 1,
    order: listOrder,
  };
  return (patchStyle === 'path' ? entryOperations(list) : undefined) ?? [setAt(place, before, after)];
}

function setAt(place: readonly string[], before: Json | undefined, value: Json): PlacedOperation {
  return { op: isEmpty(before) ? 'add' : 'replace', place, value };
}

function isNothing(value: Json | undefined): value is undefined {
  return value === undefined || isSame(value, undefined);
}

/**
 * What `remove` names: the attribute, or the complex value around it if nothing but what the service derives from it would
 * be left.
 */
function emptiedPlace({ provider, record }: ToEncode, { field, definition }: FieldChange): readonly string[] {
  const place = placeOf(provider, field);
  const around = place.slice(0, -1);
  const { derives = [] } = definition;
  if (derives.length === 0 || around.length === 0) return place;
  const rest = [place, ...derives].reduce(
    (object, path) => withoutValueAt(object, path),
    toVendorRecord(provider, record),
  );
  return isEmpty(valueAt(rest, around)) ? around : place;
}

function withPath(operation: PlacedOperation): PatchOperation {
  if (!('place' in operation)) return operation;
  const path = scimPath(operation.place);
  return operation.op === 'remove' ? { op: 'remove', path } : { op: operation.op, path, value: operation.value };
}

/**
 * `add` and `replace` without paths: an object of attributes each. A complex value goes whole, as read with the changes:
 * services differ in whether they merge it or put it in the place of the old one.
 */
function inObjects(
  { provider, record, expected, changes }: ToEncode,
  operations: readonly PlacedOperation[],
): PatchOperation[] {
  const removed = operations.filter(({ op }) => op === 'remove').map(withPath);
  const [old, whole] = [record, expected].map((state) => toVendorRecord(provider, state));
  const derived = changes.flatMap(({ definition }) => definition.derives ?? []);
  const groups: Record<'add' | 'replace', JsonObject> = { add: {}, replace: {} };
  for (const operation of operations) {
    if (operation.op === 'remove' || !('place' in operation)) continue;
    const [head = '', ...rest] = operation.place;
    const op = isEmpty(valueAt(old, [head])) ? 'add' : 'replace';
    const value = rest.length === 0 ? operation.value : wholeAt(withoutDerived(whole ?? {}, derived), head);
    groups[op][head] = value ?? operation.value;
  }
  const sent = (['replace', 'add'] as const).flatMap((op): PatchOperation[] =>
    Object.keys(groups[op]).length === 0 ? [] : [{ op, value: groups[op] }],
  );
  return [...removed, ...sent];
}

function withoutDerived(record: JsonObject, derived: readonly (readonly string[])[]): JsonObject {
  return derived.reduce((rest, path) => withoutValueAt(rest, path), record);
}

function wholeAt(record: JsonObject, head: string): Json | undefined {
  const value = record[head];
  if (!isUrn(head) || !isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => !isEmpty(inner)));
}

import { AppError } from '../../errors.ts';
import { formatPath } from '../../lib/json/field-path.ts';
import { stringifyJson } from '../../lib/json/json.ts';
import { isObject, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { RecordWrite } from '../../providers/calls.ts';
import { placeOf, toVendorRecord } from '../../providers/interpret/record-shape.ts';
import type { Provider } from '../../providers/provider.ts';
import { missingEchoes } from '../body/parts.ts';
import type { Current } from '../types.ts';
import { isEmpty } from './compare.ts';
import type { FieldChange } from './types.ts';

/** A plan whose body is to be checked. */
interface PlannedChanges {
  changes: readonly FieldChange[];
  expected: JsonObject;
}

/**
 * Refuses a plan that the vendor would carry out differently: with fields that it fills in or needs and the record does
 * not show, fields that cannot change, or lists that are too long. Throws `invalid_input` that names each fault. Throws
 * `upstream_rejected` where the record has something else in place of an object that a field is in: a body with the
 * object would overwrite it.
 */
export function checkWritable(provider: Provider, write: RecordWrite, current: Current, planned: PlannedChanges): void {
  if (planned.changes.length === 0) return;
  refuseOverwriting(provider, current.record, planned.changes);
  const faults = [
    ...filledIn(provider, write, current.record, planned.changes),
    ...unknownEchoes(provider, write, current.record, planned.changes),
    ...unchangeable(provider, write, current, planned.changes),
    ...tooMany(provider, write, planned),
  ];
  if (faults.length > 0) throw new AppError('invalid_input', faults.join('\n'));
}

function refuseOverwriting(provider: Provider, record: JsonObject, changes: readonly FieldChange[]): void {
  const nested = changes.filter(({ field, after }) => after !== undefined && placeOf(provider, field).length > 1);
  if (nested.length === 0) return;
  const vendorRecord = toVendorRecord(provider, record);
  for (const { field } of nested) {
    const containers = placeOf(provider, field).slice(0, -1);
    const held = containers.map((_, at) => valueAt(vendorRecord, containers.slice(0, at + 1)));
    if (held.every((value) => value === undefined || value === null || isObject(value))) continue;
    throw new AppError(
      'upstream_rejected',
      `${field}: ${provider.title} shows something else where the object was expected that this field is in.`,
      { facts: { next: `Tell the person: ${field} has to be corrected at ${provider.title} first.` } },
    );
  }
}

/** A replacing vendor fills in some omitted fields: one that the record does not show must be in the request. */
function filledIn(
  { title }: Provider,
  { fillsIn = {} }: RecordWrite,
  record: JsonObject,
  changes: readonly FieldChange[],
) {
  const planned = new Set(changes.map(({ field }) => field));
  return Object.entries(fillsIn)
    .filter(([field]) => isEmpty(valueAt(record, [field])) && !planned.has(field))
    .map(
      ([field, value]) =>
        `${field}: the user record does not show it, and ${title} sets it to ${stringifyJson(value)} if it is not sent; name the value it should have in set`,
    );
}

function unknownEchoes({ title }: Provider, write: RecordWrite, record: JsonObject, changes: readonly FieldChange[]) {
  return missingEchoes(write, record, changes).map(
    (field) =>
      `${field}: the user record does not show it, and ${title} needs it with every change; name the value it has in set`,
  );
}

/** What the operator declared as immutable, and what the service's own schema does. */
function unchangeable(
  { title }: Provider,
  { immutable = [], setOnce = [] }: RecordWrite,
  { service, record }: Current,
  changes: readonly FieldChange[],
) {
  return changes.flatMap((change) => {
    const { field } = change;
    const keys = [field, ...change.leaves.flatMap(({ path }) => (path.length > 1 ? [formatPath(path)] : []))];
    const named = (names: readonly string[] | undefined) => keys.find((key) => names?.includes(key));
    const fixed = named(immutable) ?? partsIn(change).find((part) => immutable.includes(part));
    const readOnly = named(service?.readOnly);
    if (fixed !== undefined) return [`${fixed}: ${title} does not let it change`];
    if (setOnce.includes(field) && !isEmpty(record[field])) {
      return [`${field}: there is one already, and ${title} would keep it and add this one beside it`];
    }
    if (readOnly !== undefined) return [`${readOnly}: is read-only, says the schema of ${title}`];
    const kept = isEmpty(record[field]) ? undefined : named(service?.immutable);
    return kept === undefined ? [] : [`${kept}: keeps its first value, says the schema of ${title}`];
  });
}

/** The parts of the entries that are new. */
function partsIn({ field, leaves }: FieldChange): string[] {
  const added = leaves.flatMap(({ list }) => list?.added ?? []).filter(isObject);
  return added.flatMap((entry) => Object.keys(entry).map((key) => `${field}.${key}`));
}

function tooMany({ title }: Provider, { maxEntries }: RecordWrite, { changes, expected }: PlannedChanges) {
  if (maxEntries === undefined) return [];
  return changes.flatMap(({ field }) => {
    const value = expected[field];
    const isTooLong = Array.isArray(value) && value.length > maxEntries;
    return isTooLong
      ? [`${field}: ${title} takes at most ${maxEntries} of them; give the whole list with that many`]
      : [];
  });
}

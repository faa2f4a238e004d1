import { isObject, type Json, type JsonObject, valueAt } from '../lib/json/json-value.ts';
import { perObject } from '../lib/per-object.ts';
import { placeOf, toUserRecord, withValueAt } from '../providers/interpret/record-shape.ts';
import type { Provider } from '../providers/provider.ts';
import { withKnownNames } from './known-names.ts';

/** A record of a vendor as a user record. Throws an AppError if it contradicts itself. */
export function asUserRecord(provider: Provider, vendorRecord: JsonObject): JsonObject {
  return toUserRecord(provider, withoutNullEntries(provider, withKnownNames(provider, vendorRecord)));
}

/**
 * Some services show an entry for each that a list could have, with `null` for its value. `null` is no value (RFC 7643
 * section 2.5), so that is no entry.
 */
function withoutNullEntries(provider: Provider, record: JsonObject): JsonObject {
  return listPlaces(provider).reduce((rest, place) => {
    const held = valueAt(rest, place);
    if (!Array.isArray(held) || !held.some(isNullEntry)) return rest;
    return withValueAt(
      rest,
      place,
      held.filter((entry) => !isNullEntry(entry)),
    );
  }, record);
}

/** Where the lists are whose entries have parts of their own. */
const listPlaces = perObject((provider: Provider) =>
  Object.entries(provider.fields)
    .filter(([, { ownParts }]) => ownParts)
    .map(([name]) => placeOf(provider, name)),
);

function isNullEntry(entry: Json): boolean {
  if (!isObject(entry)) return entry === null;
  const values = Object.entries(entry).filter(([key]) => key !== 'type' && key !== 'primary');
  return values.length > 0 && values.every(([, value]) => value === null);
}

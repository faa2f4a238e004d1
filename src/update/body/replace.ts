import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import { perObject } from '../../lib/per-object.ts';
import type { Path } from '../../providers/field.ts';
import { placeOf, toVendorRecord, withoutValueAt, withValueAt } from '../../providers/interpret/record-shape.ts';
import type { Provider } from '../../providers/provider.ts';
import { derivedPaths } from '../plan/derived.ts';
import type { Encoder, ToEncode } from './encoder.ts';
import { changedValues, compact, echoedFields, emptied } from './parts.ts';
import { isUrn } from './scim-patch/operation.ts';

/** The record as read, with the changes: what the vendor would else empty goes back unchanged. */
export const replaceBody: Encoder = (toEncode) => {
  const { provider, write, changes } = toEncode;
  const derived = derivedPaths(provider, changes);
  const left = [...(write.withhold ?? []), ...derived];
  const kept = left.reduce((rest, path) => withoutValueAt(rest, path), carriedBody(toEncode));
  return withSchemas(derived.reduce(withoutEmptyAround, kept), write.schema);
};

/** Without the complex value that held nothing but the changed value and what is derived from it. */
function withoutEmptyAround(body: JsonObject, path: Path): JsonObject {
  const around = path.slice(0, -1);
  const value = around.length > 0 ? valueAt(body, around) : undefined;
  return isObject(value) && Object.keys(value).length === 0 ? withoutValueAt(body, around) : body;
}

function carriedBody({ provider, write, record, expected, changes }: ToEncode): JsonObject {
  const changed = { ...echoedFields(write, record, changes), ...changedValues(changes) };
  const { carry = 'fields' } = write;
  if (carry === 'record') return toVendorRecord(provider, compact({ ...expected, ...changed }));
  if (carry !== 'fields') {
    const whole = toVendorRecord(provider, compact({ ...record, ...changed }));
    return attributesAt(whole, [...carry, ...Object.keys(changed).map((name) => placeOf(provider, name))]);
  }
  const carried: Record<string, Json | undefined> = {};
  for (const [name, field] of readableFields(provider)) carried[name] = valueAt(record, [name]) ?? emptied(field);
  return toVendorRecord(provider, compact({ ...carried, ...changed }));
}

const readableFields = perObject((provider: Provider) =>
  Object.entries(provider.fields).filter(([, field]) => field.readback !== false),
);

/** Only what is at these places; one that is inside another comes with it. */
function attributesAt(whole: JsonObject, places: readonly Path[]): JsonObject {
  return [...places]
    .sort((one, other) => one.length - other.length)
    .reduce<JsonObject>((body, place) => {
      const value = valueAt(whole, place);
      return value === undefined ? body : withValueAt(body, place, value);
    }, {});
}

/** Lists in `schemas` the URN of the resource and of each extension in it, whatever the read record had. */
function withSchemas(body: JsonObject, resource: string | undefined): JsonObject {
  if (resource === undefined) return body;
  const listed = Array.isArray(body['schemas']) ? body['schemas'] : [];
  const extensions = Object.keys(body).filter((key) => isUrn(key) && isObject(body[key]));
  return { ...body, schemas: [...new Set([...listed, resource, ...extensions])] };
}

import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { Path } from '../../providers/field.ts';
import { toVendorRecord, withoutValueAt, withValueAt } from '../../providers/interpret/record-shape.ts';
import type { Encoder, ToEncode } from './encoder.ts';
import { changedValues, compact, echoedFields, emptied } from './parts.ts';

/** The record as read, with the changes: what the vendor would else empty goes back unchanged. */
export const replaceBody: Encoder = (toEncode) => {
  const { provider, write, record, changes } = toEncode;
  const changed = { ...echoedFields(write, record, changes), ...changedValues(changes) };
  if (write.carry === 'record') return recordBody(toEncode, changed);
  if (write.carry !== undefined && write.carry !== 'fields') return attributesBody(toEncode, write.carry, changed);
  const fields = Object.entries(provider.fields).filter(([, field]) => field.readback !== false);
  const carried = fields.map(([name, field]) => [name, record[name] ?? emptied(field)]);
  return toVendorRecord(provider, compact({ ...Object.fromEntries(carried), ...changed }));
};

function recordBody(
  { provider, write, expected, changes }: ToEncode,
  changed: Readonly<Record<string, Json | undefined>>,
): JsonObject {
  const whole = toVendorRecord(provider, compact({ ...expected, ...changed }));
  const derived = changes.flatMap(({ definition }) => definition.derives ?? []);
  const kept = without(whole, [...(write.withhold ?? []), ...derived]);
  return withSchemas(kept, write.schema);
}

/** Only the attributes at these places go back. */
function attributesBody(
  { provider, record }: ToEncode,
  carry: readonly Path[],
  changed: Readonly<Record<string, Json | undefined>>,
): JsonObject {
  const whole = toVendorRecord(provider, record);
  const carried = carry.reduce<JsonObject>((body, path) => {
    const value = valueAt(whole, path);
    return value === undefined ? body : withValueAt(body, path, value);
  }, {});
  return Object.entries(changed).reduce((body, [name, value]) => {
    const path = provider.fields[name]?.at ?? [name];
    return value === undefined ? withoutValueAt(body, path) : withValueAt(body, path, value);
  }, carried);
}

function without(body: JsonObject, paths: readonly Path[]): JsonObject {
  return paths.reduce((rest, path) => withoutValueAt(rest, path), body);
}

/** Lists in `schemas` the URN of the resource and of each extension in it, whatever the read record had. */
function withSchemas(body: JsonObject, resource: string | undefined): JsonObject {
  if (resource === undefined) return body;
  const listed = Array.isArray(body['schemas']) ? body['schemas'] : [];
  const extensions = Object.keys(body).filter((key) => key.startsWith('urn:') && isObject(body[key]));
  return { ...body, schemas: [...new Set([...listed, resource, ...extensions])] };
}

import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import { type Attribute, attributeOf, EXTENSIONS, isSameName, partOf } from './schemas.ts';

/** A resource whose names and URNs are spelled as in the RFC. Names of no schema stay as they are. */
export function spelledAsInRfc(resource: JsonRecord): JsonRecord {
  return mapKeys(resource, (name, value) => {
    if (isSameName(name, 'schemas')) return ['schemas', value];
    const urn = EXTENSIONS.find((known) => isSameName(known, name));
    if (urn !== undefined) return [urn, isObject(value) ? spelledIn(value, (inner) => attributeOf(urn, inner)) : value];
    const attribute = attributeOf(undefined, name);
    return attribute ? [attribute.name, spelledParts(attribute, value)] : [name, value];
  });
}

/** The same in lower case, names that no schema lists included. */
export function spelledLower(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(spelledLower);
  return isObject(value) ? mapKeys(value, (name, inner) => [name.toLowerCase(), spelledLower(inner)]) : value;
}

function spelledIn(object: JsonRecord, find: (name: string) => Attribute | undefined): JsonRecord {
  return mapKeys(object, (name, value) => {
    const attribute = find(name);
    return attribute ? [attribute.name, spelledParts(attribute, value)] : [name, value];
  });
}

function spelledParts(attribute: Attribute, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((entry) => spelledParts(attribute, entry));
  return isObject(value) ? spelledIn(value, (name) => partOf(attribute, name)) : value;
}

function mapKeys(object: JsonRecord, map: (name: string, value: JsonValue) => [string, JsonValue]): JsonRecord {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => map(name, value)));
}

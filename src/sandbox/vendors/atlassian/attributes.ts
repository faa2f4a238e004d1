import { Rejection } from '../../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import { scimError } from './scim.ts';

/** RFC 7643 section 7, `returned: always`: no client can exclude these. */
const ALWAYS = ['schemas', 'id'];

/**
 * The part of a resource that `attributes` or `excludedAttributes` select (comma lists such as `userName,emails.value`,
 * mutually exclusive). They shape the response only, never the resource.
 */
export function project(user: JsonRecord, query: URLSearchParams): JsonRecord {
  const attributes = query.get('attributes');
  const excluded = query.get('excludedAttributes');
  const paths = split(attributes ?? excluded).map((name) => toPath(user, name));
  if (paths.length === 0) return user;
  if (attributes !== null) return pick(user, [...paths, ...ALWAYS.map((key) => [key])]);
  return paths.filter(([key = '', ...rest]) => rest.length > 0 || !ALWAYS.includes(key)).reduce(drop, user);
}

/** Throws a rejection for a query with both. Called before a write, which must not happen then. */
export function refuseBoth(query: URLSearchParams): void {
  if (!query.has('attributes') || !query.has('excludedAttributes')) return;
  throw new Rejection(scimError(400, 'attributes and excludedAttributes are mutually exclusive', 'invalidValue'));
}

function split(list: string | null): string[] {
  return (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** `urn:…:User:department`, `emails.value` or `userName` as a path of keys; names ignore case. */
function toPath(user: JsonRecord, name: string): string[] {
  const schema = Object.keys(user).find((key) => key.includes(':') && name.toLowerCase().startsWith(key.toLowerCase()));
  if (schema !== undefined) return name.length > schema.length ? [schema, name.slice(schema.length + 1)] : [schema];
  const plain = name.replace(/^urn:ietf:params:scim:schemas:core:2\.0:User:/i, '');
  const [head = '', ...rest] = plain.split('.');
  return [Object.keys(user).find((key) => key.toLowerCase() === head.toLowerCase()) ?? head, ...rest];
}

function pick(user: JsonRecord, paths: string[][]): JsonRecord {
  const kept: JsonRecord = {};
  for (const [key, value] of Object.entries(user)) {
    const subs = paths.filter(([head]) => head === key).map(([, sub]) => sub);
    if (subs.length === 0) continue;
    const names = subs.filter((sub) => sub !== undefined);
    kept[key] = names.length < subs.length ? value : within(value, (name) => names.includes(name));
  }
  return kept;
}

function drop(user: JsonRecord, [key = '', sub]: string[]): JsonRecord {
  const { [key]: value, ...rest } = user;
  return sub === undefined || value === undefined ? rest : { ...rest, [key]: within(value, (name) => name !== sub) };
}

function within(value: JsonValue, keeps: (name: string) => boolean): JsonValue {
  if (Array.isArray(value)) return value.map((item) => within(item, keeps));
  return isObject(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => keeps(name))) : value;
}

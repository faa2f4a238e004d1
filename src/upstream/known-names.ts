import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../lib/json/json-value.ts';
import { perObject } from '../lib/per-object.ts';
import type { Provider } from '../providers/provider.ts';

/** The declared names at one level of a user record, by their lower-case form. */
interface KnownNames {
  [lower: string]: { spelling: string; inner: KnownNames };
}

/**
 * A user record with declared attribute names in their declared spelling, if the vendor's names are case-insensitive
 * (SCIM, RFC 7643 section 2.1): `Title` and `title` are one attribute, and a body with both would contradict itself.
 * Other names keep their spelling. Throws an AppError if the record contradicts itself.
 */
export function withKnownNames(provider: Provider, record: JsonObject): JsonObject {
  if (!provider.caseInsensitiveNames) return record;
  const names = namesOf(provider);
  const known = renamed(provider, record, names) as JsonObject; // renaming keys keeps an object an object
  const { schemas } = known;
  if (provider.write.schema === undefined || !Array.isArray(schemas)) return known;
  // An undeclared extension is spelled as in the record.
  const spellings = new Map([
    ...Object.keys(known).map((key) => [key.toLowerCase(), key] as const),
    ...Object.values(names).map(({ spelling }) => [spelling.toLowerCase(), spelling] as const),
  ]);
  const urns = schemas.map((urn) => (typeof urn === 'string' ? (spellings.get(urn.toLowerCase()) ?? urn) : urn));
  return isDeepStrictEqual(urns, schemas) ? known : { ...known, schemas: [...new Set(urns)] };
}

function renamed(provider: Provider, value: Json, names: KnownNames): Json {
  if (Array.isArray(value)) return value.map((entry) => renamed(provider, entry, names));
  if (!isObject(value)) return value;
  const result = new Map<string, Json>();
  for (const [key, member] of Object.entries(value)) {
    const lower = key.toLowerCase();
    const known = Object.hasOwn(names, lower) ? names[lower] : undefined;
    const spelling = known?.spelling ?? key;
    const inner = known ? renamed(provider, member, known.inner) : member;
    if (result.has(spelling) && !isDeepStrictEqual(result.get(spelling), inner)) {
      throw new AppError(
        'upstream_rejected',
        `${provider.title} shows ${spelling} twice, in different cases and with different values.`,
        { facts: { next: `Tell the person: ${spelling} has to be corrected at ${provider.title} first.` } },
      );
    }
    result.set(spelling, inner);
  }
  return Object.fromEntries(result);
}

const namesOf = perObject((provider: Provider): KnownNames => {
  const { fields, readOnly, readOnlyAt = {}, write, version = [], label, ids } = provider;
  const names: KnownNames = {};
  const add = (path: readonly string[]) => {
    let level = names;
    for (const spelling of path) {
      const name = level[spelling.toLowerCase()] ?? { spelling, inner: {} };
      level[spelling.toLowerCase()] = name;
      level = name.inner;
    }
  };
  const composites = Object.entries(fields).flatMap(([name, { at = [name], merge, parts, mirror, derives }]) => [
    at,
    ...(merge?.keys ?? []).map((key) => [...at, key]),
    ...Object.keys(parts ?? {}).map((key) => [...at, key]),
    ...(mirror ? [mirror] : []),
    ...(derives ?? []),
  ]);
  const readable = Object.keys(readOnly).map((name) => readOnlyAt[name] ?? [name]);
  const heads = [...readable, ...ids.map((name) => [name])];
  for (const path of [...heads, ...composites, ...version]) add(path);
  // A label is a path into an object or a list of attributes: only its first name is certainly an attribute.
  for (const [head] of label) if (head !== undefined) add([head]);
  if (write.schema !== undefined) add([write.schema]);
  return names;
});

import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import type { Operation } from './patch/operations.ts';
import { parsePath } from './patch/path.ts';
import { CORE, ENTERPRISE, EXTENSIONS, isSameName } from './schemas.ts';

/** The paths that operations change: `title`, `name.givenName`, `emails.value`, `enterprise.department`. */
export function touchedBy(operations: readonly Operation[]): string[] {
  return operations.flatMap(({ target, value }) => {
    if (!target) return namesIn(isObject(value) ? value : {});
    const { urn, attribute, part } = target;
    const prefix = urn === undefined ? [] : [shortOf(urn)];
    if (!attribute) return isObject(value) ? leaves(prefix, value) : [prefix.join('.')];
    const path = [...prefix, attribute.name, ...(part ? [part.name] : [])];
    return leaves(path, value);
  });
}

/** The paths that a body names; those of an extension begin with a short name of it. */
export function namesIn(body: JsonRecord): string[] {
  return Object.entries(body).flatMap(([name, value]) => {
    if (isSameName(name, 'schemas')) return [];
    const urn = EXTENSIONS.find((known) => isSameName(known, name));
    if (urn !== undefined) return leaves([shortOf(urn)], value);
    const isQualified = [CORE, ...EXTENSIONS].some((known) => isSameName(name.slice(0, known.length + 1), `${known}:`));
    const { urn: own, attribute, part } = isQualified ? parsePath(name) : {};
    if (attribute) return leaves([...(own ? [shortOf(own)] : []), attribute.name, ...(part ? [part.name] : [])], value);
    return leaves([name], value);
  });
}

/** The value at such a path in a resource; every entry of a list counts. */
export function valuesAt(user: JsonRecord, path: string): JsonValue[] {
  const [first = '', ...rest] = path.split('.');
  const urn = [...EXTENSIONS, CORE].find((known) => shortOf(known) === first);
  return inside(urn === undefined ? user : (user[urn] ?? null), urn === undefined ? [first, ...rest] : rest);
}

function inside(value: JsonValue, [key, ...rest]: readonly string[]): JsonValue[] {
  if (key === undefined) return [value];
  if (Array.isArray(value)) return value.flatMap((entry) => inside(entry, [key, ...rest]));
  return isObject(value) && value[key] !== undefined ? inside(value[key], rest) : [];
}

function leaves(path: readonly string[], value: JsonValue | undefined): string[] {
  if (Array.isArray(value))
    return value.length === 0 ? [path.join('.')] : value.flatMap((entry) => leaves(path, entry));
  if (!isObject(value) || Object.keys(value).length === 0) return [path.join('.')];
  return Object.entries(value).flatMap(([key, inner]) => leaves([...path, key], inner));
}

function shortOf(urn: string): string {
  return urn === ENTERPRISE ? 'enterprise' : (urn.split(':').at(-3) ?? urn);
}

import { AppError } from '../../errors.ts';
import { formatPath, parsePath } from '../../lib/json/field-path.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import { printable } from '../../lib/text/printable.ts';
import type { Field } from '../../providers/field.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ChangeRequest } from '../types.ts';
import { isEmpty } from './compare.ts';

/**
 * The target value of a field; undefined if it is cleared. In a merged object, the keys named in `set` and `clear` change
 * and the others stay; throws `upstream_rejected` if the user record has no object there.
 */
export function targetValue(
  provider: Provider,
  request: ChangeRequest,
  name: string,
  field: Field,
  held: Json | undefined,
): Json | undefined {
  if (request.undo) return request.undo.target(name, held);
  const cleared = request.clear.map((path) => parsePath(path) ?? []).filter(([first]) => first === name);
  if (cleared.some((path) => path.length === 1)) return undefined;
  const set = request.set.get(name);
  if (!field.merge) return set;
  const object = objectHeld(provider, name, held);
  if (!isObject(held) && set === undefined) return held;
  checkLiteralDots(name, object, cleared);
  const members = { ...object, ...(isObject(set) ? set : {}) };
  return withoutPaths(
    members,
    cleared.map(([, ...keys]) => keys),
  );
}

/** Merging into anything but an object would silently overwrite the present value. */
function objectHeld(provider: Provider, name: string, held: Json | undefined): JsonObject {
  if (isObject(held)) return held;
  if (isEmpty(held)) return {};
  const what = Array.isArray(held) ? 'a list' : `a ${typeof held}`;
  throw new AppError(
    'upstream_rejected',
    `${name}: ${provider.title} shows ${what} where an object was expected, so single keys of it cannot be changed.`,
    { facts: { next: `Tell the person: ${name} has to be corrected at ${provider.title} first.` } },
  );
}

/** A dot separates keys. One meant as part of a key is reported, instead of silently clearing nothing. */
function checkLiteralDots(name: string, object: JsonObject, cleared: readonly (readonly string[])[]): void {
  const faults = cleared.flatMap(([, ...keys]) => {
    const key = keys.join('.');
    if (keys.length < 2 || !Object.hasOwn(object, key) || valueAt(object, keys) !== undefined) return [];
    const written = printable(formatPath([name, key]));
    return [
      `clear: ${printable(formatPath([name, ...keys]))}: is not in the user record; the key with a dot in it is written ${written}`,
    ];
  });
  if (faults.length > 0) throw new AppError('invalid_input', faults.join('\n'));
}

/** The object without the members at these paths. A path to nothing removes nothing. */
function withoutPaths(object: JsonObject, paths: readonly (readonly string[])[]): JsonObject {
  const byKey = new Map<string, (readonly string[])[]>();
  for (const [key = '', ...rest] of paths) {
    const inner = byKey.get(key);
    if (inner) inner.push(rest);
    else byKey.set(key, [rest]);
  }
  if (byKey.size === 0) return object;
  const members = Object.entries(object).flatMap(([key, member]): [string, Json][] => {
    const inner = byKey.get(key) ?? [];
    if (inner.some((rest) => rest.length === 0)) return [];
    return [[key, inner.length > 0 && isObject(member) ? withoutPaths(member, inner) : member]];
  });
  return Object.fromEntries(members);
}

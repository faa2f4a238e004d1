import { AppError } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../json-value.ts';
import { type Field, type Provider } from '../providers/provider.ts';
import { isEmpty } from './compare.ts';
import { parsePath } from './paths.ts';
import type { ChangeRequest } from './types.ts';

/**
 * What a field is to hold; undefined where it is emptied. An object that is changed key by key is what was read with
 * the wanted keys in it. Throws where that cannot be said.
 */
export function wantedValue(
  provider: Provider,
  request: ChangeRequest,
  name: string,
  field: Field,
  before: Json | undefined,
): Json | undefined {
  if (request.clear.includes(name)) return undefined;
  const set = request.set.get(name);
  if (!field.merge) return set;
  const held = asHeld(provider, name, before);
  const merged = { ...held, ...(isObject(set) ? set : {}) };
  for (const key of clearedKeys(request, name, held)) delete merged[key];
  return Object.keys(merged).length === 0 && field.clear ? undefined : merged;
}

/** Merged with anything but an object, what is there now would be lost without anybody having seen it. */
function asHeld(provider: Provider, name: string, before: Json | undefined): JsonObject {
  if (isObject(before)) return before;
  if (isEmpty(before)) return {};
  const what = Array.isArray(before) ? 'a list' : `a ${typeof before}`;
  throw new AppError(
    'upstream_rejected',
    `${name}: ${provider.title} shows ${what} where an object was expected, so single keys of it cannot be changed.`,
    { facts: { next: `Tell the person: ${name} has to be put right at ${provider.title} first.` } },
  );
}

/** The keys to clear. A dot within one is part of its name: what is deeper inside cannot be cleared by itself. */
function clearedKeys(request: ChangeRequest, name: string, held: JsonObject): string[] {
  const prefix = `${name}.`;
  const keyOf = (path: string) => (request.undo ? path.slice(prefix.length) : parsePath(path)?.slice(1).join('.'));
  const keys = request.clear.filter((path) => path.startsWith(prefix)).map((path) => keyOf(path) ?? '');
  // An undo names whole keys, whatever they look like.
  const deep = request.undo ? [] : keys.filter((key) => !Object.hasOwn(held, key) && outerKey(held, key) !== undefined);
  if (deep.length === 0) return keys;
  const faults = deep.map((key) => {
    const outer = `${name}.${outerKey(held, key)}`;
    return `clear: ${prefix}${key}: only a whole key can be cleared; set ${outer} to what is to be left of it`;
  });
  throw new AppError('invalid_input', faults.join('\n'));
}

/** The key that is there and that a dotted path leads into. */
function outerKey(held: JsonObject, path: string): string | undefined {
  const steps = path.split('.');
  return steps.map((_, at) => steps.slice(0, at).join('.')).find((key) => key !== '' && Object.hasOwn(held, key));
}
